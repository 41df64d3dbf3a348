package read

import (
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"onemap/layers/fault"
)

// container is what a path leads to: a file, or a folder or archive with sets of data.
type container struct {
	where  string // for a person
	file   *os.File
	temp   *tempFolder
	probes []*probe // whose formats are known
}

// openContainer finds the sets of data at a path and what they are.
func openContainer(path string, opts Options) (*container, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, fileError(err, path)
	}
	c := &container{where: "the file", temp: &tempFolder{base: opts.Temp}}
	switch {
	case info.IsDir():
		c.where = "the folder"
		var parts []part
		if parts, err = walkParts(path, opts.Limits); err == nil {
			err = c.group(filepath.Base(path), parts)
		}
	case !info.Mode().IsRegular():
		return nil, fault.New(fault.Invalid, "%s is neither a file nor a folder", info.Name())
	default:
		err = c.single(path, info, opts)
	}
	if err == nil && len(c.probes) == 0 {
		err = notRead(path, info)
	}
	if err != nil {
		c.close()
		return nil, err
	}
	return c, nil
}

// single looks at a file that stands alone: one set of data, or an archive of several.
func (c *container) single(path string, info fs.FileInfo, opts Options) error {
	p := &probe{name: stem(info.Name()), main: filePart(path, info), temp: c.temp}
	if err := p.readHead(); err != nil {
		return err
	}
	if isZip(p.head) {
		f, parts, err := openArchive(path, info.Name(), opts.Limits)
		if err != nil {
			return err
		}
		c.file, p.inside = f, parts
		if p.inside == nil {
			p.inside = []part{}
		}
		if !c.recognise(p) {
			c.where = "the archive"
			return c.group(p.name, parts)
		}
		return nil
	}
	c.recognise(p)
	return nil
}

// recognise asks each format in turn and takes the probe up if one says yes.
func (c *container) recognise(p *probe) bool {
	p.temp = c.temp
	for _, f := range formats() {
		if f.sniff(p) {
			p.format = f
			c.probes = append(c.probes, p)
			return true
		}
	}
	return false
}

func (c *container) close() error {
	for _, p := range c.probes {
		p.close()
	}
	var err error
	if c.file != nil {
		err = c.file.Close()
	}
	return errors.Join(err, c.temp.close())
}

// pick returns the set that Options.Layer names, and what is left of the name for the layer inside.
func (c *container) pick(opts Options) (p *probe, inner string, err error) {
	if len(c.probes) == 1 {
		p = c.probes[0]
		if rest, ok := strings.CutPrefix(opts.Layer, p.name+"/"); ok {
			return p, rest, nil
		}
		switch {
		case p.format.layers != nil:
			if opts.Layer == p.name && !p.hasLayer(opts) {
				return p, "", nil
			}
			return p, opts.Layer, nil
		case opts.Layer == "" || opts.Layer == p.name || c.where == "the file":
			return p, "", nil
		}
	}
	list := make([]Layer, len(c.probes))
	for i, p := range c.probes {
		list[i] = Layer{Name: p.name, Rows: -1, Note: p.format.name}
		if rest, ok := strings.CutPrefix(opts.Layer, p.name+"/"); ok && p.format.layers != nil {
			return p, rest, nil
		}
	}
	i, err := pickLayer(list, opts.Layer, c.where, "data set")
	if err != nil {
		return nil, "", err
	}
	return c.probes[i], "", nil
}

func (p *probe) hasLayer(opts Options) bool {
	list, err := p.layers(opts)
	if err != nil {
		return false
	}
	for _, l := range list {
		if l.Name == opts.Layer {
			return true
		}
	}
	return false
}

// stem is a file's name without folder and ending.
func stem(name string) string {
	base := filepath.Base(name)
	return strings.TrimSuffix(base, filepath.Ext(base))
}

func filePart(file string, info fs.FileInfo) part {
	return part{info.Name(), info.Size(), file, func() (io.ReadCloser, error) {
		f, err := os.Open(file)
		if err != nil {
			return nil, fileError(err, file)
		}
		return f, nil
	}}
}

// walkParts lists the files of a folder and of the folders in it, eight deep. Links are passed over.
func walkParts(folder string, limits Limits) ([]part, error) {
	var parts []part
	err := filepath.WalkDir(folder, func(file string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		name, err := filepath.Rel(folder, file)
		if err != nil {
			return err
		}
		name = filepath.ToSlash(name)
		hidden := strings.HasPrefix(d.Name(), ".") && name != "."
		switch {
		case d.IsDir() && (hidden || strings.Count(name, "/") >= 8):
			return fs.SkipDir
		case hidden || !d.Type().IsRegular():
			return nil
		case len(parts) >= limits.ArchiveEntries:
			return fault.New(fault.TooLarge, "the folder has more than %d files", limits.ArchiveEntries)
		}
		info, err := d.Info()
		if err != nil {
			return err
		}
		p := filePart(file, info)
		p.name = name
		parts = append(parts, p)
		return nil
	})
	return parts, fileError(err, folder)
}
