package read

import (
	"archive/zip"
	"io"
	"path"
	"strings"

	"onemap/layers/fault"
)

// archiveParts lists the files of a zip archive. The archive as a whole is refused if it has
// too many entries, an entry whose name leads out of it, or a link.
func archiveParts(z *zip.Reader, limits Limits) ([]part, error) {
	if len(z.File) > limits.ArchiveEntries {
		return nil, fault.New(fault.TooLarge, "the archive has %d entries; at most %d are read", len(z.File), limits.ArchiveEntries)
	}
	budget := &archiveBudget{left: limits.ArchiveBytes}
	var parts []part
	for _, f := range z.File {
		name := entryName(f)
		if escapes(name) {
			return nil, fault.New(fault.Invalid, "the archive has an entry with the name %.80q, which leads out of the archive", name)
		}
		mode := f.Mode()
		if mode.IsDir() || strings.HasSuffix(name, "/") {
			continue
		}
		if !mode.IsRegular() {
			return nil, fault.New(fault.Invalid, "the archive's entry %.80q is not a plain file", name)
		}
		if strings.HasPrefix(path.Base(name), ".") || strings.HasPrefix(name, "__MACOSX/") {
			continue
		}
		parts = append(parts, part{name, int64(f.UncompressedSize64), "", func() (io.ReadCloser, error) {
			return openEntry(f, name, limits, budget)
		}})
	}
	return parts, nil
}

// entryName decodes a name: UTF-8 where it is that, otherwise GB18030 as Chinese programs write.
func entryName(f *zip.File) string {
	if isASCII([]byte(f.Name)) || (sample{[]byte(f.Name)}).isUTF8() {
		return f.Name
	}
	name, _, _ := newCharset("GB18030").decode([]byte(f.Name))
	return name
}

// escapes reports whether a name, in the way of any system, leads out of its folder.
func escapes(name string) bool {
	if strings.ContainsAny(name, "\\\x00") || strings.HasPrefix(name, "/") || len(name) > 1 && name[1] == ':' {
		return true
	}
	for _, step := range strings.Split(name, "/") {
		if step == ".." {
			return true
		}
	}
	return false
}

// archiveBudget is what may still be unpacked from an archive.
type archiveBudget struct{ left int64 }

func openEntry(f *zip.File, name string, limits Limits, budget *archiveBudget) (io.ReadCloser, error) {
	const worthChecking = 64 << 20
	if f.Flags&1 != 0 {
		return nil, fault.New(fault.Unsupported, "%s in the archive is encrypted; unpack it with its password first", name)
	}
	if f.UncompressedSize64 > worthChecking && f.UncompressedSize64/uint64(limits.ArchiveRatio) > f.CompressedSize64 {
		return nil, fault.New(fault.TooLarge, "%s is packed more than %d times smaller than it is, as only a hostile archive does", name, limits.ArchiveRatio)
	}
	if f.UncompressedSize64 > uint64(budget.left) {
		return nil, fault.New(fault.TooLarge, "the archive unpacks to more than %d bytes", limits.ArchiveBytes)
	}
	r, err := f.Open()
	if err != nil {
		return nil, fault.Wrap(err, fault.Invalid, "%s in the archive cannot be unpacked", name)
	}
	return &entryReader{r, name, limits.ArchiveBytes, budget}, nil
}

// entryReader counts what is unpacked, whatever the archive has declared.
type entryReader struct {
	io.ReadCloser
	name   string
	limit  int64
	budget *archiveBudget
}

func (e *entryReader) Read(b []byte) (int, error) {
	n, err := e.ReadCloser.Read(b)
	if e.budget.left -= int64(n); e.budget.left < 0 {
		return 0, fault.New(fault.TooLarge, "the archive unpacks to more than %d bytes", e.limit)
	}
	if err != nil && err != io.EOF {
		err = fault.Wrap(err, fault.Invalid, "%s in the archive is damaged", e.name)
	}
	return n, err
}
