package main

import (
	"context"
	"io"
	"log/slog"
	"math/rand/v2"
	"os"
	"sync"
	"sync/atomic"
	"time"

	"github.com/paulmach/orb"
	"github.com/paulmach/orb/encoding/mvt"
	"github.com/paulmach/orb/maptile"

	"onemap/data"
	"onemap/geo"
	"onemap/layers"
	"onemap/layers/fault"
	"onemap/tiles/mirror"
	"onemap/web/load"
)

const (
	changesASecond = 1000
	changesFor     = 5 * time.Second
	freshTarget    = 200 // ms, from a commit to a tile that shows it, of 99 in 100
	servingTarget  = 20  // ms, of 99 in 100 tiles while an edition is published
)

// measureChanges edits sensors, a thousand a second if the database can, and follows some
// of them: the time from an edit's commit until the tile at its new place has it.
func (m *benchmark) measureChanges(ctx context.Context) error {
	m.say("changes")
	views, err := m.views("sensor")
	if err != nil {
		return err
	}
	v := views[0]
	var ids []int64
	if err := m.d.Items(ctx, layers.Query{View: v, Limit: 2000}, func(it layers.Item) error {
		ids = append(ids, it.ID)
		return nil
	}); err != nil {
		return err
	}
	records, err := first(m.plan, v.ID, len(ids))
	if err != nil {
		return err
	}
	editions, err := m.d.Editions(ctx, v.ID, 1)
	if err != nil {
		return err
	}
	versions := make([]atomic.Int64, len(ids))
	for k := range versions {
		versions[k].Store(editions[0].ID)
	}
	ctx, cancel := context.WithTimeout(ctx, changesFor)
	defer cancel()
	var done, next atomic.Int64
	var mu sync.Mutex
	var waits []time.Duration
	var group sync.WaitGroup
	begun := time.Now()
	for w := range connections {
		group.Go(func() {
			rnd := rand.New(rand.NewPCG(uint64(w), 1))
			for ctx.Err() == nil {
				n := next.Add(1) - 1
				if ahead := time.Duration(n)*time.Second/changesASecond - time.Since(begun); ahead > 0 {
					time.Sleep(ahead)
				}
				k := int(n) % len(ids)
				r := records[k]
				to := orb.Point{120.3 + 1.4*rnd.Float64(), 31.75 + 0.9*rnd.Float64()}
				r.Geometry, r.PositionQuality, r.Datum = to, layers.PositionSurveyed, geo.CGCS2000
				edited, err := m.d.Edit(ctx, data.Edit{Layer: v.ID, ID: ids[k], Version: versions[k].Load(), Record: &r, By: "bench"})
				if err != nil {
					continue // another has changed it, or time is up
				}
				at := time.Now()
				versions[k].Store(edited.Version)
				done.Add(1)
				if n%40 == int64(w) {
					if m.shows(ctx, v, ids[k], to) {
						mu.Lock()
						waits = append(waits, time.Since(at))
						mu.Unlock()
					}
				}
			}
		})
	}
	group.Wait()
	rate := float64(done.Load()) / time.Since(begun).Seconds()
	if len(waits) == 0 {
		m.say("no change was followed to its tile")
		return nil
	}
	m.add(newFigure("changes, each a transaction", rate, "changes/s"),
		newFigure("from commit to tile p50", milliseconds(load.Percentile(waits, 50)), "ms"),
		newFigure("from commit to tile p99", milliseconds(load.Percentile(waits, 99)), "ms").atMost(freshTarget))
	return nil
}

// shows waits until the tile at a place has a feature.
func (m *benchmark) shows(ctx context.Context, v *layers.View, id int64, p orb.Point) bool {
	x, y := geo.World(p[0], p[1])
	q, tile := layers.Query{View: v, Datetime: layers.Now()}, geo.TileAt(x, y, 16)
	for ctx.Err() == nil {
		body, _ := m.mirror.Tile(q, tile)
		parsed, err := mvt.Unmarshal(body)
		if err != nil {
			return false
		}
		for _, l := range parsed {
			for _, f := range l.Features {
				if f.ID == float64(id) {
					return true
				}
			}
		}
		time.Sleep(time.Millisecond)
	}
	return false
}

