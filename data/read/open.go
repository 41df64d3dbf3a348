package read

import (
	"archive/zip"
	"bytes"
	"io"
	"os"

	"onemap/layers/fault"
)

// probe is what is known of a file before its format is.
type probe struct {
	path   string
	folder bool
	size   int64
	head   []byte   // the first 4 KiB, or all
	parts  []part   // of a folder or archive
	closer *os.File // the archive, to be closed with the source
}

// format is one kind of file. sniff looks at the content only; open is called if it says yes.
type format struct {
	sniff func(*probe) bool
	open  func(*probe, Options) (Source, error)
}

// formats are asked in this order.
var formats = []format{
	{sniffShapefile, openShapefile},
	{sniffGeoJSON, openGeoJSON},
}

// Open finds out what a file is by its content and opens it: GeoJSON (a FeatureCollection, a Feature,
// a geometry, or a text sequence of them, RFC 7946 and 8142), or a shapefile as its .shp,
// its folder or a zip archive; a .dbf alone is read as a table. It is an error, for a person to read,
// if the file is not there, is none of these, breaks a limit, or holds several sets and Options.Layer names none.
func Open(path string, opts Options) (Source, error) {
	opts.Limits = opts.Limits.withDefaults()
	p, err := newProbe(path, opts.Limits)
	if err != nil {
		return nil, err
	}
	for _, f := range formats {
		if !f.sniff(p) {
			continue
		}
		s, err := f.open(p, opts)
		if err != nil {
			p.close()
			return nil, err
		}
		return s, nil
	}
	p.close()
	return nil, fault.New(fault.Unsupported, "the file is none of the formats that are read: GeoJSON (also line by line), or a shapefile (.shp, its folder or a zip of it)")
}

func newProbe(path string, limits Limits) (*probe, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, fileError(err, path)
	}
	p := &probe{path: path, size: info.Size(), folder: info.IsDir()}
	if p.folder {
		p.parts, err = folderParts(path)
		return p, err
	}
	if !info.Mode().IsRegular() {
		return nil, fault.New(fault.Invalid, "%s is neither a file nor a folder", info.Name())
	}
	f, err := os.Open(path)
	if err != nil {
		return nil, fileError(err, path)
	}
	head := make([]byte, 4096)
	n, err := io.ReadFull(f, head)
	if err != nil && err != io.EOF && err != io.ErrUnexpectedEOF {
		f.Close()
		return nil, fileError(err, path)
	}
	p.head = head[:n]
	if !bytes.HasPrefix(p.head, []byte("PK\x03\x04")) {
		return p, f.Close()
	}
	p.closer = f
	z, err := zip.NewReader(f, p.size)
	if err != nil {
		p.close()
		return nil, fault.Wrap(err, fault.Invalid, "%s begins like a zip archive but cannot be read as one; it may be cut off", info.Name())
	}
	if p.parts, err = archiveParts(z, limits); err != nil {
		p.close()
		return nil, err
	}
	return p, nil
}

func (p *probe) close() {
	if p.closer != nil {
		p.closer.Close()
	}
}
