package main

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"net"
	"os"
	"slices"
	"time"

	"onemap/data/bench"
	"onemap/data/sample"
	"onemap/layers"
	"onemap/layers/fault"
	"onemap/tiles/mirror"
	"onemap/web"
	"onemap/web/load"
)

type benchCommand struct {
	Out       string `help:"File to write the figures to, as JSON." default:"bench.json" type:"path"`
	Quick     bool   `help:"A small city and short lists: whether it works, not how fast it is."`
	Buildings int    `help:"How many buildings the city has." default:"200000"`
	Only      string `help:"Measure only this part: import, tiles, scale or questions." enum:",import,tiles,scale,questions" default:""`
}

func (benchCommand) Help() string {
	return `Fills a database of its own in a temporary folder with the sample city, serves it on a free port of
this machine, and measures. With --database-url that database is used, which has to be empty and is left
with the city in it. Beside each figure stands what plain PostGIS takes for the same, in the same run.

Examples:
  onemap bench
  onemap bench --buildings 1000000 --out million.json
  onemap bench --only import
  onemap bench --only scale --buildings 3000000
  onemap bench --only questions --buildings 1000000`
}

// What bounds the whole and each part of it.
const (
	benchLimit  = 40 * time.Minute // for the largest city
	partLimit   = 45 * time.Second // of asking through one list
	connections = 8
)

// Run measures, prints the table and writes the file. What has been measured before an
// error is printed too.
func (b benchCommand) Run(ctx context.Context, p *program) error {
	ctx, cancel := context.WithTimeout(ctx, benchLimit)
	defer cancel()
	m := &benchmark{benchCommand: b}
	err := m.run(ctx, p)
	if len(m.figures) > 0 {
		if printed := writeTable(p.out, m.figures); err == nil {
			err = printed
		}
	}
	if err != nil {
		return err
	}
	return writeFigures(b.Out, m.figures)
}

// benchmark is one run: both sides on the same data, and the figures so far.
type benchmark struct {
	benchCommand
	p       *program // with the home of this run
	begun   time.Time
	city    sampleFlags
	plan    *sample.Plan
	d       *database
	floor   *bench.Floor
	client  *load.Client
	mirror  *mirror.Mirror
	figures []figure

	perBuilding float64 // bytes of memory
}

func (m *benchmark) add(f ...figure) { m.figures = append(m.figures, f...) }

// say tells the one who waits what is going on.
func (m *benchmark) say(format string, args ...any) {
	fmt.Fprintf(m.p.err, "%5.1f s  %s\n", time.Since(m.begun).Seconds(), fmt.Sprintf(format, args...))
}

func (m *benchmark) run(ctx context.Context, p *program) (err error) {
	m.begun = time.Now()
	m.city = sampleFlags{Seed: 2021, Buildings: m.Buildings, Scale: 1, Small: m.Quick}
	if m.Only == "questions" && !m.Quick { // ten cities' records, and as many buildings as are wanted
		m.city.Scale, m.city.Buildings = 10, max(m.Buildings/10, 1)
	}
	home, err := os.MkdirTemp("", "onemap-bench-")
	if err != nil {
		return fault.Wrap(err, fault.Unavailable, "There is no place for the benchmark's database")
	}
	defer os.RemoveAll(home)
	if err := os.Chmod(home, 0o755); err != nil { // for the user that PostgreSQL runs as
		return fault.Wrap(err, fault.Unavailable, "The folder of the benchmark's database can't be opened to its user")
	}
	own := *p.command
	own.Home = home
	m.p = &program{command: &own, out: p.out, err: p.err, log: slog.New(slog.NewJSONHandler(p.err, &slog.HandlerOptions{Level: slog.LevelWarn}))}
	if m.plan, err = m.city.plan(); err != nil {
		return err
	}
	if m.d, err = m.p.prepared(ctx, true); err != nil {
		return err
	}
	if m.d.cluster != nil {
		defer os.RemoveAll(m.d.cluster.Dir()) // not always inside the home
	}
	if err := m.measureAll(ctx); err != nil {
		m.d.close(ctx)
		return err
	}
	m.d.close(ctx)
	if m.Only != "" {
		return nil
	}
	return m.measureStart(ctx)
}

