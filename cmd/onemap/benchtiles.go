package main

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"log/slog"
	"math"
	"net"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/paulmach/orb"
	"github.com/paulmach/orb/encoding/mvt"
	"github.com/paulmach/orb/maptile"

	"onemap/layers"
	"onemap/layers/fault"
	"onemap/web"
	"onemap/web/load"
)

// centres are the places that pages look at most: seats of the districts, large towns.
var centres = []orb.Point{
	{120.865, 32.012}, {120.905, 31.99}, {120.81, 32.07}, {120.96, 31.95}, // 崇川区, 开发区
	{121.07, 32.06}, {121.17, 31.89}, {121.2, 32.32}, {121.66, 31.81}, {120.56, 32.38}, {120.46, 32.55}, // 通州, 海门, 如东, 启东, 如皋, 海安
	{120.78, 32.09}, {121.085, 31.99}, {121.115, 31.955}, {121.62, 32.04}, {120.76, 32.25}, // 平潮, 川姜, 叠石桥, 吕四港, 白蒲
	{120.29, 32.5}, {120.87, 32.52}, {120.7, 32.54}, {120.55, 32.13}, {121.37, 32.03}, // 曲塘, 栟茶, 李堡, 石庄, 余东
}

// tileList is a fixed list of tiles of some layers.
type tileList struct {
	name     string
	layers   []string
	from, to maptile.Zoom
	count    int
}

var tileLists = []tileList{
	{"A", []string{"enterprise"}, 8, 16, 1500},
	{"B", []string{"building"}, 12, 16, 500},
	{"M", []string{"building", "road", "enterprise", "shelter", "rescue_team"}, 13, 16, 500},
}

// cityBound is the box of the city with its sea.
var cityBound = orb.Bound{Min: orb.Point{nantong.Bounds[0], nantong.Bounds[1]}, Max: orb.Point{nantong.Bounds[2], nantong.Bounds[3]}}

// tiles returns the list, or a tenth of it.
func (l tileList) tiles(quick bool) []maptile.Tile {
	n := l.count
	if quick {
		n /= 10
	}
	w := load.Walk{Centres: centres, Bound: cityBound, From: l.from, To: l.to, Seed: 2021}
	return w.Tiles(n)
}

// tilePaths are the addresses of tiles in the HTTP face.
func tilePaths(ids []string, tiles []maptile.Tile) []string {
	paths := make([]string, len(tiles))
	for i, t := range tiles {
		paths[i] = fmt.Sprintf("/tiles/%s/%d/%d/%d.mvt", strings.Join(ids, ","), t.Z, t.X, t.Y)
	}
	return paths
}

// oneStatement is what makes a tile on the other side.
const oneStatement = "prepared ST_AsMVT"

// measureTiles asks for each list as it is, compressed, and from the floor. Where time
// runs out, the floor answers what the HTTP face has got through.
func (m *benchmark) measureTiles(ctx context.Context) error {
	for i, l := range tileLists {
		tiles := l.tiles(m.Quick)
		paths := tilePaths(l.layers, tiles)
		m.say("tiles, list %s: %d of %s", l.name, len(tiles), strings.Join(l.layers, ", "))
		warm := len(tiles) / 10
		if _, err := m.ask(ctx, connections, false, paths[:warm]); err != nil {
			return err
		}
		if _, err := m.floorTiles(ctx, connections, l.layers, tiles[:warm]); err != nil {
			return err
		}
		plain, err := m.ask(ctx, connections, false, paths)
		if err != nil {
			return err
		}
		floor, err := m.floorTiles(ctx, connections, l.layers, tiles[:plain.Count])
		if err != nil {
			return err
		}
		packed, err := m.ask(ctx, connections, true, paths[:plain.Count])
		if err != nil {
			return err
		}
		for _, r := range []load.Result{plain, floor, packed} {
			if r.Count < len(tiles) {
				m.say("list %s: time ran out after %d tiles of %d", l.name, r.Count, len(tiles))
			}
		}
		m.add(
			newFigure("tiles "+l.name+", c=8", plain.PerSecond(), "tiles/s").beside(oneStatement, floor.PerSecond()),
			newFigure("tiles "+l.name+" gzip, c=8", packed.PerSecond(), "tiles/s").beside(oneStatement, floor.PerSecond()),
			newFigure("tiles "+l.name+" p50, c=8", milliseconds(plain.P50), "ms").beside(oneStatement, milliseconds(floor.P50)),
			newFigure("tiles "+l.name+" p99, c=8", milliseconds(plain.P99), "ms").beside(oneStatement, milliseconds(floor.P99)),
			newFigure("tiles "+l.name+" mean size", kilobytes(plain.MeanBytes()), "kB").beside(oneStatement, kilobytes(floor.MeanBytes())),
			newFigure("tiles "+l.name+" gzip mean size", kilobytes(packed.MeanBytes()), "kB"),
		)
		if i == 0 {
			if err := m.measureCeiling(ctx, plain); err != nil {
				return err
			}
		}
	}
	return nil
}

