package read

import (
	"bytes"
	"encoding/binary"
	"errors"
	"io"
	"path"
	"strings"

	"onemap/geo"
	"onemap/layers/fault"
)

// shapefile reads a .shp and its .dbf side by side; either may be missing.
type shapefile struct {
	set      *fileSet
	archived bool // its parts come out of an archive, with checksums at their ends
	shp      *shp
	dbf      *dbf
	columns  []string
	crs      geo.CRS
	problems []Problem
	heights  int64 // rows with Z or M
	row      int64
	total    int64
	err      error
}

func sniffShapefile(p *probe) bool {
	if p.set != nil {
		return p.set.lead == ".shp" || p.set.lead == ".dbf" && isDBF(p.head, p.main.size)
	}
	return isSHP(p.head) || isDBF(p.head, p.main.size)
}

func isSHP(head []byte) bool {
	return len(head) >= 100 && binary.BigEndian.Uint32(head) == shpMagic && binary.LittleEndian.Uint32(head[28:]) == 1000
}

// isDBF knows a table by a header whose numbers agree with each other.
func isDBF(head []byte, size int64) bool {
	if len(head) < 33 || !bytes.ContainsRune([]byte("\x02\x03\x04\x30\x31\x32\x83\x8b"), rune(head[0])) {
		return false
	}
	header, record := int(binary.LittleEndian.Uint16(head[8:])), int(binary.LittleEndian.Uint16(head[10:]))
	return head[2] >= 1 && head[2] <= 12 && head[3] <= 31 && header >= 33 && record >= 1 && int64(header) <= size
}

func openShapefile(p *probe, opts Options) (Source, error) {
	set := p.set
	if set == nil {
		lead := ".dbf"
		if isSHP(p.head) {
			lead = ".shp"
		}
		var err error
		if set, err = siblings(p.main.path, lead, shapeEndings); err != nil {
			return nil, err
		}
	}
	s := &shapefile{set: set, archived: set.main().path == ""}
	if err := s.open(opts); err != nil {
		s.closeParts()
		return nil, err
	}
	return s, nil
}

func (s *shapefile) open(opts Options) error {
	var err error
	if p, ok := s.set.parts[".shp"]; ok {
		if s.shp, err = openSHP(p, opts.Limits.FeatureBytes); err != nil {
			return err
		}
		s.total += s.shp.size
		if x, ok := s.set.parts[".shx"]; ok {
			s.shp.index = openSHX(x)
			if s.shp.index == nil {
				s.problems = append(s.problems, about(IndexIgnored, Notice, ".shx 索引无法使用，按顺序读取", "the .shx cannot be used; records are read in order"))
			}
		}
	}
	if p, ok := s.set.parts[".dbf"]; ok {
		if s.dbf, err = openDBF(p); err != nil {
			return err
		}
		s.total += max(p.size, 0)
		if err := s.openTable(opts); err != nil {
			return err
		}
	} else {
		s.problems = append(s.problems, about(PartMissing, Warning, "缺少 .dbf 文件，没有属性", "the .dbf is missing; there are no attributes"))
	}
	return s.openCRS()
}

// openTable settles the character set and with it the names of the columns.
func (s *shapefile) openTable(opts Options) error {
	cpg, err := s.set.small(".cpg", 4096)
	if err != nil {
		return err
	}
	problems, err := s.dbf.choose(opts.Encoding, cleanCPG(cpg))
	if err != nil {
		return err
	}
	s.problems = append(s.problems, problems...)
	if len(s.dbf.columns) > opts.Limits.Columns {
		return fault.New(fault.TooLarge, "%s has %d columns; at most %d are read", s.dbf.name, len(s.dbf.columns), opts.Limits.Columns)
	}
	s.problems = append(s.problems, s.dbf.decodeNames()...)
	for _, c := range s.dbf.columns {
		s.columns = append(s.columns, c.name)
	}
	return nil
}

// cleanCPG takes the first line of a .cpg without byte order mark and blanks.
func cleanCPG(text string) string {
	text = strings.TrimPrefix(text, "\ufeff")
	if i := strings.IndexAny(text, "\r\n\x00"); i >= 0 {
		text = text[:i]
	}
	return strings.TrimSpace(text)
}

