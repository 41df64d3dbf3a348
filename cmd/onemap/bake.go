package main

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"os"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/paulmach/orb"

	"onemap/data"
	"onemap/geo"
	"onemap/layers"
	"onemap/layers/fault"
	"onemap/tiles"
	"onemap/tiles/archive"
)

type bakeCommand struct {
	File string   `arg:"" help:"File to write, such as city.pmtiles."`
	Only []string `arg:"" optional:"" help:"Layers to bake; default: all that the role may read." name:"layer"`

	Zoom   string `help:"Zooms to bake, such as 0-14." default:"0-14" placeholder:"LEAST-MOST"`
	BBox   string `name:"bbox" help:"Only tiles that meet the box: west,south,east,north in degrees." placeholder:"W,S,E,N"`
	Format string `help:"pmtiles or mbtiles; default: what the file's name says." enum:",pmtiles,mbtiles" default:""`
	Role   string `help:"Whose fields are in the tiles: public, viewer, duty, planner, census, reviewer, editor or admin." enum:"public,viewer,duty,planner,census,reviewer,editor,admin" default:"public"`
}

func (bakeCommand) Help() string {
	return `Writes the tiles of layers into one file that needs no server: PMTiles version 3 or MBTiles. The
file is put in place when it is whole. A baking that was broken off goes on when the same command
is given again, unless one of its layers has changed since.

Examples:
  onemap bake city.pmtiles
  onemap bake risks.pmtiles enterprise hazard_zone --zoom 4-15 --bbox 120.7,31.8,121.1,32.2 --role duty
  onemap serve --archive city.pmtiles`
}

// baking is a bake command read and checked.
type baking struct {
	bakeCommand
	pyramid  archive.Pyramid
	views    []*layers.View
	queries  []layers.Query
	editions map[string]int64
	state    bakeState
}

// bakeState is what the journal of a baking keeps beside the tiles.
type bakeState struct {
	Began    time.Time     `json:"began"`
	Position data.Position `json:"position"` // of the change feed, before the first tile
}

// Run bakes; what is broken off is left for the next run.
func (c bakeCommand) Run(ctx context.Context, p *program) error {
	b, err := c.read()
	if err != nil {
		return err
	}
	d, err := p.prepared(ctx, false)
	if err != nil {
		return err
	}
	defer d.close(ctx)
	if err := b.look(ctx, d); err != nil {
		return err
	}
	name := b.File
	if b.Format == "mbtiles" {
		name += ".pmtiles" // is baked first, then written anew
	}
	w, err := b.create(ctx, p, d, name)
	if err != nil {
		return err
	}
	m, stop, err := p.mirrored(ctx, d)
	if err != nil {
		return err
	}
	done := b.show(p, w)
	whole := tiles.Whole{Source: m.Source, Reach: m.Reaches, Queries: b.queries}
	b.pyramid.Reaches = whole.Reaches
	err = w.Bake(ctx, b.pyramid, whole.Tile)
	done()
	stop()
	var about archive.About
	if err == nil {
		about, err = b.about(ctx, d)
	}
	if err != nil {
		if left := w.Suspend(); left != nil {
			return left
		}
		fmt.Fprintln(p.err, "Broken off; the same command goes on from here.")
		return err
	}
	if err := w.Finish(about); err != nil {
		return err
	}
	if b.Format == "mbtiles" {
		if err := archive.WriteMBTiles(ctx, name, b.File); err != nil {
			return err
		}
		if err := os.Remove(name); err != nil {
			return fault.Wrap(err, fault.Unavailable, "The file %s can't be removed", name)
		}
	}
	return b.report(p, w, about.Metadata.(tiles.Metadata).Baked)
}

// read checks what the command line says.
func (c bakeCommand) read() (*baking, error) {
	if c.Format == "" {
		_, c.Format, _ = cutLast(c.File, ".")
	}
	if c.Format != "pmtiles" && c.Format != "mbtiles" {
		return nil, fault.In("format", "The name %s does not say the format; end it in .pmtiles or .mbtiles, or add --format.", c.File)
	}
	b := &baking{bakeCommand: c, pyramid: archive.Pyramid{Workers: runtime.NumCPU()}}
	least, most, span := strings.Cut(c.Zoom, "-")
	if !span {
		most = least
	}
	var err, other error
	b.pyramid.Min, err = strconv.Atoi(least)
	b.pyramid.Max, other = strconv.Atoi(most)
	if err != nil || other != nil || b.pyramid.Min < 0 || b.pyramid.Min > b.pyramid.Max || b.pyramid.Max > tiles.MaxZoom {
		return nil, fault.In("zoom", "%q is no span of zooms from 0 to %d, such as 0-14.", c.Zoom, tiles.MaxZoom)
	}
	b.pyramid.Bound, err = parseBox(c.BBox)
	return b, err
}