// floorTiles asks the floor for the same tiles.
func (m *benchmark) floorTiles(ctx context.Context, at int, ids []string, tiles []maptile.Tile) (load.Result, error) {
	views, err := m.views(ids...)
	if err != nil {
		return load.Result{}, err
	}
	return load.Run(ctx, load.Plan{Connections: at, Count: len(tiles), Limit: partLimit}, func(ctx context.Context, i int) (int, error) {
		tile, err := m.floor.Tile(ctx, tiles[i], views...)
		return len(tile), err
	})
}

// measureCeiling holds list A against the ceiling.
func (m *benchmark) measureCeiling(ctx context.Context, a load.Result) error {
	r, err := m.ceiling(ctx, a.MeanBytes(), load.Plan{Connections: connections, Count: 20 * a.Count, Limit: partLimit / 4})
	if err == nil {
		m.add(newFigure("tiles A over the ceiling of net/http", a.PerSecond(), "tiles/s").beside("fixed slice of the same size", r.PerSecond()))
	}
	return err
}

// ceiling has a plain server write a fixed slice of some bytes: the most that this load
// generator can see over HTTP on this machine.
func (m *benchmark) ceiling(ctx context.Context, size int, plan load.Plan) (load.Result, error) {
	body := make([]byte, size)
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return load.Result{}, fault.Wrap(err, fault.Unavailable, "There is no free port on this machine")
	}
	server := http.Server{ReadHeaderTimeout: 5 * time.Second, Handler: http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write(body) })}
	go server.Serve(listener) //nolint:errcheck // it ends with Close
	defer server.Close()
	client, err := load.NewClient("http://"+listener.Addr().String(), connections)
	if err != nil {
		return load.Result{}, err
	}
	defer client.Close()
	return load.Run(ctx, plan, func(ctx context.Context, _ int) (int, error) {
		return client.Get(ctx, "/", false)
	})
}

// keptTarget is which part of the rate of a fixed slice kept tiles are to reach.
const keptTarget = 0.8

// measureKept asks for list A again and again from a server that keeps tiles, beside a
// plain server that writes a fixed slice of the same mean size, and measures what a tile
// costs that eight ask for at once.
func (m *benchmark) measureKept(ctx context.Context) error {
	m.say("kept tiles")
	log := slog.New(slog.NewJSONHandler(io.Discard, nil))
	server, err := web.New(web.Config{Version: version, City: nantong, Mirror: m.mirror}, m.d.Catalogue(), m.d.Store, log)
	if err != nil {
		return err
	}
	defer server.Stop()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return fault.Wrap(err, fault.Unavailable, "There is no free port on this machine")
	}
	face := http.Server{ReadHeaderTimeout: 5 * time.Second, Handler: server.Handler()}
	go face.Serve(listener) //nolint:errcheck // it ends with Close
	defer face.Close()
	client, err := load.NewClient("http://"+listener.Addr().String(), connections)
	if err != nil {
		return err
	}
	defer client.Close()
	l := tileLists[0]
	paths := tilePaths(l.layers, l.tiles(m.Quick))
	get := func(ctx context.Context, i int) (int, error) { return client.Get(ctx, paths[i%len(paths)], false) }
	if _, err := load.Run(ctx, load.Plan{Connections: connections, Count: len(paths), Limit: partLimit}, get); err != nil {
		return err
	}
	// By turns, as both want the whole machine, which may have other work for a moment; the
	// turn whose ratio is in the middle counts.
	const turns = 5
	plan := load.Plan{Connections: connections, Count: 100 * len(paths), Limit: partLimit / (4 * turns)}
	var rates [turns][2]float64
	for i := range rates {
		k, err := load.Run(ctx, plan, get)
		if err != nil {
			return err
		}
		c, err := m.ceiling(ctx, k.MeanBytes(), plan)
		if err != nil {
			return err
		}
		rates[i] = [2]float64{k.PerSecond(), c.PerSecond()}
	}
	slices.SortFunc(rates[:], func(a, b [2]float64) int { return cmp.Compare(a[0]/a[1], b[0]/b[1]) })
	kept, ceiling := rates[turns/2][0], rates[turns/2][1]
	m.add(newFigure("kept tiles A, c=8", kept, "tiles/s").beside("fixed slice of the same size", ceiling).atLeast(significant(keptTarget * ceiling)))
	return nil
}

// encodeTarget is the longest that writing a polygon of 5 to 8 vertices with three
// attributes may take, in microseconds.
const encodeTarget = 0.25

