package read_test

import (
	"archive/zip"
	"bytes"
	"io/fs"
	"os"
	"strings"
	"testing"

	"onemap/data/read"
)

// entry is one file of a test archive, with what may be wrong with it.
type entry struct {
	name    string
	content []byte
	mode    fs.FileMode
	method  uint16
	flags   uint16
}

func archive(t *testing.T, entries ...entry) string {
	t.Helper()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for _, e := range entries {
		h := &zip.FileHeader{Name: e.name, Method: e.method, Flags: e.flags, NonUTF8: true}
		h.SetMode(0o600 | e.mode)
		w, err := z.CreateHeader(h)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := w.Write(e.content); err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return written(t, "a.zip", b.Bytes())
}

func setEntries(prefix string) []entry {
	var out []entry
	for name, b := range set("a", 1, enterpriseShapes, enterprises(), nil) {
		out = append(out, entry{name: prefix + name, content: b, method: zip.Deflate})
	}
	return out
}

func TestArchiveNames(t *testing.T) {
	tests := map[string]struct {
		extra entry
		want  string // error, or empty
	}{
		"a note beside it":       {entry{name: "readme.txt"}, ""},
		"a folder":               {entry{name: "photos/"}, ""},
		"what macOS leaves":      {entry{name: "__MACOSX/data/._a.shp", content: []byte("x")}, ""},
		"a hidden file":          {entry{name: "data/.b.shp", content: []byte("x")}, ""},
		"up and out":             {entry{name: "../evil.txt"}, "leads out of the archive"},
		"up in the middle":       {entry{name: "data/../../evil.txt"}, "leads out of the archive"},
		"from the root":          {entry{name: "/etc/passwd"}, "leads out of the archive"},
		"with a drive":           {entry{name: "C:evil.txt"}, "leads out of the archive"},
		"up, as Windows writes":  {entry{name: `..\evil.txt`}, "leads out of the archive"},
		"a link":                 {entry{name: "data/link", content: []byte("/etc/passwd"), mode: fs.ModeSymlink}, "not a plain file"},
		"a name in GBK":          {entry{name: gbk("说明.txt")}, ""},
		"a shapefile beside it":  {entry{name: gbk("道路.shp"), content: []byte("x")}, "2 data sets; name the one to read: a (Shapefile), 道路 (Shapefile)"},
		"dots that are no steps": {entry{name: "data/a..b/c.txt"}, ""},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			path := archive(t, append(setEntries("data/"), tt.extra)...)
			if tt.want != "" {
				fails(t, path, read.Options{}, tt.want)
				return
			}
			if c := readAll(t, path, read.Options{}); len(c.rows) != 3 {
				t.Errorf("%d rows", len(c.rows))
			}
		})
	}
}

func TestArchiveLimits(t *testing.T) {
	big := table{columns: []column{{"A", 'C', 254, 0}}}
	for range 300_000 {
		big.rows = append(big.rows, []string{""})
	}
	tests := map[string]struct {
		entries []entry
		limits  read.Limits
		want    string
	}{
		"too many entries":    {setEntries(""), read.Limits{ArchiveEntries: 2}, "3 entries; at most 2"},
		"too much unpacked":   {setEntries(""), read.Limits{ArchiveBytes: 300}, "unpacks to more than 300 bytes"},
		"packed beyond sense": {[]entry{{name: "a.dbf", content: big.bytes(), method: zip.Deflate}}, read.Limits{}, "packed more than 400 times"},
		"encrypted":           {[]entry{{name: "a.dbf", content: enterprises().bytes(), flags: 1}}, read.Limits{}, "encrypted"},
		"unknown packing":     {nil, read.Limits{}, "cannot be unpacked"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			path := ""
			if tt.entries == nil {
				path = unknownMethod(t)
			} else {
				path = archive(t, tt.entries...)
			}
			fails(t, path, read.Options{Limits: tt.limits}, tt.want)
		})
	}
}

// unknownMethod makes an archive whose entry is packed in a way that is not known.
func unknownMethod(t *testing.T) string {
	t.Helper()
	path := archive(t, entry{name: "a.dbf", content: enterprises().bytes()})
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	central := bytes.LastIndex(b, []byte("PK\x01\x02"))
	b[8], b[central+10] = 77, 77
	return written(t, "b.zip", b)
}

func TestArchiveDamaged(t *testing.T) {
	path := archive(t, setEntries("")...)
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	// A wrong byte in the packed table is found by its checksum or by the unpacking.
	i := bytes.Index(b, []byte("a.dbf")) + len("a.dbf") + 60
	b[i] ^= 0x55
	s, err := read.Open(written(t, "b.zip", b), read.Options{})
	for err == nil {
		_, err = s.Next()
	}
	if !strings.Contains(err.Error(), "a.dbf") {
		t.Errorf("error is %v", err)
	}
}
