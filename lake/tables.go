package lake

import (
	"cmp"
	"reflect"
	"strings"
)

// Table is one of the lake's tables.
type Table struct {
	Name    string
	Title   string
	Columns []Column
	private bool
	file    func(b *Batch, history string, after int64) (File, error)
}

// Column is a column of a table. Its type is as in Athena and Trino's Hive tables.
type Column struct{ Name, Type, About string }

// PublicTables are those of the public catalogue, in the order in which their files are
// written: the last one has a row for each run.
func PublicTables() []Table {
	return []Table{
		table(coverageTable, "How lists were read: a row where that changes.", func(r *Rows) []Coverage { return r.Coverage }),
		table(changesTable, "Everything that happened to an item, one row for each item and run.", func(r *Rows) []Change { return r.Changes }),
		table(modelsTable, "Foundation models by region: a row where a list says something else.", func(r *Rows) []Model { return r.Models }),
		table(profilesTable, "System-defined inference profiles by the region that lists them: a row where a list says something else.", func(r *Rows) []Profile { return r.Profiles }),
		table(accessPathsTable, "The ways to call a model from a region: a row where one appears, differs or goes.", func(r *Rows) []AccessPath { return r.AccessPaths }),
		table(lifecycleDatesTable, "Dates in the life of a listed model: a row where one appears, differs or goes.", func(r *Rows) []LifecycleDate { return r.LifecycleDates }),
		table(runsTable, "Every run, failed ones too.", func(r *Rows) []Run { return r.Runs }),
	}
}

// AccountTables are those of what the account has, in the same order.
func AccountTables() []Table {
	tables := []Table{
		table(resourceCoverageTable, "How lists of the account's resources were read: a row where that changes.", func(r *Rows) []Coverage { return r.ResourceCoverage }),
		table(resourcesTable, "What the account has: a row where a list says something else.", func(r *Rows) []Resource { return r.Resources }),
		table(impactTable, "What models that end or are gone do to the account's resources, as of each run: a row where something begins or ceases to hold.", func(r *Rows) []Impact { return r.Impacts }),
		table(resourceRunsTable, "The runs whose resources are in the tables of the account.", func(r *Rows) []ResourceRun { return r.ResourceRuns }),
	}
	for i := range tables {
		tables[i].private = true
	}
	return tables
}

func table[T row[T]](name, title string, rows func(*Rows) []T) Table {
	return Table{Name: name, Title: title, Columns: columnsOf(reflect.TypeFor[T]()), file: func(b *Batch, history string, after int64) (File, error) {
		return fileOf(b, name, history, after, rows(&b.Rows))
	}}
}

func columnsOf(t reflect.Type) []Column {
	var columns []Column
	for i := range t.NumField() {
		field := t.Field(i)
		name, options, _ := strings.Cut(field.Tag.Get("parquet"), ",")
		columns = append(columns, Column{name, hiveTypeOf(field.Type, options), field.Tag.Get("doc")})
	}
	return columns
}

// hiveTypeOf is the type of a column in Hive's words.
// https://docs.aws.amazon.com/athena/latest/ug/data-types.html
func hiveTypeOf(t reflect.Type, options string) string {
	switch {
	case strings.Contains(options, "timestamp"):
		return "timestamp"
	case strings.Contains(options, "date"):
		return "date"
	}
	switch t.Kind() {
	case reflect.Pointer:
		return hiveTypeOf(t.Elem(), options)
	case reflect.Slice:
		return "array<" + hiveTypeOf(t.Elem(), "") + ">"
	case reflect.Struct:
		var fields []string
		for _, column := range columnsOf(t) {
			fields = append(fields, column.Name+":"+column.Type)
		}
		return "struct<" + strings.Join(fields, ",") + ">"
	case reflect.Int64:
		return "bigint"
	case reflect.Bool:
		return "boolean"
	}
	return "string"
}

func (r Run) compare(Run) int { return 0 }

func (r Coverage) compare(o Coverage) int {
	return cmp.Or(cmp.Compare(r.Region, o.Region), cmp.Compare(r.Kind, o.Kind))
}

func (r Change) compare(o Change) int {
	return cmp.Or(cmp.Compare(r.ID, o.ID), cmp.Compare(r.Region, o.Region), cmp.Compare(r.Kind, o.Kind))
}

func (r Model) compare(o Model) int {
	return cmp.Or(cmp.Compare(r.ID, o.ID), cmp.Compare(r.Region, o.Region))
}

func (r Profile) compare(o Profile) int {
	return cmp.Or(cmp.Compare(r.ID, o.ID), cmp.Compare(r.Region, o.Region))
}

func (r AccessPath) compare(o AccessPath) int {
	return cmp.Or(cmp.Compare(r.Model, o.Model), cmp.Compare(r.Region, o.Region), cmp.Compare(r.Access, o.Access), cmp.Compare(r.ModelID, o.ModelID))
}

func (r LifecycleDate) compare(o LifecycleDate) int {
	return cmp.Or(cmp.Compare(r.Model, o.Model), cmp.Compare(r.Region, o.Region), cmp.Compare(r.Event, o.Event))
}

func (r ResourceRun) compare(ResourceRun) int { return 0 }

func (r Resource) compare(o Resource) int {
	return cmp.Or(cmp.Compare(r.Kind, o.Kind), cmp.Compare(r.ID, o.ID), cmp.Compare(r.Region, o.Region))
}

func (r Impact) compare(o Impact) int { return cmp.Compare(r.Key, o.Key) }
