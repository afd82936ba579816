// Package migrations holds the schema of the history as numbered SQL files.
//
// A migration that has shipped is never edited: databases out there were built
// by it. To change the schema add the next number; there is no way down,
// because a history must not be lost by going back to an older version.
package migrations

import "embed"

// Files are the migrations, in goose's form and order.
// https://pressly.github.io/goose/documentation/annotations/
//
//go:embed *.sql
var Files embed.FS
