package capture

import (
	"encoding/binary"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"snapshotter/catalog"
)

func TestFolderTime(t *testing.T) {
	morning := time.Date(2026, 2, 8, 7, 6, 8, 0, time.UTC)
	for name, want := range map[string]time.Time{
		"2026-02-08T07-06-08Z":    morning,
		"2026-02-08T07:06:08Z":    morning,
		"2026-02-08T07:06:08":     morning,
		"2026-02-08 07:06:08":     morning,
		"2026-02-08_07-06-08":     morning,
		"20260208T070608Z":        morning,
		"2026-02-08T07-06-08.5Z":  morning.Add(500 * time.Millisecond),
		"2026-02-08T07:06:08.123": morning.Add(123 * time.Millisecond),
		"2026-02-08T07-06Z":       morning.Truncate(time.Minute),
		"2026-02-08":              morning.Truncate(24 * time.Hour),
	} {
		if got, ok := folderTime(name); !ok || !got.Equal(want) {
			t.Errorf("%q is %v, %v; want %v", name, got, ok, want)
		}
	}
	for _, name := range []string{"", "latest", "2026", "2026-13-08", "2026-02-30", "2026-02-08T25-00-00Z", "2026-02-08T07", "v2026-02-08"} {
		if got, ok := folderTime(name); ok {
			t.Errorf("%q is %v, want no time", name, got)
		}
	}
}

