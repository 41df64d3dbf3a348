package main

import (
	"context"
	"errors"
	"path/filepath"
	"time"

	"onemap/data"
	"onemap/data/bench"
	"onemap/data/sample"
	"onemap/data/survey"
	"onemap/layers"
	"onemap/layers/fault"
)

// importedBuildings is how many buildings the files of the import hold.
const importedBuildings = 1_000_000

// What an import may take of the time that ogr2ogr needs for the same file.
const (
	stageShare   = 0.5     // reading, checking and staging; ogr2ogr without an index
	wholeShare   = 1.0     // to the published edition; ogr2ogr with its index
	geoJSONShare = 1.0 / 3 // as the first, from GeoJSON
)

// measureImport takes the same buildings from a shapefile and from GeoJSON to an edition
// of an empty layer, with all other layers of the city there to be checked by, and beside
// that has ogr2ogr load the same files, which checks nothing.
func (m *benchmark) measureImport(ctx context.Context) error {
	count := importedBuildings
	if m.Quick {
		count /= 10
	}
	m.say("writing %d buildings as shapefile and GeoJSON", count)
	plan, err := sample.City(sample.Options{Seed: m.city.Seed, Buildings: count})
	if err != nil {
		return err
	}
	views, err := m.views("building")
	if err != nil {
		return err
	}
	shp, geojson, err := buildingFiles(plan, views[0], filepath.Join(m.p.Home, "files"))
	if err != nil {
		return err
	}
	for _, file := range []struct{ format, path string }{{"shapefile", shp}, {"GeoJSON", geojson}} {
		if err := m.importFile(ctx, views[0].Layer, file.format, file.path, int64(count)); err != nil {
			return err
		}
	}
	return nil
}

// importFile measures one file on both sides.
func (m *benchmark) importFile(ctx context.Context, l *layers.Layer, format, path string, count int64) error {
	m.say("%s, %s: ogr2ogr", format, sizeOf(filepath.Dir(path)))
	var plain, indexed time.Duration
	for _, run := range []struct {
		index bool
		took  *time.Duration
	}{{false, &plain}, {true, &indexed}} {
		took, rows, err := m.floor.OGR(ctx, path, run.index)
		if errors.Is(err, bench.ErrNoOGR) {
			m.say("ogr2ogr is not installed; the import is held against nothing")
			break
		}
		if err != nil {
			return err
		}
		if rows != count {
			return fault.New(fault.Internal, "ogr2ogr left %d of %d rows of the %s.", rows, count, format)
		}
		*run.took = took
		if err := m.floor.Settle(ctx); err != nil {
			return err
		}
	}
	m.say("%s: import", format)
	if err := m.floor.Clear(ctx, l); err != nil {
		return err
	}
	t, err := m.importOnce(ctx, path, count)
	if err != nil {
		return err
	}
	share := stageShare
	if format == "GeoJSON" {
		share = geoJSONShare
	}
	m.add(timeFigure("import "+format+": read, check, stage", t.staged).within("ogr2ogr", plain, share),
		timeFigure("import "+format+": and check in the database", t.checked).within("ogr2ogr", plain, 0),
		timeFigure("import "+format+": file to edition", t.published).within("ogr2ogr with spatial index", indexed, wholeShare),
		newFigure("import "+format+", rows", float64(count)/t.staged.Seconds(), "rows/s").beside("ogr2ogr", rate(count, plain)))
	return m.floor.Settle(ctx)
}

// importTimes are how far an import is after how long. What staged and checked leave out
// is keeping the file, which published has.
type importTimes struct{ staged, checked, published time.Duration }

// importOnce takes a file on the way of `onemap import`.
func (m *benchmark) importOnce(ctx context.Context, path string, count int64) (t importTimes, err error) {
	in, err := m.p.intake(m.d)
	if err != nil {
		return t, err
	}
	who := string(layers.RoleAdmin)
	begun := time.Now()
	kept, err := in.KeepPath(path)
	if err != nil {
		return t, err
	}
	b, err := in.Bring(ctx, kept, "building", "", data.ScopeLayer, survey.Options{}, who)
	if err != nil {
		return t, err
	}
	read := time.Now()
	if _, err := in.Parse(ctx, b.ID, who); err != nil {
		return t, err
	}
	tally, err := in.Check(ctx, b.ID, who, func(s survey.Stage, _, _ int64) {
		switch {
		case s == survey.StageDatabase && t.staged == 0:
			t.staged = time.Since(read)
		case s == survey.StageKeep && t.checked == 0:
			t.checked = time.Since(read)
		}
	})
	if err != nil {
		return t, err
	}
	if tally.Good != count {
		return t, fault.New(fault.Internal, "The import found %d of %d buildings good.", tally.Good, count)
	}
	for _, to := range []data.BatchState{data.BatchSelfChecked, data.BatchCityChecked, data.BatchAccepted} {
		if err := in.Approve(ctx, b.ID, to, who, "benchmark"); err != nil {
			return t, err
		}
	}
	e, err := in.Publish(ctx, b.ID, who)
	t.published = time.Since(begun)
	if err == nil && e.Added != count {
		err = fault.New(fault.Internal, "The edition has %d of %d buildings.", e.Added, count)
	}
	m.say("kept after %.1f s, staged %.1f s later, checked %.1f s later, published after %.1f s", read.Sub(begun).Seconds(), t.staged.Seconds(), (t.checked - t.staged).Seconds(), t.published.Seconds())
	return t, err
}

func timeFigure(name string, took time.Duration) figure { return newFigure(name, took.Seconds(), "s") }

func rate(count int64, took time.Duration) float64 {
	if took <= 0 {
		return 0
	}
	return float64(count) / took.Seconds()
}

// within holds a time against what ogr2ogr took, of which it may be a share; 0: any.
// Nothing is held against a program that did not run.
func (f figure) within(against string, took time.Duration, share float64) figure {
	if took <= 0 {
		none := against + " is not installed"
		f.Against = &none
		value := 0.0
		f.AgainstValue = &value
		return f
	}
	f = f.beside(against, took.Seconds())
	if share > 0 {
		f = f.atMost(significant(share * took.Seconds()))
	}
	return f
}
