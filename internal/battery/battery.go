// Package battery proves the product's claims on the program as it is shipped:
// it builds the command, runs it as processes against our own Bedrock, and
// breaks, loads and times it there.
//
// Everything in it is a test behind the build tag battery, since it takes
// minutes and, in part, tools from Debian (strace, sqlite3, the AWS CLI, jq,
// git): go test -tags battery -timeout 0 -v ./internal/battery. A test whose
// tool is missing is skipped and says so. docs/reliability.md and
// docs/performance.md hold the figures of one execution.
package battery