// write makes files under a new folder and returns it.
func write(t testing.TB, files map[string]string) string {
	t.Helper()
	dir := t.TempDir()
	for name, content := range files {
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(content), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

const (
	oneModel   = `{"modelSummaries": [{"modelId": "maker.one"}]}`
	noProfiles = `{"inferenceProfileSummaries": []}`
)

func TestRead(t *testing.T) {
	for _, test := range []struct {
		name              string
		models, profiles  string // file contents, "-" is no file
		want, wantProfile catalog.Outcome
		message           string
	}{
		{"both read", oneModel, noProfiles, catalog.Complete, catalog.Complete, ""},
		{"a file is missing", oneModel, "-", catalog.Complete, catalog.NotListed, ""},
		{"the CLI failed and left an empty file", "", noProfiles, catalog.Invalid, catalog.Complete, "eu-west-1/foundation-models.json: "},
		{"cut off", oneModel[:30], noProfiles, catalog.Invalid, catalog.Complete, "line 1, column 30"},
		{"an error instead of a list", `{"message": "denied"}`, noProfiles, catalog.Invalid, catalog.Complete, `no "modelSummaries" list`},
		{"cut short by --max-items", oneModel[:len(oneModel)-1] + `, "NextToken": "x"}`, noProfiles, catalog.Invalid, catalog.Complete, "more pages follow"},
		{"one page of several", oneModel, `{"inferenceProfileSummaries": [], "nextToken": "x"}`, catalog.Complete, catalog.Invalid, ""},
		{"recorded without --region", `{"modelSummaries": [{"modelId": "m", "modelArn": "arn:aws:bedrock:us-east-1::foundation-model/m"}]}`, noProfiles, catalog.Invalid, catalog.Complete,
			`of region "us-east-1", but eu-west-1 was asked for; probably recorded without --region eu-west-1`},
		{"another command", `{"modelSummaries": [{"modelId": "m", "modelArn": "arn:aws:bedrock:eu-west-1:111122223333:custom-model/m"}]}`, noProfiles, catalog.Invalid, catalog.Complete, "output of another command"},
		{"an account's profiles", oneModel, `{"inferenceProfileSummaries": [{"inferenceProfileId": "a1b2", "type": "APPLICATION"}]}`, catalog.Complete, catalog.Invalid, ""},
		{"a list of the other kind", noProfiles, noProfiles, catalog.Invalid, catalog.Complete, `no "modelSummaries" list`},
	} {
		t.Run(test.name, func(t *testing.T) {
			files := map[string]string{}
			for kind, content := range map[catalog.Kind]string{catalog.KindFoundationModel: test.models, catalog.KindInferenceProfile: test.profiles} {
				if content != "-" {
					files["2026-02-08/eu-west-1/"+FileName(kind)] = content
				}
			}
			c, err := Read(filepath.Join(write(t, files), "2026-02-08"))
			if err != nil {
				t.Fatal(err)
			}
			if len(c.Listings) != 2 || c.Partition != "aws" {
				t.Fatalf("got %d listings of partition %q", len(c.Listings), c.Partition)
			}
			models, profiles := c.Listings[0], c.Listings[1]
			if models.Outcome != test.want || profiles.Outcome != test.wantProfile || !strings.Contains(models.Message, test.message) {
				t.Errorf("got %s (%q) and %s, want %s (%q) and %s", models.Outcome, models.Message, profiles.Outcome, test.want, test.message, test.wantProfile)
			}
		})
	}
}

func TestReadRefuses(t *testing.T) {
	models := FileName(catalog.KindFoundationModel)
	dir := write(t, map[string]string{
		"2026-02-08/eu-west-1/" + models:     oneModel,
		"2026-02-08/us-gov-west-1/" + models: oneModel,
		"2026-02-09/Europe/" + models:        oneModel,
		"2026-02-10/notes/readme.txt":        "nothing",
		"undated/eu-west-1/" + models:        oneModel,
	})
	for folder, want := range map[string]string{
		"2026-02-08": "two partitions",
		"2026-02-09": "not named after a region",
		"2026-02-10": "has no region folder",
		"2026-02-11": "no such file",
		"undated":    "not named after a time",
	} {
		if _, err := Read(filepath.Join(dir, folder)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %q", folder, err, want)
		}
	}
}

func TestFind(t *testing.T) {
	models := FileName(catalog.KindFoundationModel)
	dir := write(t, map[string]string{
		"b/2026-02-09/eu-west-1/" + models: oneModel,
		"a/20260210/eu-west-1/" + models:   oneModel,
		"a/2026-02-08/eu-west-1/" + models: oneModel,
		"a/README.md":                      "not a folder",
		"c/d/readme.txt":                   "no date",
	})
	got, err := Find(filepath.Join(dir, "a"), filepath.Join(dir, "b", "2026-02-09"), filepath.Join(dir, "b"))
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, path := range got {
		names = append(names, filepath.Base(path))
	}
	if want := "2026-02-08 2026-02-09 20260210"; strings.Join(names, " ") != want {
		t.Errorf("found %q, want %q: the oldest first, each once", names, want)
	}
	for _, path := range []string{"c", "absent", "a/README.md"} {
		if _, err := Find(filepath.Join(dir, path)); err == nil {
			t.Errorf("%s: no error", path)
		}
	}
}

// FuzzRead: whatever a file holds, its list is complete or invalid, and the
// message stays on one line.
func FuzzRead(f *testing.F) {
	for _, content := range []string{oneModel, noProfiles, "", "null", "[]", `{"modelSummaries": null}`, `{"modelSummaries": [{}]}`, "{\"a\x1b\": 1}"} {
		f.Add(content)
	}
	for _, content := range []string{namedModel, firstPage + lastPage, firstPage + "\n" + middlePage, "[{\"modelId\": \"a\"}] []", "{} {", "[]", "\ufeff[]"} {
		f.Add(content)
		f.Add(zipped(f, content))
		f.Add(utf16Text(binary.LittleEndian, content))
		f.Add(utf16Text(binary.BigEndian, content))
	}
	f.Fuzz(func(t *testing.T, content string) {
		dir := write(t, map[string]string{"2026-02-08/eu-west-1/" + FileName(catalog.KindFoundationModel): content})
		c, err := Read(filepath.Join(dir, "2026-02-08"))
		if err != nil {
			t.Fatal(err)
		}
		switch l := c.Listings[0]; {
		case l.Outcome == catalog.Complete && l.Message == "":
		case l.Outcome == catalog.Invalid && l.Message != "" && len(l.Items) == 0 && !strings.ContainsAny(l.Message, "\n\r\x1b"):
		default:
			t.Errorf("got %+v", l)
		}
	})
}

// TestRecordings reads real recordings, where there are any.
func TestRecordings(t *testing.T) {
	dir := os.Getenv("SNAPSHOTTER_CAPTURES")
	if dir == "" {
		t.Skip("SNAPSHOTTER_CAPTURES names no folder of recordings")
	}
	folders, err := Find(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, folder := range folders {
		c, err := Read(folder)
		if err != nil {
			t.Fatal(err)
		}
		for _, l := range c.Listings {
			if l.Outcome != catalog.Complete || len(l.Items) == 0 {
				t.Errorf("%s %s %s: %s with %d items", filepath.Base(folder), l.Region, l.Kind, l.Outcome, len(l.Items))
			}
		}
	}
}

// A named pipe in the place of a recording would wait for a writer forever.
func TestReadPipe(t *testing.T) {
	dir := write(t, map[string]string{"2026-02-08/eu-west-1/" + FileName(catalog.KindFoundationModel): oneModel})
	if err := syscall.Mkfifo(filepath.Join(dir, "2026-02-08/eu-west-1", FileName(catalog.KindInferenceProfile)), 0o600); err != nil {
		t.Skip(err)
	}
	c, err := Read(filepath.Join(dir, "2026-02-08"))
	if err != nil || len(c.Listings) != 2 {
		t.Fatalf("%d listings, %v", len(c.Listings), err)
	}
	if profiles := c.Listings[1]; profiles.Outcome != catalog.Invalid || !strings.Contains(profiles.Message, "not a regular file") {
		t.Errorf("got %s (%q)", profiles.Outcome, profiles.Message)
	}
}
