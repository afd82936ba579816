package lake

import (
	"testing"
	"time"

	"snapshotter/catalog"
)

// someFile is a file of runs.
func someFile(t testing.TB) File {
	t.Helper()
	source := &Source{Runs: []catalog.Run{
		{ID: 31, StartedAt: time.Date(2026, 4, 28, 2, 0, 0, 0, time.UTC), Digest: "d0"},
		{ID: 32, StartedAt: time.Date(2026, 4, 29, 2, 0, 0, 0, time.UTC), Digest: "d1"},
	}}
	var files []File
	err := source.Batches(Done{}, func(b *Batch) (err error) {
		files, err = b.Files("prod", Done{})
		return err
	})
	if err != nil || len(files) != 1 {
		t.Fatalf("%d files, %v", len(files), err)
	}
	return files[0]
}

func TestFile(t *testing.T) {
	file := someFile(t)
	if want := "v1/runs/history=prod/month=2026-04/000000031_2026-04-28T02-00-00Z.parquet"; file.Name != want {
		t.Errorf("name %q, want %q", file.Name, want)
	}
	want := Content{Table: "runs", Last: 32, At: "2026-04-29T02-00-00Z", Digest: "d1"}
	if got, err := ReadContent("runs", file.Data); got != want || err != nil {
		t.Errorf("content %+v, %v, want %+v", got, err, want)
	}
	if _, err := ReadContent("models", file.Data); err == nil {
		t.Error("a file of another table was taken for one of models")
	}
	if MonthOf(file.Name) != "2026-04" {
		t.Errorf("month %q", MonthOf(file.Name))
	}
	for _, name := range []string{"", "v1/runs/_SUCCESS", "v1/runs/history=a/month=2026-04/_SUCCESS", "v1/runs/history=a/month=2026-04/1_x.txt", "v1/runs/history=a/month=2026-04/-1_x.parquet", "v1/runs/history=a/month=2026-04/1_x/y.parquet", "v1/runs/history=a/1_x.parquet"} {
		if month := MonthOf(name); month != "" {
			t.Errorf("%q is of month %q", name, month)
		}
	}
}

// What stands in the place of a file is an error, whatever it is.
func FuzzReadContent(f *testing.F) {
	file := someFile(f)
	f.Add(file.Data)
	f.Add([]byte{})
	f.Add([]byte("PAR1PAR1"))
	f.Add(file.Data[:len(file.Data)/2])
	f.Fuzz(func(t *testing.T, data []byte) {
		if content, err := ReadContent("runs", data); err == nil && content.Table != "runs" {
			t.Errorf("content %+v", content)
		}
	})
}
