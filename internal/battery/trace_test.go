//go:build battery

package battery

import (
	"bufio"
	"fmt"
	"os"
	"regexp"
	"strings"
)

// fileCalls are the system calls by which a program changes files, and those
// that open them. A question mark goes before what not every machine has.
const fileCalls = "?open,openat,?creat,?mkdir,mkdirat,write,pwrite64,ftruncate,?truncate,fallocate,fsync,fdatasync,?rename,renameat,?renameat2,?link,linkat,?unlink,unlinkat,?fchmod,fchmodat,flock"

// call is one system call of a traced run that touches a file in its directory.
type call struct {
	name string
	nth  int    // among all calls of the name on the thread, from 1, as strace counts
	what string // the call in a form that is the same in every execution
	line string // as strace wrote it
}

// injectedMark is how strace marks a call that it made fail.
const injectedMark = "(INJECTED)"

// readCalls reads what strace wrote with -y of a run in dir.
func readCalls(log, dir string) ([]call, error) {
	file, err := os.Open(log)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	var calls []call
	count := map[string]int{}
	lines := bufio.NewScanner(file)
	lines.Buffer(nil, 16<<20)
	for lines.Scan() {
		name, arguments, found := strings.Cut(lines.Text(), "(")
		if !found || !isName(name) {
			continue // how the process ended
		}
		count[name]++
		if path := touched(arguments, dir); path != "" {
			calls = append(calls, call{name, count[name], name + " " + sameEachTime(path), lines.Text()})
		}
	}
	return calls, lines.Err()
}

func isName(s string) bool {
	return s != "" && strings.Trim(s, "abcdefghijklmnopqrstuvwxyz0123456789_") == ""
}

var (
	descriptor = regexp.MustCompile(`^\d+<([^>]+)>`)
	quoted     = regexp.MustCompile(`"([^"]+)"`)
)

// touched is the path in dir that a call is about, "" if it is about another.
func touched(arguments, dir string) string {
	if match := descriptor.FindStringSubmatch(arguments); match != nil {
		return below(match[1], dir)
	} else if match := quoted.FindStringSubmatch(arguments); match != nil {
		return inside(match[1], dir)
	}
	return ""
}

var temporary = regexp.MustCompile(`\.md\.\d+$`)

func sameEachTime(path string) string {
	return temporary.ReplaceAllString(moments.ReplaceAllString(path, "then"), ".md.part")
}

// stood finds the call at which a run was killed or made to fail, by its place
// among all that touch the directory, or says that it found none.
func stood(calls []call, killed bool) (place int, err error) {
	if killed {
		if len(calls) == 0 {
			return 0, fmt.Errorf("it was killed before it touched anything")
		}
		return len(calls) - 1, nil
	}
	for i, c := range calls {
		if strings.HasSuffix(c.line, injectedMark) {
			return i, nil
		}
	}
	return 0, fmt.Errorf("no call failed")
}