// cutLast is strings.Cut at the last separator.
func cutLast(s, separator string) (before, after string, found bool) {
	if i := strings.LastIndex(s, separator); i >= 0 {
		return s[:i], s[i+len(separator):], true
	}
	return s, "", false
}

// parseBox reads west,south,east,north in degrees; nil where nothing is said.
func parseBox(text string) (*orb.Bound, error) {
	if text == "" {
		return nil, nil
	}
	refuse := fault.In("bbox", "%q is not west,south,east,north in degrees, such as 120.2,31.6,122,32.8.", text)
	parts := strings.Split(text, ",")
	if len(parts) != 4 {
		return nil, refuse
	}
	var box [4]float64
	for i, part := range parts {
		var err error
		if box[i], err = strconv.ParseFloat(strings.TrimSpace(part), 64); err != nil {
			return nil, refuse
		}
	}
	if !(box[0] >= -180 && box[0] <= box[2] && box[2] <= 180 && box[1] >= -90 && box[1] <= box[3] && box[3] <= 90) {
		return nil, refuse
	}
	return &orb.Bound{Min: orb.Point{box[0], box[1]}, Max: orb.Point{box[2], box[3]}}, nil
}

// look finds the layers and how they stand.
func (b *baking) look(ctx context.Context, d *database) (err error) {
	if b.views, err = viewsOf(d.Catalogue(), layers.Reader{Role: layers.Role(b.Role)}, b.Only); err != nil {
		return err
	}
	if len(b.views) > tiles.MaxLayers {
		return fault.In("layers", "An archive holds at most %d layers; name those that it is to have.", tiles.MaxLayers)
	}
	for _, v := range b.views {
		b.queries = append(b.queries, layers.Query{View: v, Datetime: layers.Now()})
	}
	b.state = bakeState{Began: time.Now()}
	if b.state.Position, err = d.Now(ctx); err != nil {
		return err
	}
	b.editions, err = newestEditions(ctx, d, b.views)
	return err
}

// viewsOf are the named layers, or all, as a reader may see them.
func viewsOf(cat *layers.Catalogue, reader layers.Reader, ids []string) ([]*layers.View, error) {
	if len(ids) == 0 {
		return cat.For(reader), nil
	}
	var views []*layers.View
	for _, id := range ids {
		v, err := cat.View(reader, id)
		if err != nil {
			return nil, err
		}
		views = append(views, v)
	}
	return views, nil
}

// newestEditions are the newest editions of layers; those without any are left out.
func newestEditions(ctx context.Context, d *database, views []*layers.View) (map[string]int64, error) {
	newest := map[string]int64{}
	for _, v := range views {
		editions, err := d.Editions(ctx, v.ID, 1)
		if err != nil {
			return nil, err
		}
		if len(editions) > 0 {
			newest[v.ID] = editions[0].ID
		}
	}
	return newest, nil
}

// key is the fingerprint of everything that decides the tiles but their records.
func (b *baking) key() (string, error) {
	ids := make([]string, len(b.views))
	for i, v := range b.views {
		ids[i] = v.ID
	}
	text, err := json.Marshal([]any{
		ids, b.Role, b.pyramid.Min, b.pyramid.Max, b.pyramid.Bound, b.editions, version, sourceRevision(),
		layers.NewTileJSON(b.views, "", orb.Bound{}), layers.MapStyle(b.views, "", [2]float64{}, 0),
	})
	sum := sha256.Sum256(text)
	return hex.EncodeToString(sum[:]), err
}

// create begins the archive, or goes on with one that was broken off if none of its
// layers has changed since.
func (b *baking) create(ctx context.Context, p *program, d *database, name string) (*archive.Writer, error) {
	key, err := b.key()
	if err != nil {
		return nil, err
	}
	state, err := json.Marshal(b.state)
	if err != nil {
		return nil, err
	}
	start := archive.Start{Key: key, State: string(state)}
	w, err := archive.Create(name, start)
	if err != nil || w.Resumed() == 0 {
		return w, err
	}
	var before bakeState
	changed := []string{"?"}
	if json.Unmarshal([]byte(w.Start().State), &before) == nil {
		if changed, err = b.changed(ctx, d, before.Position); err != nil {
			return nil, err
		}
	}
	if len(changed) == 0 {
		b.state = before
		fmt.Fprintf(p.err, "Going on with %d tiles of %s.\n", w.Resumed(), before.Began.Format(time.DateTime))
		return w, nil
	}
	fmt.Fprintf(p.err, "Beginning anew: %s changed since %s.\n", strings.Join(changed, ", "), before.Began.Format(time.DateTime))
	if err := w.Discard(); err != nil {
		return nil, err
	}
	return archive.Create(name, start)
}

