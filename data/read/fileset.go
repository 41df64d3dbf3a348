package read

import (
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"sort"
	"strings"

	"onemap/layers/fault"
)

// part is one file of a set.
type part struct {
	name string
	size int64
	open func() (io.ReadCloser, error)
}

// fileSet is a shapefile's parts by their endings (".shp", ".dbf", …), in small letters.
type fileSet struct {
	name  string // without folder and ending
	parts map[string]part
}

// setEndings are the parts that are read; others (.sbn, .qpj, .shp.xml) are passed over.
var setEndings = map[string]bool{".shp": true, ".dbf": true, ".shx": true, ".prj": true, ".cpg": true}

// groupSets puts files that differ only in their ending, or in capitals, together. A set
// has a .shp, or at least a .dbf. The sets are in the order of their names.
func groupSets(parts []part) []*fileSet {
	byBase := map[string]*fileSet{}
	for _, p := range parts {
		ending := strings.ToLower(path.Ext(p.name))
		if !setEndings[ending] {
			continue
		}
		base := p.name[:len(p.name)-len(ending)]
		s := byBase[strings.ToLower(base)]
		if s == nil {
			s = &fileSet{name: path.Base(base), parts: map[string]part{}}
			byBase[strings.ToLower(base)] = s
		}
		if _, twice := s.parts[ending]; !twice || p.name == base+ending {
			s.parts[ending] = p
		}
	}
	var sets []*fileSet
	for _, s := range byBase {
		if _, ok := s.parts[".shp"]; ok {
			sets = append(sets, s)
		}
	}
	if len(sets) == 0 {
		for _, s := range byBase {
			if _, ok := s.parts[".dbf"]; ok {
				sets = append(sets, s)
			}
		}
	}
	sort.Slice(sets, func(i, j int) bool { return sets[i].name < sets[j].name })
	return sets
}

// pickSet returns the only set, or the one with the wanted name. The error lists
// the names if there are several and none is wanted, or the wanted one is not there.
func pickSet(sets []*fileSet, wanted, where string) (*fileSet, error) {
	names := make([]string, len(sets))
	var found *fileSet
	for i, s := range sets {
		names[i] = s.name
		if s.name == wanted || wanted == "" && len(sets) == 1 {
			found = s
		}
	}
	switch {
	case found != nil:
		return found, nil
	case len(sets) == 0:
		return nil, fault.New(fault.Invalid, "%s holds no shapefile: no .shp is in it", where)
	case wanted != "":
		return nil, fault.In("layer", "%s has no shapefile %q; it has %s", where, wanted, strings.Join(names, ", "))
	}
	return nil, fault.In("layer", "%s holds %d shapefiles; name the one to read: %s", where, len(sets), strings.Join(names, ", "))
}

// folderParts lists the files of a folder.
func folderParts(folder string) ([]part, error) {
	entries, err := os.ReadDir(folder)
	if err != nil {
		return nil, fileError(err, folder)
	}
	var parts []part
	for _, e := range entries {
		info, err := e.Info()
		if err != nil || !info.Mode().IsRegular() || strings.HasPrefix(e.Name(), ".") {
			continue
		}
		file := filepath.Join(folder, e.Name())
		parts = append(parts, part{e.Name(), info.Size(), func() (io.ReadCloser, error) {
			f, err := os.Open(file)
			return f, fileError(err, file)
		}})
	}
	return parts, nil
}

// siblings is the set that a .shp or .dbf file belongs to; the file alone if its own name has another ending.
func siblings(file, ending string) (*fileSet, error) {
	parts, err := folderParts(filepath.Dir(file))
	if err != nil {
		return nil, err
	}
	base := filepath.Base(file)
	stem := strings.TrimSuffix(base, filepath.Ext(base))
	s := &fileSet{stem, map[string]part{}}
	for _, p := range parts {
		if p.name == base {
			s.parts[ending] = p
			continue
		}
		ext := path.Ext(p.name)
		other := strings.ToLower(ext)
		if setEndings[other] && other != ending && strings.EqualFold(filepath.Ext(base), ending) && strings.EqualFold(strings.TrimSuffix(p.name, ext), stem) {
			s.parts[other] = p
		}
	}
	if _, ok := s.parts[ending]; !ok {
		return nil, fault.New(fault.Invalid, "%s cannot be found in its own folder", base)
	}
	return s, nil
}

// small reads a part of at most limit bytes as text; empty if the set lacks it.
func (s *fileSet) small(ending string, limit int64) (string, error) {
	p, ok := s.parts[ending]
	if !ok {
		return "", nil
	}
	r, err := p.open()
	if err != nil {
		return "", err
	}
	defer r.Close()
	b, err := io.ReadAll(io.LimitReader(r, limit+1))
	if err != nil {
		return "", fileError(err, p.name)
	}
	if int64(len(b)) > limit {
		return "", fault.New(fault.TooLarge, "%s is over %d bytes long, which none of its kind is", p.name, limit)
	}
	return string(b), nil
}

// fileError turns an error of the file system into one for a person. Nil stays nil.
func fileError(err error, file string) error {
	if err == nil {
		return nil
	}
	if fault.CodeOf(err) != fault.Internal {
		return err
	}
	name := filepath.Base(file)
	switch {
	case os.IsNotExist(err):
		return fault.Wrap(err, fault.NotFound, "there is no file %s", name)
	case os.IsPermission(err):
		return fault.Wrap(err, fault.Forbidden, "%s may not be read", name)
	case err == io.ErrUnexpectedEOF || err == fs.ErrInvalid:
		return fault.Wrap(err, fault.Invalid, "%s is cut off", name)
	}
	return fault.Wrap(err, fault.Invalid, "%s cannot be read", name)
}
