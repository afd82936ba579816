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
	file    func(b *Batch, history string, after int64) (File, error)
}

// Column is a column of a table. Its type is as in Athena and Trino's Hive tables.
type Column struct{ Name, Type, About string }

// Tables are all, in the order in which their files are written.
func Tables() []Table {
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

func table[T row[T]](name, title string, rows func(*Rows) []T) Table {
	return Table{name, title, columnsOf(reflect.TypeFor[T]()), func(b *Batch, history string, after int64) (File, error) {
		return fileOf(b, name, history, after, rows(&b.Rows))
	}}
}

func columnsOf(t reflect.Type) []Column {
	var columns []Column
	for i := range t.NumField() {
		field := t.Field(i)
		name, options, _ := strings.Cut(field.Tag.Get("parquet"), ",")
		columns = append(columns, Column{name, hiveType(field.Type, options), field.Tag.Get("doc")})
	}
	return columns
}

// hiveType is the type of a column in Hive's words.
// https://docs.aws.amazon.com/athena/latest/ug/data-types.html
func hiveType(t reflect.Type, options string) string {
	switch {
	case strings.Contains(options, "timestamp"):
		return "timestamp"
	case strings.Contains(options, "date"):
		return "date"
	}
	switch t.Kind() {
	case reflect.Pointer:
		return hiveType(t.Elem(), options)
	case reflect.Slice:
		return "array<" + hiveType(t.Elem(), "") + ">"
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
