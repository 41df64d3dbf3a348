package read

import (
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"sort"
	"strings"

	"onemap/layers/fault"
)

// part is one file of a set.
type part struct {
	name string // in a folder or archive with the folders, by slashes
	size int64
	path string // on disk; empty in an archive
	open func() (io.ReadCloser, error)
}

// fileSet is the parts of one set by their endings (".shp", ".dbf", …), in small letters.
type fileSet struct {
	name  string // without folder and ending
	parts map[string]part
	lead  string // the ending of the part that makes it a set
}

func (s *fileSet) main() part { return s.parts[s.lead] }

// groupSets puts files that differ only in their ending, or in capitals, together, where one has
// the ending that leads. Other endings than those given are passed over. The sets are in the order of their names.
func groupSets(parts []part, lead string, endings []string) []*fileSet {
	byBase := map[string]*fileSet{}
	for _, p := range parts {
		ending := strings.ToLower(path.Ext(p.name))
		if !slices.Contains(endings, ending) {
			continue
		}
		base := p.name[:len(p.name)-len(ending)]
		s := byBase[strings.ToLower(base)]
		if s == nil {
			s = &fileSet{path.Base(base), map[string]part{}, lead}
			byBase[strings.ToLower(base)] = s
		}
		if _, twice := s.parts[ending]; !twice || p.name == base+ending {
			s.parts[ending] = p
		}
	}
	var sets []*fileSet
	for _, s := range byBase {
		if _, ok := s.parts[lead]; ok {
			sets = append(sets, s)
		}
	}
	sort.Slice(sets, func(i, j int) bool { return sets[i].main().name < sets[j].main().name })
	return sets
}

// siblings is the set that a file belongs to by its name; the file alone if its own name has another ending than lead.
func siblings(file, lead string, endings []string) (*fileSet, error) {
	entries, err := os.ReadDir(filepath.Dir(file))
	if err != nil {
		return nil, fileError(err, file)
	}
	base := filepath.Base(file)
	s := &fileSet{stem(base), map[string]part{}, lead}
	for _, e := range entries {
		ext := path.Ext(e.Name())
		ending := strings.ToLower(ext)
		switch {
		case e.Name() == base:
			ending = lead
		case !slices.Contains(endings, ending), ending == lead, !strings.EqualFold(filepath.Ext(base), lead), !strings.EqualFold(strings.TrimSuffix(e.Name(), ext), s.name):
			continue
		}
		info, err := e.Info()
		if err == nil && info.Mode()&fs.ModeSymlink != 0 && e.Name() == base {
			info, err = os.Stat(file)
		}
		if err != nil || !info.Mode().IsRegular() {
			continue
		}
		s.parts[ending] = filePart(filepath.Join(filepath.Dir(file), e.Name()), info)
	}
	if _, ok := s.parts[lead]; !ok {
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
	b, err := readAtMost(p, limit)
	return string(b), err
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
