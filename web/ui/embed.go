// Package ui holds the map page as built by `npm run build` in this folder, so that
// one binary carries it.
package ui

import (
	"embed"
	"io/fs"
)

//go:embed all:dist
var dist embed.FS

// Files returns the built page, with index.html at its root and everything else under
// assets. The second result is false when the binary was made without building the page
// first; the file system then holds no index.html and the caller says how to build it.
func Files() (fs.FS, bool) {
	files, err := fs.Sub(dist, "dist")
	if err != nil {
		return dist, false
	}
	if _, err := fs.Stat(files, "index.html"); err != nil {
		return files, false
	}
	return files, true
}
