// Answers questions in DuckDB: reads {"statements": SQL, "queries": [SQL, …]} from standard
// input and writes [{"columns": [name, …], "rows": [[value, …], …], "ms": time}, …].
//
//	node lake/testdata/duckdb.mjs FOLDER-OF-@duckdb
import { readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";

const [modules] = process.argv.slice(2);
const { DuckDBInstance } = await import(pathToFileURL(resolve(modules, join("@duckdb", "node-api", "lib", "index.js"))).href);
const { statements, queries } = JSON.parse(readFileSync(0, "utf8"));
const connection = await (await DuckDBInstance.create(":memory:")).connect();
await connection.run(statements);
const answers = [];
for (const query of queries) {
  const begun = performance.now();
  const reader = await connection.runAndReadAll(query);
  answers.push({ columns: reader.columnNames(), rows: reader.getRowsJson(), ms: performance.now() - begun });
}
console.log(JSON.stringify(answers));
