package ui_test

import (
	"io/fs"
	"testing"

	"onemap/web/ui"
)

func TestFilesTellsWhetherThePageIsBuilt(t *testing.T) {
	files, built := ui.Files()
	_, err := fs.Stat(files, "index.html")
	if got := err == nil; got != built {
		t.Errorf("Files says built=%v, index.html is there: %v", built, got)
	}
	if _, err := fs.Stat(files, ".gitkeep"); err != nil {
		t.Errorf("the folder that embed needs was emptied: %v", err)
	}
}
