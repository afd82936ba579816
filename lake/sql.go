package lake

import (
	"fmt"
	"strings"
)

// Engine is a dialect of SQL.
type Engine string

const (
	DuckDB Engine = "DuckDB"
	Athena Engine = "Athena"
	Trino  Engine = "Trino" // its Hive connector, with a catalog hive and a schema bedrock
)

// Statements make tables of a lake in an engine; at is the directory or URL of the lake,
// without a slash at its end. [Views] rest on them.
func Statements(engine Engine, at string, tables []Table) string {
	var text strings.Builder
	for i, table := range tables {
		if i > 0 {
			text.WriteString("\n")
		}
		at := at + "/" + Root + table.Name
		switch engine {
		case DuckDB:
			fmt.Fprintf(&text, "CREATE VIEW %s AS FROM read_parquet('%s/**/*.parquet',\n    hive_partitioning = true, hive_types = {'history': VARCHAR, 'month': VARCHAR});\n", table.Name, at)
		case Athena:
			fmt.Fprintf(&text, "CREATE EXTERNAL TABLE %s (\n%s\n)\n%s;\n", table.Name, columnList(table, "`%s` %s", hiveType), athena(at))
		case Trino:
			fmt.Fprintf(&text, "CREATE TABLE hive.bedrock.%s (\n%s,\n    history varchar,\n    month varchar\n)\nWITH (format = 'PARQUET', external_location = '%s/', partitioned_by = ARRAY['history', 'month']);\n",
				table.Name, columnList(table, `"%s" %s`, trinoType), at)
			fmt.Fprintf(&text, "CALL hive.system.sync_partition_metadata('bedrock', '%s', 'FULL');\n", table.Name)
		}
	}
	return text.String()
}

// columnList are the columns of a table, as format says of a name and a type.
func columnList(table Table, format string, typed func(string) string) string {
	var lines []string
	for _, column := range table.Columns {
		lines = append(lines, "    "+fmt.Sprintf(format, column.Name, typed(column.Type)))
	}
	return strings.Join(lines, ",\n")
}

func hiveType(t string) string { return t }

// trinoType is a type of Hive in Trino's words.
func trinoType(hive string) string {
	return strings.NewReplacer("array<", "array(", "struct<", "row(", ">", ")", ":", " ", ",", ", ", "string", "varchar", "timestamp", "timestamp(3)").Replace(hive)
}

// athena says where a table's files are. With partition projection nobody has to tell
// Athena of new months.
// https://docs.aws.amazon.com/athena/latest/ug/partition-projection-supported-types.html
func athena(at string) string {
	return `PARTITIONED BY (history string, month string)
STORED AS PARQUET
LOCATION '` + at + `/'
TBLPROPERTIES (
    'projection.enabled' = 'true',
    'projection.history.type' = 'enum',
    'projection.history.values' = '` + DefaultHistory + `',
    'projection.month.type' = 'date',
    'projection.month.format' = 'yyyy-MM',
    'projection.month.range' = '2026-01,NOW',
    'projection.month.interval' = '1',
    'projection.month.interval.unit' = 'MONTHS'
)`
}

// Views are the state as of the last run of each history, for every engine: what the
// views of the database say, by history.
func Views() string {
	return latestRuns("latest_runs", runsTable, `, max(ordinal) AS ordinal,
    max(CASE WHEN status <> 'failed' THEN id END) AS recorded_run_id, max_by(started_at, ordinal) AS recorded_at`) +
		currentView(modelsTable, "region, id", "latest_runs") +
		currentView(profilesTable, "region, id", "latest_runs") +
		currentView(accessPathsTable, "region, model, access, model_id", "latest_runs") +
		currentView(lifecycleDatesTable, "region, model, event", "latest_runs") + `
CREATE VIEW coverage_now AS
SELECT c.history, c.region, c.kind, c.outcome, c.error_code, c.message, c.since_run_id, c.since_at,
    l.ordinal - s.ordinal + 1 AS streak,
    CASE WHEN c.outcome = 'complete' THEN l.recorded_run_id ELSE c.confirmed_run_id END AS confirmed_run_id,
    CASE WHEN c.outcome = 'complete' THEN l.recorded_at ELSE c.confirmed_at END AS confirmed_at
FROM (
` + lastRows(coverageTable, "region, kind", "latest_runs") + `
) c
JOIN latest_runs l ON c.history = l.history
LEFT JOIN runs s ON s.history = c.history AND s.id = c.since_run_id
WHERE c.place = 1;
`
}

// AccountViews are those of the account's tables.
func AccountViews() string {
	return latestRuns("latest_resource_runs", resourceRunsTable, "") +
		currentView(resourceCoverageTable, "region, kind", "latest_resource_runs") +
		currentView(resourcesTable, "region, kind, id", "latest_resource_runs") +
		currentView(impactTable, "key", "latest_resource_runs")
}

func latestRuns(view, table, more string) string {
	return "CREATE VIEW " + view + " AS\nSELECT history, max(month) AS month, max(id) AS run_id" + more + "\nFROM " + table + "\nGROUP BY history;\n"
}

// currentView is the state of a table whose rows are about what key says.
func currentView(table, key, latest string) string {
	columns, present := stateColumns(table)
	where := "place = 1"
	if present {
		where += " AND present"
	}
	return fmt.Sprintf("\nCREATE VIEW current_%s AS\nSELECT history, %s\nFROM (\n%s\n)\nWHERE %s;\n", table, columns, lastRows(table, key, latest), where)
}

// stateColumns are those that say what holds, and whether the table has gone things too.
func stateColumns(name string) (list string, present bool) {
	var columns []string
	for _, table := range append(PublicTables(), AccountTables()...) {
		if table.Name != name {
			continue
		}
		for _, column := range table.Columns {
			switch column.Name {
			case "present":
				present = true
			case "run_id", "run_at":
			default:
				columns = append(columns, column.Name)
			}
		}
	}
	return strings.Join(columns, ", "), present
}

// lastRows numbers a table's rows of each history's last month, the last of each key
// first. The month has them all, because it begins with the whole state. A run whose
// row in runs is not there yet is not whole.
func lastRows(table, key, latest string) string {
	return `    SELECT t.*, row_number() OVER (PARTITION BY t.history, t.` + strings.ReplaceAll(key, ", ", ", t.") + ` ORDER BY t.run_id DESC) AS place
    FROM ` + table + ` t
    JOIN ` + latest + ` l ON t.history = l.history AND t.month = l.month AND t.run_id <= l.run_id`
}
