package read

import (
	"path"
	"sort"
	"strings"
)

// group finds the sets of data among the files of a folder or archive called name. What belongs to none is passed over.
func (c *container) group(name string, parts []part) error {
	parts = withoutJunk(parts)
	databases, parts := geodatabases(name, parts)
	for _, p := range databases {
		c.recognise(p)
	}
	taken := map[string]bool{}
	for _, s := range append(groupSets(parts, ".shp", shapeEndings), groupSets(parts, ".tab", tabEndings)...) {
		for _, p := range s.parts {
			taken[p.name] = true
		}
		c.recognise(&probe{name: s.name, main: s.main(), set: s})
	}
	for _, s := range groupSets(parts, ".mif", mifEndings) {
		for _, p := range s.parts {
			taken[p.name] = true
		}
		c.recognise(&probe{name: s.name, main: s.main(), set: s})
	}
	var tables, texts []*probe
	for _, f := range parts {
		ending := strings.ToLower(path.Ext(f.name))
		if taken[f.name] || companions[ending] {
			continue
		}
		p := &probe{name: stem(f.name), main: f, weak: true}
		switch {
		case ending == ".dbf":
			p.set = &fileSet{p.name, map[string]part{".dbf": f}, ".dbf"}
			for _, o := range parts {
				if o.name[:len(o.name)-len(path.Ext(o.name))] == f.name[:len(f.name)-len(ending)] && strings.EqualFold(path.Ext(o.name), ".cpg") {
					p.set.parts[".cpg"] = o
				}
			}
			tables = append(tables, p)
		case ending == ".txt":
			texts = append(texts, p)
		default:
			if err := p.readHead(); err != nil {
				return err
			}
			c.recognise(p)
		}
	}
	// A table alone, or a text, is data only where there is nothing else.
	for _, weaker := range [][]*probe{tables, texts} {
		if len(c.probes) > 0 {
			break
		}
		for _, p := range weaker {
			if err := p.readHead(); err != nil {
				return err
			}
			c.recognise(p)
		}
	}
	c.nameApart()
	return nil
}

// The endings of the files that belong to a set, and of those that go with any file and are no data.
var (
	shapeEndings = []string{".shp", ".dbf", ".shx", ".prj", ".cpg"}
	tabEndings   = []string{".tab", ".dat", ".map", ".id", ".ind"}
	mifEndings   = []string{".mif", ".mid"}
	companions   = map[string]bool{
		".shx": true, ".prj": true, ".cpg": true, ".sbn": true, ".sbx": true, ".qix": true, ".fbn": true, ".fbx": true, ".ain": true, ".aih": true,
		".atx": true, ".ixs": true, ".mxs": true, ".qpj": true, ".qml": true, ".sld": true, ".lyr": true, ".mxd": true, ".qgs": true, ".qgz": true, ".qmd": true,
		".mid": true, ".dat": true, ".map": true, ".id": true, ".ind": true, ".md": true, ".html": true, ".htm": true, ".pdf": true, ".doc": true, ".docx": true,
		".jpg": true, ".jpeg": true, ".png": true, ".gif": true, ".tif": true, ".tiff": true, ".wld": true, ".tfw": true, ".rrd": true, ".ovr": true, ".log": true,
	}
)

// withoutJunk leaves out what systems and programs put beside data.
func withoutJunk(parts []part) []part {
	var kept []part
	for _, p := range parts {
		base := path.Base(p.name)
		switch low := strings.ToLower(base); {
		case strings.HasPrefix(base, "."), strings.HasPrefix(base, "~$"), strings.HasPrefix(p.name, "__MACOSX/"),
			low == "thumbs.db", low == "desktop.ini", strings.HasSuffix(low, ".lock"), strings.HasSuffix(low, ".tmp"), strings.HasSuffix(low, ".bak"):
		default:
			kept = append(kept, p)
		}
	}
	return kept
}

// geodatabases takes the folders that are file geodatabases out of the parts. A folder is one if it
// holds the table of the system tables, a00000001.gdbtable.
func geodatabases(name string, parts []part) (found []*probe, rest []part) {
	byFolder := map[string]*probe{}
	for _, p := range parts {
		if strings.EqualFold(path.Base(p.name), "a00000001.gdbtable") {
			dir := path.Dir(p.name)
			called := stem(dir)
			if dir == "." {
				called = strings.TrimSuffix(name, path.Ext(name))
			}
			byFolder[dir] = &probe{name: called}
			found = append(found, byFolder[dir])
		}
	}
	for _, p := range parts {
		if db := byFolder[path.Dir(p.name)]; db != nil {
			db.gdb = append(db.gdb, p)
			continue
		}
		rest = append(rest, p)
	}
	return found, rest
}

// nameApart gives sets of one name the folder and ending as well, and sorts them.
func (c *container) nameApart() {
	count := map[string]int{}
	for _, p := range c.probes {
		count[p.name]++
	}
	for _, p := range c.probes {
		if count[p.name] > 1 && p.main.name != "" {
			p.name = p.main.name
		}
	}
	sort.SliceStable(c.probes, func(i, j int) bool { return c.probes[i].name < c.probes[j].name })
}
