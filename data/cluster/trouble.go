package cluster

import (
	"errors"
	"os"
	"strings"
	"syscall"

	"onemap/layers/fault"
)

// onDisk puts a sentence over an error from the file system: a full disk and a missing
// right are said as such, with what to do.
func onDisk(err error, path, format string, args ...any) error {
	e := fault.New(fault.Unavailable, format, args...)
	e.Err = err
	switch {
	case errors.Is(err, syscall.ENOSPC), errors.Is(err, syscall.EDQUOT):
		e.Message = full(path)
		e.Err = nil
	case errors.Is(err, os.ErrPermission):
		e.Code = fault.Forbidden
		e.Message += " This user may not: change the rights of the folder, or choose another with --home."
	case errors.Is(err, syscall.EROFS):
		e.Message += " Its disk may only be read: choose another folder with --home."
	}
	return e
}

// full says that the disk with path is full.
func full(path string) string {
	return "The disk that holds " + path + " is full. Make room there and start again."
}

// said turns what initdb or postgres wrote before it ended into one clear error.
// Doing names what failed, as in "PostgreSQL did not start".
func said(doing, dir, text string) error {
	text = strings.TrimSpace(text)
	switch {
	case strings.Contains(text, "No space left on device"), strings.Contains(text, "Disk quota exceeded"):
		return fault.New(fault.Unavailable, "%s", full(dir))
	case strings.Contains(text, "Permission denied"):
		return fault.New(fault.Forbidden, "%s: it may not use a file or folder in %s. It said: %s", doing, dir, quote(text))
	case strings.Contains(text, "Cannot allocate memory"):
		return fault.New(fault.Unavailable, "%s: this machine has too little free memory. It said: %s", doing, quote(text))
	case text == "":
		return fault.New(fault.Unavailable, "%s and said nothing.", doing)
	}
	return fault.New(fault.Unavailable, "%s. It said: %s", doing, quote(text))
}

// quote returns the last lines of text, up to six, as one line.
func quote(text string) string {
	lines := strings.FieldsFunc(text, func(r rune) bool { return r == '\n' || r == '\r' })
	if len(lines) > 6 {
		lines = lines[len(lines)-6:]
	}
	for i, l := range lines {
		lines[i] = strings.Join(strings.Fields(l), " ")
	}
	return strings.Join(lines, " | ")
}