func (s *shapefile) openCRS() error {
	if _, ok := s.set.parts[".prj"]; !ok {
		if s.shp != nil {
			s.problems = append(s.problems, about(PartMissing, Warning, "缺少 .prj 文件，坐标系未知", "the .prj is missing; the coordinate system is not stated"))
		}
		return nil
	}
	text, err := s.set.small(".prj", 1<<20)
	if err != nil {
		return err
	}
	if s.crs, err = geo.ParsePRJ(text); err != nil {
		s.problems = append(s.problems, about(CRSUnknown, Error, ".prj 文件中的坐标系无法识别：%v", "the .prj: %v", err).of("", text[:min(len(text), 200)]))
	}
	return nil
}

func (s *shapefile) Format() string {
	if s.shp == nil {
		return "dBASE table"
	}
	return "Shapefile"
}

func (s *shapefile) Columns() []string { return s.columns }

func (s *shapefile) CRS() (geo.CRS, bool) { return s.crs, s.crs != geo.CRS{} }

func (s *shapefile) Encoding() string {
	switch {
	case s.dbf == nil:
		return ""
	case s.dbf.undecided:
		return "ASCII"
	}
	return s.dbf.charset.name
}

func (s *shapefile) Positions() *Positions { return nil }

func (s *shapefile) Problems() []Problem { return s.problems }

func (s *shapefile) Progress() (done, total int64) {
	if s.shp != nil {
		done += s.shp.done
	}
	if s.dbf != nil {
		done += s.dbf.done
	}
	return min(done, s.total), s.total
}

func (s *shapefile) Close() error {
	s.closeParts()
	return nil
}

func (s *shapefile) closeParts() {
	if s.shp != nil {
		s.shp.closer.Close()
		if s.shp.index != nil {
			s.shp.index.closer.Close()
		}
	}
	if s.dbf != nil {
		s.dbf.closer.Close()
	}
}

// Next reads a record from each part. Where one part has ended before the other, its half stays empty.
func (s *shapefile) Next() (*Row, error) {
	for s.err == nil {
		row, deleted, err := s.next()
		if err != nil {
			if errors.Is(err, io.EOF) {
				err = s.finish()
			}
			s.err = err
			break
		}
		if !deleted {
			return row, nil
		}
	}
	return nil, s.err
}

func (s *shapefile) next() (row *Row, deleted bool, err error) {
	shapeErr, tableErr := io.EOF, io.EOF
	if s.shp != nil {
		shapeErr = s.shp.next()
	}
	if s.dbf != nil {
		deleted, tableErr = s.dbf.next()
	}
	switch {
	case shapeErr != nil && shapeErr != io.EOF:
		return nil, false, shapeErr
	case tableErr != nil && tableErr != io.EOF:
		return nil, false, tableErr
	case shapeErr == io.EOF && tableErr == io.EOF:
		return nil, false, io.EOF
	}
	s.row++
	if deleted {
		return nil, true, nil
	}
	row = &Row{Number: s.row}
	if tableErr == nil {
		s.problems = append(s.problems, s.dbf.decide()...)
		row.Values, row.Problems = s.dbf.values()
	} else {
		row.Values = make([]Value, len(s.columns))
	}
	if shapeErr == nil {
		g, heights, problems := shape(s.shp.content)
		row.Geometry, row.Problems = g, append(row.Problems, problems...)
		if heights {
			s.heights++
		}
	}
	return row, false, nil
}

// finish adds what is known only when all has been read. It returns io.EOF, or the
// error of an archive whose checksums, which stand at the end of each part, are wrong.
func (s *shapefile) finish() error {
	if s.dbf != nil && s.dbf.deleted > 0 {
		s.problems = append(s.problems, about(RecordsDeleted, Notice, "%d 条标记为删除的记录未读取", "%d records are marked as deleted and were left out", s.dbf.deleted))
	}
	if s.heights > 0 {
		s.problems = append(s.problems, about(HeightDropped, Notice, "%d 个图形的高程或量测值（Z/M）未读取", "Z or M of %d shapes were left out", s.heights))
	}
	if s.shp != nil && s.dbf != nil && s.shp.records != s.dbf.read {
		s.problems = append(s.problems, about(CountMismatch, Error, "%[1]s 有 %[2]d 条记录，%[3]s 有 %[4]d 条",
			"%[1]s holds %[2]d records, %[3]s %[4]d", path.Base(s.shp.name), s.shp.records, path.Base(s.dbf.name), s.dbf.read))
	}
	if !s.archived {
		return io.EOF
	}
	if s.shp != nil {
		if _, err := s.shp.r.WriteTo(io.Discard); err != nil {
			return fileError(err, s.shp.name)
		}
	}
	if s.dbf != nil {
		if _, err := s.dbf.r.WriteTo(io.Discard); err != nil {
			return fileError(err, s.dbf.name)
		}
	}
	return io.EOF
}
