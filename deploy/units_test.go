package deploy

import (
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"snapshotter/schedule"
)

const (
	installed = "/usr/local/bin/snapshotter" // where cron and systemd find the program
	stateDir  = "/var/lib/snapshotter"
	user      = "65532:65532"
)

// promise is the time within which serve ends after a signal: see docs/serve.md.
const promise = 25 * time.Second

// unit are the settings of a systemd unit, by section and key.
type unit map[string]map[string][]string

// readUnit reads the part of systemd's syntax that the units use.
func readUnit(p *problems, text string) unit {
	u, section := unit{}, ""
	for line := range strings.Lines(text) {
		line = strings.TrimSpace(line)
		name, isSection := strings.CutPrefix(line, "[")
		key, value, isSetting := strings.Cut(line, "=")
		switch {
		case line == "" || strings.HasPrefix(line, "#"):
		case strings.HasSuffix(line, `\`):
			p.add("a line is continued: %q", line)
		case isSection:
			section = strings.TrimSuffix(name, "]")
			u[section] = map[string][]string{}
		case isSetting && section != "":
			u[section][key] = append(u[section][key], value)
		default:
			p.add("the line %q is not a setting", line)
		}
	}
	return u
}

// hardening are the settings that confine the program.
var hardening = map[string]string{
	"CapabilityBoundingSet":   "",
	"DynamicUser":             "yes",
	"LockPersonality":         "yes",
	"MemoryDenyWriteExecute":  "yes",
	"NoNewPrivileges":         "yes",
	"PrivateDevices":          "yes",
	"PrivateTmp":              "yes",
	"ProtectClock":            "yes",
	"ProtectControlGroups":    "yes",
	"ProtectHome":             "yes",
	"ProtectHostname":         "yes",
	"ProtectKernelLogs":       "yes",
	"ProtectKernelModules":    "yes",
	"ProtectKernelTunables":   "yes",
	"ProtectProc":             "invisible",
	"ProtectSystem":           "strict",
	"RestrictAddressFamilies": "AF_INET AF_INET6 AF_UNIX",
	"RestrictNamespaces":      "yes",
	"RestrictRealtime":        "yes",
	"RestrictSUIDSGID":        "yes",
	"SystemCallArchitectures": "native",
	"SystemCallFilter":        "@system-service",
	"StateDirectory":          "snapshotter",
	"WorkingDirectory":        "%S/snapshotter",
	"EnvironmentFile":         "-/etc/snapshotter/environment",
}

// confined checks the settings that both services share, and returns the others
// of [Service].
func confined(t *testing.T, p *problems, text string) map[string]string {
	t.Helper()
	u := readUnit(p, text)
	rest := map[string]string{}
	for key, values := range u["Service"] {
		if len(values) != 1 {
			p.add("%s is set %d times", key, len(values))
		}
		if want, hardens := hardening[key]; hardens {
			p.want(key, values[0], want)
		} else {
			rest[key] = values[0]
		}
	}
	for key, want := range hardening {
		if u["Service"][key] == nil {
			p.add("%s=%s is missing", key, want)
		}
	}
	for _, key := range []string{"Wants", "After"} {
		p.want(key, u["Unit"][key], "[network-online.target]")
	}
	p.exposure(t, text)
	arguments, err := words(rest["ExecStart"])
	if err != nil || len(arguments) == 0 || arguments[0] != installed {
		p.add("ExecStart=%s does not start %s", rest["ExecStart"], installed)
		return rest
	}
	p.command(t, arguments[1:])
	delete(rest, "ExecStart")
	return rest
}

// exposure adds a problem if systemd rates a service worse than it does today,
// which is 1.7 of 10. Without systemd the settings alone are checked.
func (p *problems) exposure(t *testing.T, text string) {
	t.Helper()
	analyze, err := exec.LookPath("systemd-analyze")
	if err != nil {
		return
	}
	path := filepath.Join(t.TempDir(), "snapshotter.service")
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
	if out, err := exec.Command(analyze, "security", "--offline=true", "--no-pager", "--threshold=20", path).CombinedOutput(); err != nil {
		lines := strings.Split(strings.TrimSpace(string(out)), "\n")
		p.add("systemd-analyze security: %v: %s", err, lines[len(lines)-1])
	}
}

// words splits a command line at spaces, outside double quotes.
func words(line string) ([]string, error) {
	var found []string
	for i, part := range strings.Split(line, `"`) {
		if i%2 == 1 {
			found = append(found, part)
		} else {
			found = append(found, strings.Fields(part)...)
		}
	}
	if strings.Count(line, `"`)%2 == 1 || strings.ContainsAny(line, `'\$;&|<>`) {
		return nil, fmt.Errorf("%q needs a shell", line)
	}
	return found, nil
}

// daily adds a problem unless a cron expression is due once a day.
func (p *problems) daily(expression string) {
	times, err := schedule.Parse(expression, time.UTC, 0, "")
	if err != nil {
		p.add("the schedule %q: %v", expression, err)
		return
	}
	at := time.Date(2026, 2, 27, 0, 0, 0, 0, time.UTC)
	for range 5 {
		next := times.Next(at)
		if at.Hour() != 0 && next.Sub(at) != 24*time.Hour {
			p.add("the schedule %q is due at %s and then at %s", expression, at, next)
		}
		at = next
	}
}

func checkOneshot(t *testing.T, all files) []string {
	var p problems
	rest := confined(t, &p, all["snapshotter.service"])
	p.want("the other settings", rest, map[string]string{
		"Type": "oneshot", "SuccessExitStatus": "3", "TimeoutStartSec": "15min", "TimeoutStopSec": "25s", "UMask": rest["UMask"],
	})
	return p
}

func checkService(t *testing.T, all files) []string {
	var p problems
	rest := confined(t, &p, all["snapshotter-serve.service"])
	p.want("the other settings", rest, map[string]string{
		"Type": "exec", "ExecReload": "/bin/kill -HUP $MAINPID", "Restart": "always", "RestartSec": "30s",
		"TimeoutStopSec": rest["TimeoutStopSec"], "UMask": rest["UMask"],
	})
	if stop, err := time.ParseDuration(rest["TimeoutStopSec"]); err != nil || stop < promise {
		p.add("the service has %q to stop, want at least %s", rest["TimeoutStopSec"], promise)
	}
	u := readUnit(&p, all["snapshotter-serve.service"])
	p.want("what wants it", u["Install"]["WantedBy"], "[multi-user.target]")
	arguments, _ := words(u["Service"]["ExecStart"][0])
	p.serves(arguments, "127.0.0.1:8080")
	return p
}

// serves checks the arguments of serve: a daily schedule, and the address of the
// pages.
func (p *problems) serves(arguments []string, listen string) {
	flags := map[string]string{}
	for i, argument := range arguments[:max(0, len(arguments)-1)] {
		flags[argument] = arguments[i+1]
	}
	if !slices.Contains(arguments, "serve") {
		p.add("%q does not serve", arguments)
	}
	p.daily(flags["--schedule"])
	p.want("the address of the pages", flags["--listen"], listen)
}

var everyNight = regexp.MustCompile(`^\*-\*-\* \d\d:\d\d:\d\d UTC$`)

func checkTimer(t *testing.T, all files) []string {
	var p problems
	u := readUnit(&p, all["snapshotter.timer"])
	p.want("the sections", slices.Sorted(maps.Keys(u)), "[Install Timer Unit]")
	p.want("the number of times", len(u["Timer"]["OnCalendar"]), 1)
	for _, at := range u["Timer"]["OnCalendar"] {
		if !everyNight.MatchString(at) {
			p.add("OnCalendar=%s is not every night", at)
		}
		if analyze, err := exec.LookPath("systemd-analyze"); err == nil {
			if out, err := exec.Command(analyze, "calendar", at).CombinedOutput(); err != nil {
				p.add("systemd-analyze calendar: %s", out)
			}
		}
	}
	p.want("Persistent", u["Timer"]["Persistent"], "[true]")
	p.want("what it starts", u["Timer"]["Unit"], "[]") // the service of its own name
	p.want("what wants it", u["Install"]["WantedBy"], "[timers.target]")
	return p
}

// cronLine are five fields and a command.
var cronLine = regexp.MustCompile(`^((?:\S+\s+){5})(\S.*)$`)

// The crontab has one line, which runs the program in the directory of its
// state. cron reads what follows "%" as input, and starts a plain sh.
func checkCrontab(t *testing.T, all files) []string {
	var p problems
	lines := 0
	for line := range strings.Lines(all["crontab"]) {
		if !strings.HasSuffix(line, "\n") {
			p.add("the last line has no end, so cron refuses it")
		}
		line = strings.TrimSpace(line)
		if line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		lines++
		parts := cronLine.FindStringSubmatch(line)
		if parts == nil {
			p.add("%q is not a line of a crontab", line)
			continue
		}
		p.daily(strings.TrimSpace(parts[1]))
		command, found := strings.CutPrefix(parts[2], "cd "+stateDir+" && ")
		arguments, err := words(command)
		if !found || err != nil || len(arguments) < 2 || arguments[0] != installed || arguments[1] != "run" || strings.Contains(command, "%") {
			p.add("%q does not run %s in %s: %v", parts[2], installed, stateDir, err)
			continue
		}
		p.command(t, arguments[1:])
		p.want("--quiet, without which cron mails every night,", slices.Contains(arguments, "--quiet"), true)
	}
	p.want("the number of lines", lines, 1)
	return p
}
