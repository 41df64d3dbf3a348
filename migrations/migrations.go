// Package migrations carries the numbered SQL files that make the base tables.
// Layer tables are not here: they follow from the declarations.
package migrations

import "embed"

// Files holds the migrations, named NNNN_what.sql and run in that order. A file that
// has been run anywhere is never changed; what comes later is a new file.
//
//go:embed *.sql
var Files embed.FS
