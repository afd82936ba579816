// Answers questions in DuckDB: reads {"statements": SQL, "queries": [SQL, …]} from standard
// input and writes [{"columns": [name, …], "rows": [[value, …], …], "ms": time, "read":
// bytes}, …], the bytes being what it read from files, cached or not.
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
const read = () => {
  try { return Number(/rchar: (\d+)/.exec(readFileSync("/proc/self/io", "utf8"))[1]); } catch { return 0; }
};
const answers = [];
for (const query of queries) {
  const begun = performance.now(), before = read();
  const reader = await connection.runAndReadAll(query);
  answers.push({ columns: reader.columnNames(), rows: reader.getRowsJson(), ms: performance.now() - begun, read: read() - before });
}
console.log(JSON.stringify(answers));