// changed are the baked layers that were written to since a position of the change feed.
func (b *baking) changed(ctx context.Context, d *database, since data.Position) ([]string, error) {
	changes, err := d.Feed(since).Read(ctx)
	if err != nil {
		return nil, err
	}
	var ids []string
	for _, v := range b.views {
		if slices.ContainsFunc(changes, func(c data.Change) bool { return c.Layer == v.ID }) {
			ids = append(ids, v.ID)
		}
	}
	return ids, nil
}

// show tells how far the baking is: a bar on a terminal, else a line for each zoom.
func (b *baking) show(p *program, w *archive.Writer) (done func()) {
	var bar *progress
	zoom := 0
	done = func() {
		if bar != nil {
			bar.finish()
			fmt.Fprintf(p.err, "zoom %2d: %d tiles looked at, %.1f MiB in all\n", zoom, bar.seen, mebibytes(w.Size()))
		}
		bar = nil
	}
	b.pyramid.Row = func(z, n int) {
		done()
		zoom, bar = z, newProgress(p.err, fmt.Sprintf("zoom %d", z), n)
	}
	b.pyramid.Made = func() { bar.add(1) }
	return done
}

func mebibytes(n uint64) float64 { return float64(n) / (1 << 20) }

// about says what has been baked, and what changed meanwhile.
func (b *baking) about(ctx context.Context, d *database) (about archive.About, err error) {
	baked := tiles.Baked{
		Role: layers.Role(b.Role), Datum: geo.CGCS2000, Editions: b.editions, Began: b.state.Began.UTC(), Finished: time.Now().UTC(),
	}
	for _, q := range b.queries {
		baked.Layers = append(baked.Layers, q.View.ID)
		counts, err := d.Counts(ctx, q, nil)
		if err != nil {
			return about, err
		}
		baked.Synthetic = baked.Synthetic || counts.Synthetic > 0
	}
	if o := b.pyramid.Bound; o != nil {
		baked.BBox = &[4]float64{o.Min[0], o.Min[1], o.Max[0], o.Max[1]}
	}
	if baked.Changed, err = b.changed(ctx, d, b.state.Position); err != nil {
		return about, err
	}
	about = archive.About{MinZoom: b.pyramid.Min, MaxZoom: b.pyramid.Max, CenterZoom: max(b.pyramid.Min, min(9, b.pyramid.Max))}
	about.Bound, err = b.box(ctx, d)
	about.Metadata = tiles.NewMetadata(b.views, baked, about.MinZoom, about.MaxZoom, about.Bound, "One Map "+version)
	return about, err
}

// box is where the archive has something: the records' box within the one asked for.
func (b *baking) box(ctx context.Context, d *database) (orb.Bound, error) {
	whole := orb.Bound{Min: orb.Point{180, 85}, Max: orb.Point{-180, -85}} // of nothing
	for _, v := range b.views {
		box, _, ok, err := d.Extent(ctx, v)
		if err != nil {
			return whole, err
		}
		if ok {
			whole = whole.Union(box)
		}
	}
	if o := b.pyramid.Bound; o != nil {
		if !whole.Intersects(*o) {
			return *o, nil
		}
		for i := range 2 {
			whole.Min[i], whole.Max[i] = max(whole.Min[i], o.Min[i]), min(whole.Max[i], o.Max[i])
		}
	}
	return whole, nil
}

// report says what is in the file.
func (b *baking) report(p *program, w *archive.Writer, baked tiles.Baked) error {
	info, err := os.Stat(b.File)
	if err != nil {
		return fault.Wrap(err, fault.Unavailable, "The archive can't be read")
	}
	fmt.Fprintf(p.out, "%s: %d tiles (%d different), zoom %d to %d, %d layers, role %s, %.1f MiB, %.1f s\n",
		b.File, w.Tiles(), w.Contents(), b.pyramid.Min, b.pyramid.Max, len(b.views), b.Role, mebibytes(uint64(info.Size())), baked.Finished.Sub(baked.Began).Seconds())
	if len(baked.Changed) > 0 {
		fmt.Fprintf(p.out, "  %s changed while it was baked: its tiles may be of before or after. Bake again for one state.\n", strings.Join(baked.Changed, ", "))
	}
	return nil
}