// measureAll takes every figure that needs the database open.
func (m *benchmark) measureAll(ctx context.Context) error {
	empty, err := m.d.Empty(ctx)
	if err != nil {
		return err
	}
	if !empty {
		return fault.New(fault.Conflict, "The database has records already; the benchmark needs an empty one.")
	}
	url := m.p.DatabaseURL
	if m.d.cluster != nil {
		url = m.d.cluster.URL()
	}
	if m.floor, err = bench.Open(ctx, url, connections); err != nil {
		return err
	}
	defer m.floor.Close()
	if m.Only == "import" {
		if err := m.city.fill(ctx, m.p, m.d, true); err != nil {
			return err
		}
		return m.measureImport(ctx)
	}
	parts := []func(context.Context) error{m.measureTiles, m.measureKept, m.measureEncoding, m.measureFilters, m.measureOverview, m.measureChanges, m.measureSnapshots, m.measurePublishing}
	if m.Only == "scale" {
		parts = []func(context.Context) error{m.measureScale, m.measureEncoding, m.measureSnapshots}
	}
	if m.Only == "questions" {
		parts = []func(context.Context) error{m.measureItems, m.measureQuestions}
	}
	if slices.Contains([]string{"tiles", "scale", "questions"}, m.Only) {
		if err := m.city.fill(ctx, m.p, m.d, true); err != nil {
			return err
		}
	} else {
		if err := m.measureLoad(ctx); err != nil {
			return err
		}
		parts = append(parts, m.measureLargest, m.measureSearch, m.measureCounts, m.measureItems, m.measureQuestions, m.measureImport)
	}
	if err := m.floor.Settle(ctx); err != nil {
		return err
	}
	stop, err := m.serve(ctx)
	if err != nil {
		return err
	}
	defer stop()
	for _, part := range parts {
		if err := part(ctx); err != nil {
			return err
		}
	}
	return nil
}

// serve starts the HTTP face as onemap serve does, on a free port, its log written to
// nowhere but written. stop ends it.
func (m *benchmark) serve(ctx context.Context) (stop func(), err error) {
	log := slog.New(slog.NewJSONHandler(io.Discard, nil))
	ctx, cancel := context.WithCancel(ctx)
	following := make(chan struct{})
	m.mirror = mirror.New(m.d.Catalogue(), m.d.Store, mirror.Options{Memory: 8 << 30, Log: log})
	go func() {
		defer close(following)
		_ = m.mirror.Run(ctx) // it ends with ctx only
	}()
	defer func() {
		if err != nil {
			cancel()
			<-following
		}
	}()
	if err := m.awaitMirror(ctx); err != nil {
		return nil, err
	}
	// Nothing is kept: each tile is made when it is asked for. What keeping brings is
	// measured apart.
	server, err := web.New(web.Config{Version: version, Revision: sourceRevision(), City: nantong, Mirror: m.mirror, Keep: -1}, m.d.Catalogue(), m.d.Store, log)
	if err != nil {
		return nil, err
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, fault.Wrap(err, fault.Unavailable, "There is no free port on this machine")
	}
	if m.client, err = load.NewClient("http://"+listener.Addr().String(), connections); err != nil {
		listener.Close()
		return nil, err
	}
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		if err := server.Serve(ctx, listener); err != nil {
			m.p.log.Error("the server under measurement ended", "error", err)
		}
	}()
	return func() {
		m.client.Close()
		cancel()
		<-ended
		<-following
	}, nil
}

// awaitMirror waits until all layers are in memory, and notes what that took.
func (m *benchmark) awaitMirror(ctx context.Context) error {
	m.say("loading the layers into memory")
	begun := time.Now()
	for {
		features, size, up := 0, int64(0), true
		for _, s := range m.mirror.Status() {
			features, size = features+s.Features, size+s.Bytes
			up = up && s.State == mirror.Up
			if s.Layer == "building" && s.State == mirror.Up && s.Features > 0 {
				m.perBuilding = float64(s.Bytes) / float64(s.Features)
			}
		}
		if up {
			took := time.Since(begun).Seconds()
			m.add(newFigure("memory load", float64(features)/took, "features/s"),
				newFigure("memory of a building", m.perBuilding, "bytes").atMost(150))
			return nil
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(20 * time.Millisecond):
		}
	}
}

// views are layers as the page's reader sees them.
func (m *benchmark) views(ids ...string) ([]*layers.View, error) {
	views := make([]*layers.View, len(ids))
	for i, id := range ids {
		var err error
		if views[i], err = m.d.Catalogue().View(layers.Reader{Role: layers.RoleViewer}, id); err != nil {
			return nil, err
		}
	}
	return views, nil
}

// ask runs a list of paths through the HTTP face.
func (m *benchmark) ask(ctx context.Context, at int, gzip bool, paths []string) (load.Result, error) {
	return load.Run(ctx, load.Plan{Connections: at, Count: len(paths), Limit: partLimit}, func(ctx context.Context, i int) (int, error) {
		return m.client.Get(ctx, paths[i], gzip)
	})
}

func milliseconds(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 }

func kilobytes(n int) float64 { return float64(n) / 1000 }
