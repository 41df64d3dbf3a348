package survey

import (
	"context"
	"errors"
	"io"
	"math"
	"math/rand/v2"
	"strings"

	"github.com/paulmach/orb"
	"github.com/paulmach/orb/planar"

	"onemap/data"
	"onemap/data/read"
	"onemap/geo"
	"onemap/geo/detect"
	"onemap/layers"
)

// sampled is how many positions are looked at, and seen how many rows at most.
const (
	sampled = 3000
	seen    = 100_000
)

// place looks at a sample of the rows and finds out how their positions are to be understood.
func (in *Intake) place(ctx context.Context, r *Reading, src read.Source, l *layers.Layer, mapping layers.Mapping, ground *detect.Ground, user detect.User) error {
	pairs, keys, err := r.sample(src, l, mapping)
	if err != nil {
		return err
	}
	r.Encoding = src.Encoding()
	for _, p := range src.Problems() {
		r.Problems = append(r.Problems, layers.Text{Zh: p.ZH, En: p.EN})
	}
	if len(pairs) == 0 {
		return nil
	}
	published, err := in.store.PublishedPositions(ctx, l.ID, keys)
	if err != nil {
		return err
	}
	for i := range pairs {
		if p, ok := published[keys[i]]; ok {
			pairs[i].Published = &p
		}
	}
	file := detect.File{Pairs: pairs, User: user}
	file.CRS, file.Statement, file.Unread = stated(src)
	if at := src.Positions(); at != nil && len(at.Columns) == 2 {
		file.Columns = [2]string{src.Columns()[at.Columns[0]], src.Columns()[at.Columns[1]]}
	}
	r.Position = positionOf(ground.Judge(file))
	return nil
}

// stated is what a file says of its coordinate system, and how it says it.
func stated(src read.Source) (geo.CRS, detect.Statement, detect.Text) {
	for _, p := range src.Problems() {
		if p.Rule == read.CRSUnknown && p.Severity == read.Error {
			return geo.CRS{}, detect.Written, detect.Text{Zh: p.ZH, En: p.EN}
		}
	}
	system, ok := src.CRS()
	switch {
	case !ok:
		return geo.CRS{}, detect.Silent, detect.Text{}
	case system == geo.CRS84: // what GeoJSON, KML and GPX mean without a word
		return system, detect.Implied, detect.Text{}
	}
	return system, detect.Written, detect.Text{}
}

// sample draws positions at random from the first rows, with the key and the area code of each.
func (r *Reading) sample(src read.Source, l *layers.Layer, m layers.Mapping) (pairs []detect.Pair, keys []string, err error) {
	rnd := rand.New(rand.NewPCG(1, 1)) // the same file is understood the same way each time
	placed := 0
	cell := func(row *read.Row, field string) string {
		if i, ok := m.Of[field]; ok && i < len(row.Values) {
			return row.Values[i].Raw
		}
		return m.Set[field]
	}
	for r.Rows < seen {
		row, err := src.Next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, nil, err
		}
		r.Rows++
		for i := range r.Columns {
			if c := &r.Columns[i]; len(c.Samples) < 3 && i < len(row.Values) && row.Values[i].Raw != "" {
				c.Samples = append(c.Samples, sample(row.Values[i].Raw))
			}
		}
		p, ok := middle(row.Geometry)
		if !ok {
			continue
		}
		placed++
		pair := detect.Pair{Row: row.Number, First: p[0], Second: p[1]}
		if l.Area != "" {
			pair.Code = cell(row, l.Area)
		}
		key := ""
		for i, k := range l.Identity() {
			if i > 0 {
				key += " "
			}
			key += cell(row, k)
		}
		if len(pairs) < sampled {
			pairs, keys = append(pairs, pair), append(keys, key)
		} else if i := rnd.IntN(placed); i < sampled {
			pairs[i], keys[i] = pair, key
		}
	}
	return pairs, keys, nil
}

// sample is a cell as it is shown: in one line, of 80 letters at most.
func sample(text string) string {
	const most = 80
	text = strings.Join(strings.Fields(text), " ")
	if letters := []rune(text); len(letters) > most {
		return string(letters[:most]) + "…"
	}
	return text
}

// middle is the point that stands for a geometry: its centroid, as published positions
// are, in the file's own numbers.
func middle(g orb.Geometry) (orb.Point, bool) {
	if g == nil {
		return orb.Point{}, false
	}
	p, ok := g.(orb.Point)
	if !ok {
		p, _ = planar.CentroidArea(g)
		if box := g.Bound(); math.IsNaN(p[0]) || math.IsNaN(p[1]) || !box.Contains(p) {
			p = box.Center()
		}
	}
	return p, !math.IsNaN(p[0]) && !math.IsNaN(p[1])
}

// ground prepares the outlines that positions are compared with.
func (in *Intake) ground(ctx context.Context) (*detect.Ground, error) {
	areas, err := in.store.Areas(ctx)
	if err != nil {
		return nil, err
	}
	var units []detect.Area
	var city orb.MultiPolygon
	for _, a := range areas {
		switch {
		case a.Level == "prefecture":
			if len(city) == 0 || isParent(a.Code, areas) {
				city = a.Shape
			}
		default:
			units = append(units, detect.Area{Code: a.Code, Shape: a.Shape})
		}
	}
	sea := orb.Bound{}
	if len(city) > 0 {
		sea = city.Bound().Pad(1)
	}
	return detect.NewGround(units, city, sea), nil
}

// isParent reports whether a prefecture has counties of its own among the areas.
func isParent(code string, areas []data.Area) bool {
	for _, a := range areas {
		if a.Level == "county" && len(code) >= 4 && len(a.Code) >= 4 && a.Code[:4] == code[:4] {
			return true
		}
	}
	return false
}