// measureEncoding makes the largest tiles of buildings at zoom 15 one after the other, in
// this process: the time of a polygon.
func (m *benchmark) measureEncoding(ctx context.Context) error {
	m.say("encoding")
	views, err := m.views("building")
	if err != nil {
		return err
	}
	dense, err := m.floor.Dense(ctx, views[0].Layer, 15, 20)
	if err != nil {
		return err
	}
	q := layers.Query{View: views[0], Datetime: layers.Now()}
	some := q
	some.Filters = []layers.Predicate{layers.InRange(views[0].Field("storeys"), int64(0), int64(1000))}
	polygons := 0
	for _, t := range dense {
		body, _ := m.mirror.Tile(q, t)
		parsed, err := mvt.Unmarshal(body)
		if err != nil {
			return fault.Wrap(err, fault.Internal, "A tile can't be read")
		}
		for _, l := range parsed {
			polygons += len(l.Features)
		}
	}
	each := func(q layers.Query) float64 {
		best := time.Duration(math.MaxInt64)
		for range 20 {
			begun := time.Now()
			for _, t := range dense {
				m.mirror.Tile(q, t)
			}
			best = min(best, time.Since(begun))
		}
		return best.Seconds() * 1e6 / float64(max(polygons, 1))
	}
	plain, filtered := each(q), each(some)
	m.add(newFigure("encode a building at z 15", plain, "µs").atMost(encodeTarget),
		newFigure("the same under a filter that all fit", filtered, "µs").beside("without a filter", plain))
	return nil
}

// measureFilters asks for list B with a CQL2 filter, beside the same without.
func (m *benchmark) measureFilters(ctx context.Context) error {
	m.say("filtered tiles")
	l := tileLists[1]
	tiles := l.tiles(m.Quick)
	plain, filtered := tilePaths(l.layers, tiles), tilePaths(l.layers, tiles)
	for i := range filtered {
		filtered[i] += "?storeys=2/30"
	}
	var took [2]load.Result
	for k, paths := range [][]string{plain, filtered} {
		r, err := m.ask(ctx, connections, false, paths)
		if err != nil {
			return err
		}
		took[k] = r
	}
	m.add(newFigure("tiles B filtered, c=8", took[1].PerSecond(), "tiles/s").beside("the same without a filter", took[0].PerSecond()))
	return nil
}

// measureOverview asks for all tiles of the buildings from zoom 4 to 9, one at a time.
func (m *benchmark) measureOverview(ctx context.Context) error {
	m.say("overview tiles")
	ids := []string{"building"}
	var tiles []maptile.Tile
	for z := maptile.Zoom(4); z <= 9; z++ {
		some, err := m.floor.Dense(ctx, m.d.Catalogue().Layer(ids[0]), z, 100)
		if err != nil {
			return err
		}
		tiles = append(tiles, some...)
	}
	paths := tilePaths(ids, tiles)
	sizes, took := make([]int, len(paths)), make([][]time.Duration, len(paths))
	empty := 0
	begun := time.Now()
	for pass := range 3 {
		if pass > 0 && time.Since(begun) > partLimit/3 {
			break
		}
		for i, path := range paths {
			at := time.Now()
			n, err := m.client.Get(ctx, path, true)
			if err != nil {
				return err
			}
			sizes[i] = n
			took[i] = append(took[i], time.Since(at))
		}
	}
	var slowest time.Duration
	for i := range paths {
		slowest = max(slowest, load.Percentile(took[i], 50))
		if sizes[i] == 0 {
			empty++
		}
	}
	floor, err := m.floorTiles(ctx, 1, ids, tiles)
	if err != nil {
		return err
	}
	m.add(
		newFigure("overview z 4–9, largest tile gzip", kilobytes(slices.Max(sizes)), "kB"),
		newFigure("overview z 4–9, slowest tile", milliseconds(slowest), "ms").beside(oneStatement, milliseconds(floor.Max)),
		newFigure("overview z 4–9, empty tiles with buildings", float64(empty), "tiles").atMost(0),
	)
	return nil
}

// sizeTarget is the largest that a compressed tile may be, in kB.
const sizeTarget = 500

// measureLargest looks for the largest tile of each layer at each zoom from 0 to 16,
// where the layer's records take most room, and around the centres.
func (m *benchmark) measureLargest(ctx context.Context) error {
	m.say("largest tile over all layers")
	var paths []string
	for _, l := range m.d.Catalogue().Layers() {
		tiles := map[maptile.Tile]bool{}
		for z := maptile.Zoom(0); z <= 16; z++ {
			dense, err := m.floor.Dense(ctx, l, z, 2)
			if err != nil {
				return err
			}
			for _, t := range dense {
				tiles[t] = true
			}
			for _, c := range centres[:2] {
				tiles[maptile.At(c, z)] = true
			}
		}
		list := make([]maptile.Tile, 0, len(tiles))
		for t := range tiles {
			list = append(list, t)
		}
		paths = append(paths, tilePaths([]string{l.ID}, list)...)
	}
	slices.Sort(paths)
	sizes := make([]int, len(paths))
	r, err := load.Run(ctx, load.Plan{Connections: 4, Count: len(paths), Limit: 2 * partLimit}, func(ctx context.Context, i int) (n int, err error) {
		n, err = m.client.Get(ctx, paths[i], true)
		sizes[i] = n
		return n, err
	})
	if err != nil {
		return err
	}
	largest := slices.Index(sizes, slices.Max(sizes))
	m.say("%d of %d dense tiles looked at; the largest is %s", r.Count, len(paths), paths[largest])
	m.add(newFigure("largest tile gzip, all layers, z 0–16", kilobytes(sizes[largest]), "kB").atMost(sizeTarget))
	return nil
}
