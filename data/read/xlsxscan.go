package read

import (
	"bufio"
	"bytes"
	"errors"
	"io"
	"strconv"
	"strings"
)

// sheetScan is what a quick look through a sheet's XML tells without parsing it: the merged cells, which stand at its end, and
// how many rows have something in them.
type sheetScan struct {
	rows   int64
	merged []area
}

// maxMerged bounds the merged areas that are kept.
const maxMerged = 200_000

// scanSheet goes from tag to tag. A tag can be nothing else: the characters that begin one are
// written in another way within text.
func scanSheet(f part) (sheetScan, error) {
	in, err := f.open()
	if err != nil {
		return sheetScan{}, err
	}
	defer in.Close()
	r := bufio.NewReaderSize(in, 256<<10)
	var s sheetScan
	counted := true
	for {
		if _, err := r.ReadSlice('<'); err != nil {
			if errors.Is(err, bufio.ErrBufferFull) {
				continue
			}
			if errors.Is(err, io.EOF) {
				return s, nil
			}
			return s, fileError(err, f.name)
		}
		tag, err := r.Peek(64)
		if err != nil && len(tag) == 0 {
			continue
		}
		name := tag
		if i := bytes.IndexAny(name, " />\t\r\n"); i >= 0 {
			name = name[:i]
		}
		if i := bytes.IndexByte(name, ':'); i >= 0 {
			name = name[i+1:]
		}
		switch string(name) {
		case "row":
			counted = false
		case "v", "is":
			if !counted {
				s.rows++
				counted = true
			}
		case "mergeCell":
			if a, ok := areaOfTag(tag); ok && len(s.merged) < maxMerged {
				s.merged = append(s.merged, a)
			}
		}
	}
}

// areaOfTag reads the ref of a mergeCell.
func areaOfTag(tag []byte) (area, bool) {
	_, rest, ok := strings.Cut(string(tag), `ref=`)
	if !ok || len(rest) < 2 {
		return area{}, false
	}
	ref, _, ok := strings.Cut(rest[1:], rest[:1])
	from, to, two := strings.Cut(ref, ":")
	if !ok || !two {
		return area{}, false
	}
	left, top, okA := cellRef(from)
	right, bottom, okB := cellRef(to)
	return area{top, bottom, int64(left), int64(right)}, okA && okB && top <= bottom && left <= right
}

const (
	maxSheetColumns = 16_384
	maxSheetRows    = 1_048_576
)

// cellRef reads a reference such as AB12: the column from 0, the row from 1.
func cellRef(ref string) (column int, row int64, ok bool) {
	i := 0
	for ; i < len(ref) && ref[i]|0x20 >= 'a' && ref[i]|0x20 <= 'z' && column <= maxSheetColumns; i++ {
		column = column*26 + int(ref[i]|0x20-'a') + 1
	}
	row, err := strconv.ParseInt(ref[i:], 10, 64)
	return column - 1, row, err == nil && column >= 1 && column <= maxSheetColumns && row >= 1 && row <= maxSheetRows
}
