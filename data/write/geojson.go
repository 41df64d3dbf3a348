package write

import (
	"bufio"
	"encoding/json"
	"io"
	"strconv"
	"time"

	"onemap/geo"
	"onemap/layers"
	"onemap/layers/fault"
)

// features writes GeoJSON features (RFC 7946), x before y in every system, each between
// before and after: as one collection, as a text sequence (RFC 8142) or line by line.
type features struct {
	*job
	out           *bufio.Writer
	buf           []byte
	n             int64
	before, after string
	between       string
	end           string
}

func newFeatures(j *job) *features {
	return &features{job: j, out: bufio.NewWriterSize(j.w, 64<<10)}
}

// newGeoJSON begins a FeatureCollection. A system other than WGS 84 is named by the crs
// member of GeoJSON 2008, which GDAL and this program read; positions shifted to GCJ-02 are
// in no system that has a name, so crs is null there and nothing takes them for WGS 84.
func newGeoJSON(j *job) (Writer, error) {
	f := newFeatures(j)
	f.between, f.end = ",\n", "\n]}\n"
	v := j.view
	head := `{"type":"FeatureCollection","name":` + quoted(v.ID) + `,"title":` + quoted(v.Title.Zh+" "+v.Title.En)
	switch {
	case j.Shift != "":
		head += `,"crs":null,"position_shift":` + quoted(string(j.Shift))
	case j.CRS != geo.CRS84:
		head += `,"crs":{"type":"name","properties":{"name":"urn:ogc:def:crs:` + j.CRS.Authority + `::` + j.CRS.Code + `"}}`
	}
	if j.About != "" {
		head += `,"about":` + quoted(j.About)
	}
	head += `,"timeStamp":"` + j.At.UTC().Format(time.RFC3339) + `","features":[` + "\n"
	_, err := f.out.WriteString(head)
	return f, unwritable(err)
}

// newSequence begins a GeoJSON text sequence: a record separator before, a line feed
// after each feature.
func newSequence(j *job) (Writer, error) {
	f := newFeatures(j)
	f.before, f.after = "\x1e", "\n"
	return f, nil
}

// newLines begins features with a line each.
func newLines(j *job) (Writer, error) {
	f := newFeatures(j)
	f.after = "\n"
	return f, nil
}

// Add writes a feature.
func (f *features) Add(it layers.Item) error {
	wkb, err := f.wkb(it)
	if err != nil {
		return err
	}
	b := f.buf[:0]
	if f.n > 0 {
		b = append(b, f.between...)
	}
	f.n++
	b = append(b, f.before...)
	b = append(b, `{"type":"Feature","id":`...)
	b = strconv.AppendInt(b, it.ID, 10)
	b = append(b, `,"geometry":`...)
	if wkb == nil {
		b = append(b, "null"...)
	} else {
		digits := 9
		if f.CRS.Projected() {
			digits = 4
		}
		if b, err = geo.AppendGeoJSON(b, wkb, geo.GeoJSONOptions{Digits: digits}); err != nil {
			return fault.Wrap(err, fault.Internal, "The geometry of record %d can't be written", it.ID)
		}
	}
	b = append(b, `,"properties":`...)
	b = it.AppendProperties(b)
	if f.Shift != "" {
		b = append(b[:len(b)-1], `,"`+shiftField.Name+`":"`+string(f.Shift)+`"}`...)
	}
	b = append(b, '}')
	b = append(b, f.after...)
	f.buf = b
	_, err = f.out.Write(b)
	return unwritable(err)
}

// Close ends the collection.
func (f *features) Close() error {
	if _, err := io.WriteString(f.out, f.end); err != nil {
		return unwritable(err)
	}
	return unwritable(f.out.Flush())
}

// quoted is a string as JSON.
func quoted(s string) string {
	b, _ := json.Marshal(s) // a string always can be
	return string(b)
}
