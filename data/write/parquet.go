package write

import (
	"reflect"
	"time"

	"github.com/parquet-go/parquet-go"
	"github.com/parquet-go/parquet-go/compress/zstd"
	"github.com/paulmach/orb"

	"onemap/geo"
	"onemap/layers"
)

// parquetFile writes GeoParquet 1.1: geometry as WKB in a column of its own, a box beside it
// by which readers pass over what is elsewhere, and what it all means in the key geo.
type parquetFile struct {
	*job
	out    *parquet.GenericWriter[any]
	row    parquet.Row
	size   int64 // bytes in the row group so far
	rows   int64
	box    orb.Bound
	placed bool
}

// The bounds of a row group: many rows make reading quick, few bytes keep memory small.
const (
	groupRows  = 50_000
	groupBytes = 32 << 20
)

// ordered is a group whose fields keep their order.
type ordered struct {
	parquet.Group
	fields []parquet.Field
}

func (o ordered) Fields() []parquet.Field { return o.fields }

func (o ordered) add(name string, n parquet.Node) ordered {
	o.Group[name] = n
	o.fields = append(o.fields, member{n, name})
	return o
}

// member is a node by its name. Rows are written as columns, never through Go structs,
// so there is no value to take it from.
type member struct {
	parquet.Node
	name string
}

func (m member) Name() string { return m.name }

func (m member) Value(base reflect.Value) reflect.Value { return base }

func newParquet(j *job) (Writer, error) {
	root := ordered{Group: parquet.Group{}}
	for _, c := range j.columns {
		n := parquet.Optional(node(c.Type))
		if c.at == recordID {
			n = node(c.Type)
		}
		root = root.add(c.Name, n)
	}
	box := ordered{Group: parquet.Group{}}
	for _, side := range boxSides {
		box = box.add(side, parquet.Leaf(parquet.DoubleType))
	}
	root = root.add("geometry", parquet.Optional(parquet.Leaf(parquet.ByteArrayType))).add("bbox", parquet.Optional(box))
	return &parquetFile{job: j, out: parquet.NewGenericWriter[any](j.w, parquet.NewSchema(j.view.ID, root),
		parquet.Compression(&zstd.Codec{}), parquet.MaxRowsPerRowGroup(groupRows), parquet.SkipPageBounds("geometry"))}, nil
}

var boxSides = []string{"xmin", "ymin", "xmax", "ymax"}

// node is the column of a field's type.
func node(t layers.Type) parquet.Node {
	switch t {
	case layers.TypeInteger:
		return parquet.Int(64)
	case layers.TypeNumber:
		return parquet.Leaf(parquet.DoubleType)
	case layers.TypeBoolean:
		return parquet.Leaf(parquet.BooleanType)
	case layers.TypeDate:
		return parquet.Date()
	case layers.TypeDateTime:
		return parquet.Timestamp(parquet.Microsecond)
	case layers.TypeCodes:
		return parquet.List(parquet.String())
	case layers.TypeQuantities:
		return parquet.JSON()
	}
	return parquet.String()
}

// Add writes a row.
func (p *parquetFile) Add(it layers.Item) error {
	wkb, err := p.wkb(it)
	if err != nil {
		return err
	}
	row := p.row[:0]
	for i, c := range p.columns {
		if c.at == recordID {
			row = append(row, parquet.ValueOf(it.ID).Level(0, 0, i))
			continue
		}
		row = appendCell(row, c, it, i)
	}
	at := len(p.columns)
	box, inside := orb.Bound{}, false
	if wkb == nil {
		row = append(row, parquet.Value{}.Level(0, 0, at))
	} else {
		row = append(row, parquet.ValueOf(wkb).Level(0, 1, at))
		if box, inside, err = bounds(wkb); err != nil {
			return err
		}
	}
	for i, x := range [4]float64{box.Min[0], box.Min[1], box.Max[0], box.Max[1]} {
		if inside {
			row = append(row, parquet.ValueOf(x).Level(0, 1, at+1+i))
		} else {
			row = append(row, parquet.Value{}.Level(0, 0, at+1+i))
		}
	}
	if inside {
		if p.box = p.box.Union(box); !p.placed {
			p.box, p.placed = box, true
		}
	}
	p.row = row
	p.rows++
	if _, err := p.out.WriteRows([]parquet.Row{row}); err != nil {
		return unwritable(err)
	}
	for _, raw := range it.Raw {
		p.size += int64(len(raw))
	}
	if p.size += int64(len(wkb)); p.size < groupBytes {
		return nil
	}
	p.size = 0
	return unwritable(p.out.Flush())
}

// appendCell appends the values of an optional column: days and microseconds since 1970
// for dates and times, a value for each of a list.
func appendCell(row parquet.Row, c column, it layers.Item, at int) parquet.Row {
	switch v := c.cell(it).(type) {
	case nil:
		return append(row, parquet.Value{}.Level(0, 0, at))
	case time.Time:
		if c.Type == layers.TypeDate {
			return append(row, parquet.ValueOf(int32(v.Unix()/86400)).Level(0, 1, at))
		}
		return append(row, parquet.ValueOf(v.UnixMicro()).Level(0, 1, at))
	case []string:
		if len(v) == 0 {
			return append(row, parquet.Value{}.Level(0, 1, at))
		}
		for i, s := range v {
			row = append(row, parquet.ValueOf(s).Level(min(i, 1), 2, at))
		}
		return row
	case map[string]float64:
		return append(row, parquet.ValueOf(compact(v)).Level(0, 1, at))
	default:
		return append(row, parquet.ValueOf(v).Level(0, 1, at))
	}
}

// Close writes the last rows and the description.
func (p *parquetFile) Close() error {
	column := object{"encoding": "WKB", "geometry_types": []string{string(p.view.Geometry)}}
	switch {
	case p.Shift != "":
		column["crs"] = nil // unknown: nothing may take GCJ-02 for WGS 84
	case p.CRS != geo.CRS84: // which is what a missing crs means
		column["crs"] = projJSON(p.CRS)
	}
	covering := object{}
	for _, side := range boxSides {
		covering[side] = []string{"bbox", side}
	}
	column["covering"] = object{"bbox": covering}
	if p.placed {
		column["bbox"] = []float64{p.box.Min[0], p.box.Min[1], p.box.Max[0], p.box.Max[1]}
	}
	p.out.SetKeyValueMetadata("geo", compact(object{"version": "1.1.0", "primary_column": "geometry", "columns": object{"geometry": column}}))
	p.out.SetKeyValueMetadata("onemap", compact(p.about()))
	return unwritable(p.out.Close())
}
