package upload_test

import (
	"bytes"
	"context"
	"crypto/sha1"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/iotest"
	"time"

	"pgregory.net/rapid"

	"onemap/data/upload"
	"onemap/layers/fault"
)

func open(t testing.TB, folder string, l upload.Limits) *upload.Uploads {
	t.Helper()
	s, err := upload.Open(folder, l)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func create(t testing.TB, s *upload.Uploads, length int64) upload.Upload {
	t.Helper()
	u, err := s.Create("甲.zip", "filename x", length)
	if err != nil {
		t.Fatal(err)
	}
	return u
}

// TestPartsMakeTheFile brings a file in parts that break off anywhere, with a program that
// is started anew between them.
func TestPartsMakeTheFile(t *testing.T) {
	root := t.TempDir()
	rapid.Check(t, func(rt *rapid.T) {
		folder, err := os.MkdirTemp(root, "")
		if err != nil {
			rt.Fatal(err)
		}
		want := rapid.SliceOfN(rapid.Byte(), 0, 2000).Draw(rt, "file")
		s := open(t, folder, upload.Limits{})
		u := create(t, s, int64(len(want)))
		for tries := 0; !u.Complete() || tries == 0; tries++ {
			part := bytes.NewReader(want[u.Offset:])
			n := rapid.IntRange(0, len(want)-int(u.Offset)).Draw(rt, "part")
			r := io.Reader(io.LimitReader(part, int64(n)))
			broken := rapid.Bool().Draw(rt, "broken")
			if broken {
				r = io.MultiReader(r, iotest.ErrReader(errors.New("connection lost")))
			}
			at, err := s.Append(context.Background(), u.ID, u.Offset, r, func() {}, nil)
			if n < len(want)-int(u.Offset) && broken != (fault.CodeOf(err) == fault.Cancelled && err != nil) {
				rt.Fatalf("broken %v: %v", broken, err)
			}
			s = open(t, folder, upload.Limits{})
			if u, err = s.Upload(u.ID); err != nil || u.Offset != at {
				rt.Fatalf("acknowledged %d, there are %d: %v", at, u.Offset, err)
			}
		}
		kept := 0
		for range 2 {
			k, err := s.Keep(context.Background(), u.ID, func(path string, _ upload.Upload) (string, error) {
				kept++
				got, err := os.ReadFile(path)
				if err != nil || !bytes.Equal(got, want) {
					rt.Fatalf("%d bytes are not the %d that were brought, %v", len(got), len(want), err)
				}
				return "hash", nil
			})
			if err != nil || k.Hash != "hash" || !k.Complete() || k.Name != "甲.zip" {
				rt.Fatalf("%+v, %v", k, err)
			}
		}
		if kept != 1 {
			rt.Fatalf("kept %d times", kept)
		}
	})
}

func TestLimits(t *testing.T) {
	s := open(t, t.TempDir(), upload.Limits{Size: 10, Count: 2, Total: 15})
	if _, err := s.Create("", "", 11); fault.CodeOf(err) != fault.TooLarge {
		t.Errorf("a file over the size: %v", err)
	}
	if _, err := s.Create("", "", -1); fault.CodeOf(err) != fault.Invalid {
		t.Errorf("a length below zero: %v", err)
	}
	u := create(t, s, 10)
	if _, err := s.Create("", "", 6); fault.CodeOf(err) != fault.TooLarge {
		t.Errorf("over the total: %v", err)
	}
	create(t, s, 1)
	if _, err := s.Create("", "", 1); fault.CodeOf(err) != fault.TooLarge {
		t.Errorf("over the count: %v", err)
	}
	if n, err := s.Append(t.Context(), u.ID, 0, strings.NewReader("0123456789A"), func() {}, nil); n != 10 || fault.CodeOf(err) != fault.TooLarge {
		t.Errorf("more than announced: %d, %v", n, err)
	}
	if err := s.Delete(t.Context(), u.ID); err != nil {
		t.Error(err)
	}
	if _, err := s.Upload(u.ID); fault.CodeOf(err) != fault.NotFound {
		t.Errorf("deleted and there: %v", err)
	}
	create(t, s, 10)
}

func TestRefusals(t *testing.T) {
	s := open(t, t.TempDir(), upload.Limits{})
	u := create(t, s, 4)
	if at, err := s.Append(t.Context(), u.ID, 2, strings.NewReader("cd"), func() {}, nil); fault.CodeOf(err) != fault.Conflict || at != 0 {
		t.Errorf("a gap: %d, %v", at, err)
	}
	wrong := &upload.Checksum{Hash: sha1.New(), Sum: []byte("no")}
	if at, err := s.Append(t.Context(), u.ID, 0, strings.NewReader("ab"), func() {}, wrong); !errors.Is(err, upload.ErrChecksum) || at != 0 {
		t.Errorf("a wrong checksum: %d, %v", at, err)
	}
	sum := sha1.Sum([]byte("ab"))
	if at, err := s.Append(t.Context(), u.ID, 0, strings.NewReader("ab"), func() {}, &upload.Checksum{Hash: sha1.New(), Sum: sum[:]}); err != nil || at != 2 {
		t.Errorf("a right checksum: %d, %v", at, err)
	}
	if _, err := s.Keep(t.Context(), u.ID, nil); fault.CodeOf(err) != fault.Conflict {
		t.Errorf("half a file is kept: %v", err)
	}
	for _, id := range []string{"", "../../etc/passwd", "x", strings.Repeat("a", 26)} {
		if _, err := s.Upload(id); fault.CodeOf(err) != fault.NotFound {
			t.Errorf("%q: %v", id, err)
		}
	}
}

// TestNewcomerTakesOver goes on with a file whose first connection hangs.
func TestNewcomerTakesOver(t *testing.T) {
	s := open(t, t.TempDir(), upload.Limits{})
	u := create(t, s, 4)
	r, w := io.Pipe()
	ended := make(chan error, 1)
	go func() {
		_, err := s.Append(context.Background(), u.ID, 0, r, func() { r.CloseWithError(os.ErrDeadlineExceeded) }, nil)
		ended <- err
	}()
	if _, err := io.WriteString(w, "ab"); err != nil {
		t.Fatal(err)
	}
	for range 2 { // the first asks how far it has come, as a client does
		if at, err := s.Append(t.Context(), u.ID, 2, strings.NewReader("cd"), func() {}, nil); err == nil && at == 4 {
			break
		}
	}
	if err := <-ended; fault.CodeOf(err) != fault.Cancelled {
		t.Errorf("the one that hung: %v", err)
	}
	if u, err := s.Upload(u.ID); err != nil || !u.Complete() {
		t.Errorf("%+v, %v", u, err)
	}
}

func TestSweep(t *testing.T) {
	folder := t.TempDir()
	s := open(t, folder, upload.Limits{Age: time.Hour})
	old, young := create(t, s, 4), create(t, s, 4)
	long := time.Now().Add(-2 * time.Hour)
	left := filepath.Join(folder, "info-123")
	if err := os.WriteFile(left, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{old.ID + ".part", old.ID + ".json", young.ID + ".json", "info-123"} {
		if err := os.Chtimes(filepath.Join(folder, name), long, long); err != nil {
			t.Fatal(err)
		}
	}
	if n, err := s.Sweep(time.Now()); n != 1 || err != nil {
		t.Errorf("%d swept, %v", n, err)
	}
	if _, err := s.Upload(old.ID); fault.CodeOf(err) != fault.NotFound {
		t.Errorf("the old one: %v", err)
	}
	if _, err := s.Upload(young.ID); err != nil {
		t.Errorf("the young one: %v", err)
	}
	if _, err := os.Stat(left); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("what a crash left: %v", err)
	}
}
