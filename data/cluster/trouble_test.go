package cluster

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"onemap/layers/fault"
)

func TestSaid(t *testing.T) {
	for _, tc := range []struct {
		name, text string
		code       fault.Code
		says       string
	}{
		{"disk full", `FATAL:  could not write lock file "postmaster.pid": No space left on device`, fault.Unavailable, "The disk that holds /d is full"},
		{"no right", `FATAL:  could not open file "global/pg_control": Permission denied`, fault.Forbidden, "may not use a file or folder in /d"},
		{"memory", "FATAL:  could not map anonymous shared memory: Cannot allocate memory", fault.Unavailable, "too little free memory"},
		{"silence", " \n", fault.Unavailable, "It did not start and said nothing."},
		{"the end counts", strings.Repeat("first\n", 9) + "FATAL:   last  words\n", fault.Unavailable, "first | FATAL: last words"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			err := said("It did not start", "/d", tc.text)
			wantCode(t, err, tc.code, tc.says)
			if strings.Contains(err.Error(), "\n") {
				t.Errorf("the error has more than one line: %q", err)
			}
		})
	}
}

func TestOnDisk(t *testing.T) {
	for _, tc := range []struct {
		cause error
		code  fault.Code
		says  string
	}{
		{syscall.ENOSPC, fault.Unavailable, "The disk that holds /d is full"},
		{syscall.EACCES, fault.Forbidden, "It can't be. This user may not"},
		{syscall.EROFS, fault.Unavailable, "may only be read"},
		{syscall.EIO, fault.Unavailable, "It can't be.: "},
	} {
		t.Run(tc.cause.Error(), func(t *testing.T) {
			wantCode(t, onDisk(&os.PathError{Op: "open", Path: "/d", Err: tc.cause}, "/d", "It can't be."), tc.code, tc.says)
		})
	}
}

func TestServerLogIsBounded(t *testing.T) {
	path := filepath.Join(t.TempDir(), logFile)
	l, err := openServerLog(path)
	if err != nil {
		t.Fatal(err)
	}
	defer l.close()
	line := strings.Repeat("x", 1<<16) + "\n"
	for range logBound/len(line) + 1 {
		fmt.Fprint(l.f, line)
	}
	since := l.size()
	fmt.Fprint(l.f, "last words\n")
	if got := l.tail(since); got != "last words\n" {
		t.Errorf("tail = %q, want the words after the offset only", got)
	}
	if got := l.tail(0); len(got) != tailSize {
		t.Errorf("tail gives %d bytes, want %d", len(got), tailSize)
	}
	if err := l.bound(); err != nil {
		t.Fatal(err)
	}
	fmt.Fprint(l.f, "new\n")
	if got := l.tail(since); got != "new\n" {
		t.Errorf("after the log began anew, tail = %q", got)
	}
	old, err := os.ReadFile(path + ".1")
	if err != nil || !strings.HasSuffix(string(old), "last words\n") {
		t.Errorf("the old log has %d bytes, error %v", len(old), err)
	}
}