// measureSnapshots writes the layers' snapshot files and starts from them.
func (m *benchmark) measureSnapshots(ctx context.Context) error {
	m.say("snapshots")
	dir, err := os.MkdirTemp(m.p.Home, "mirror-")
	if err != nil {
		return fault.Wrap(err, fault.Unavailable, "There is no place for snapshots")
	}
	defer os.RemoveAll(dir)
	run := func() (time.Duration, int) {
		begun := time.Now()
		again := mirror.New(m.d.Catalogue(), m.d.Store, mirror.Options{Memory: 8 << 30, Dir: dir, Log: slog.New(slog.NewJSONHandler(io.Discard, nil))})
		ctx, cancel := context.WithCancel(ctx)
		ended := make(chan struct{})
		go func() {
			defer close(ended)
			_ = again.Run(ctx) // it ends with ctx only
		}()
		for !again.Settled() && ctx.Err() == nil {
			time.Sleep(time.Millisecond)
		}
		took, features := time.Since(begun), 0
		for _, s := range again.Status() {
			features += s.Features
		}
		cancel()
		<-ended
		return took, features
	}
	loaded, features := run()
	restored, _ := run()
	m.add(newFigure("start from snapshots", restored.Seconds(), "s").beside("start from PostGIS", loaded.Seconds()),
		newFigure("snapshots read", float64(features)/restored.Seconds(), "features/s"))
	return nil
}

// measurePublishing asks for tiles while a new edition of all buildings is published, in
// which each has one more storey, and until the tiles show it.
func (m *benchmark) measurePublishing(ctx context.Context) error {
	m.say("publishing all buildings anew while tiles are asked for")
	ctx, cancel := context.WithTimeout(ctx, 8*time.Minute)
	defer cancel()
	published := make(chan error, 1)
	begun := time.Now()
	var took time.Duration
	go func() {
		_, err := m.d.Publish(ctx, data.Publication{
			Layer: "building", Scope: data.ScopeSource(layers.SourceSynthetic), Name: layers.SourceSynthetic, By: string(layers.RoleAdmin),
		}, func(yield func(layers.Record, error) bool) {
			for r, err := range m.plan.Records("building") {
				if n, ok := r.Values["storeys"].(int64); ok {
					r.Values["storeys"] = n%100 + 1
				}
				if !yield(r, err) {
					return
				}
			}
		})
		took = time.Since(begun)
		published <- err
	}()
	l := tileLists[0]
	paths := tilePaths(l.layers, l.tiles(m.Quick))
	b := tileLists[1]
	paths = append(paths, tilePaths(b.layers, b.tiles(m.Quick))...)
	var waits []time.Duration
	var caughtUp time.Time
	for i := 0; ; i++ {
		select {
		case err := <-published:
			if err != nil {
				return err
			}
			caughtUp = time.Now().Add(time.Second) // by then the feed has told of it
		default:
		}
		if !caughtUp.IsZero() && time.Now().After(caughtUp) && m.mirror.Settled() {
			m.add(newFigure("tiles p99 while publishing", milliseconds(load.Percentile(waits, 99)), "ms").atMost(servingTarget),
				newFigure("publishing all buildings anew meanwhile", float64(m.plan.Count("building"))/took.Seconds(), "records/s"))
			return nil
		}
		at := time.Now()
		if _, err := m.client.Get(ctx, paths[i%len(paths)], true); err != nil {
			return err
		}
		waits = append(waits, time.Since(at))
		time.Sleep(2 * time.Millisecond) // a page, not a load generator
	}
}

// measureScale asks for what shows how tiles grow with the city: list B, and the overview
// tiles one at a time.
func (m *benchmark) measureScale(ctx context.Context) error {
	m.say("tiles of %d buildings", m.Buildings)
	l := tileLists[1]
	r, err := m.ask(ctx, connections, false, tilePaths(l.layers, l.tiles(m.Quick)))
	if err != nil {
		return err
	}
	var slowest time.Duration
	for z := maptile.Zoom(4); z <= 9; z++ {
		dense, err := m.floor.Dense(ctx, m.d.Catalogue().Layer("building"), z, 20)
		if err != nil {
			return err
		}
		for _, path := range tilePaths(l.layers, dense) {
			at := time.Now()
			if _, err := m.client.Get(ctx, path, true); err != nil {
				return err
			}
			slowest = max(slowest, time.Since(at))
		}
	}
	m.add(newFigure("tiles B, c=8", r.PerSecond(), "tiles/s"),
		newFigure("tiles B p99, c=8", milliseconds(r.P99), "ms"),
		newFigure("overview z 4–9, slowest tile", milliseconds(slowest), "ms"))
	return nil
}
