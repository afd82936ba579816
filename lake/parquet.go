package lake

import (
	"bytes"
	"cmp"
	"fmt"
	"slices"
	"strconv"

	"github.com/parquet-go/parquet-go"
	"github.com/parquet-go/parquet-go/compress/zstd"

	"snapshotter/catalog"
)

// row is a row of any table. Rows are compared by what they are about, not by their run.
type row[T any] interface {
	run() catalog.RunRef
	compare(T) int
}

// The names of the tables.
const (
	coverageTable       = "coverage"
	changesTable        = "changes"
	modelsTable         = "models"
	profilesTable       = "profiles"
	accessPathsTable    = "access_paths"
	lifecycleDatesTable = "lifecycle_dates"

	resourceRunsTable     = "resource_runs" // the last of the private ones
	resourceCoverageTable = "resource_coverage"
	resourcesTable        = "resources"
	impactTable           = "impact"

	runsTable = "runs" // the last to be written
)

// Files are those of the tables that a batch adds to, in the order in which they must
// be written: the runs come last. Only a private source has private tables.
func (b *Batch) Files(history string, done Done) ([]File, error) {
	tables := PublicTables()
	if b.private {
		tables = append(AccountTables(), tables...)
	}
	var files []File
	for _, table := range tables {
		file, err := table.file(b, history, done[table.Name])
		if err != nil {
			return nil, err
		}
		if file.Name != "" {
			file.Private = table.private
			files = append(files, file)
		}
	}
	return files, nil
}

// fileOf is the file of a table's rows that runs after one added; without any there is
// none. Rows are in the order of what they are about, then of runs: like values stand
// together.
func fileOf[T row[T]](b *Batch, table, history string, after int64, rows []T) (File, error) {
	rows = slices.DeleteFunc(slices.Clone(rows), func(r T) bool { return r.run().ID <= after })
	if len(rows) == 0 {
		return File{}, nil
	}
	first := slices.MinFunc(rows, func(a, b T) int { return cmp.Compare(a.run().ID, b.run().ID) }).run()
	slices.SortFunc(rows, func(a, b T) int {
		return cmp.Or(a.compare(b), cmp.Compare(a.run().ID, b.run().ID))
	})
	data, err := encode(rows, Content{Table: table, Last: b.Last.ID, At: catalog.FileTime(b.Last.StartedAt), Digest: b.Last.Digest})
	return File{Name: fileName(table, history, b.Month, first), Data: data}, err
}

// Content is what a file says of itself.
type Content struct {
	Table  string
	Last   int64  // the last run whose rows of the table it has, if there were any
	At     string // when that run started, as in names of files
	Digest string // of that run
}

// The keys of a file's own words. schemaKey has the number of [Root].
const (
	schemaKey = "snapshotter.schema"
	tableKey  = "snapshotter.table"
	lastKey   = "snapshotter.last_run"
	atKey     = "snapshotter.last_run_at"
	digestKey = "snapshotter.last_run_digest"
)

func encode[T any](rows []T, content Content) ([]byte, error) {
	var data bytes.Buffer
	w := parquet.NewGenericWriter[T](&data,
		parquet.Compression(&zstd.Codec{Level: zstd.SpeedDefault}), parquet.CreatedBy("snapshotter", "1", ""),
		parquet.KeyValueMetadata(schemaKey, "1"), parquet.KeyValueMetadata(tableKey, content.Table),
		parquet.KeyValueMetadata(lastKey, strconv.FormatInt(content.Last, 10)),
		parquet.KeyValueMetadata(atKey, content.At), parquet.KeyValueMetadata(digestKey, content.Digest))
	if _, err := w.Write(rows); err != nil {
		return nil, fmt.Errorf("encode %s: %w", content.Table, err)
	}
	if err := w.Close(); err != nil {
		return nil, fmt.Errorf("encode %s: %w", content.Table, err)
	}
	return data.Bytes(), nil
}

// ReadContent reads what a file of a table says of itself.
func ReadContent(table string, data []byte) (Content, error) {
	file, err := parquet.OpenFile(bytes.NewReader(data), int64(len(data)), parquet.SkipPageIndex(true), parquet.SkipBloomFilters(true))
	if err != nil {
		return Content{}, fmt.Errorf("not a Parquet file: %w", err)
	}
	said := func(key string) string { value, _ := file.Lookup(key); return value }
	last, err := strconv.ParseInt(said(lastKey), 10, 64)
	if err != nil || said(tableKey) != table || said(schemaKey) != "1" {
		return Content{}, fmt.Errorf("not a file that snapshotter wrote for the table %s", table)
	}
	return Content{table, last, said(atKey), said(digestKey)}, nil
}
