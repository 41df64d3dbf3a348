package web

import (
	"context"
	"net/http"
	"time"

	"github.com/paulmach/orb"
	"github.com/paulmach/orb/maptile"

	"onemap/geo"
	"onemap/layers"
	"onemap/layers/fault"
	"onemap/tiles"
	"onemap/tiles/archive"
)

// Archive is a Store without a database: its tiles are those of an archive that was baked
// here. Whatever else is asked is Unavailable.
type Archive struct {
	tiles.Metadata

	reader *archive.Reader
}

// NewArchive makes a Store of an archive. The error is Invalid where it holds no vector
// tiles or does not say what it was baked from.
func NewArchive(r *archive.Reader) (*Archive, error) {
	a := &Archive{reader: r}
	if err := r.Metadata(&a.Metadata); err != nil {
		return nil, err
	}
	if r.Type != archive.MVT || len(a.Baked.Layers) == 0 {
		return nil, fault.New(fault.Invalid, "The archive was not made by onemap bake: it holds no vector tiles, or does not say which layers.")
	}
	return a, nil
}

// Catalogue is the part of the declarations that the archive has tiles of.
func (a *Archive) Catalogue(all *layers.Catalogue) (*layers.Catalogue, error) {
	return all.Archived(a.Baked.Layers, a.reader.MinZoom, a.reader.MaxZoom)
}

// Tile returns a layer's part of a tile of the archive. The error is Unavailable where it
// is asked for by filter or time.
func (a *Archive) Tile(_ context.Context, q layers.Query, t maptile.Tile) ([]byte, error) {
	if len(q.Filters) > 0 || q.Datetime == nil || !q.Datetime.IsNow() {
		return nil, a.missing()
	}
	body, err := a.reader.Tile(t)
	if err != nil {
		return nil, err
	}
	return tiles.Part(body, q.View.ID, q.View.LabelLayer())
}

// missing is the answer to what takes a database.
func (a *Archive) missing() error {
	day := a.Baked.Finished.In(layers.Beijing).Format(time.DateOnly)
	return fault.New(fault.Unavailable, "This is an archive of %s without a database: it has the map as of then, no records, counts, search or filters.", day)
}

// Items, Export, Count, Item, Counts and Search take a database.
func (a *Archive) Items(context.Context, layers.Query, func(layers.Item) error) error {
	return a.missing()
}

// Export is Unavailable.
func (a *Archive) Export(context.Context, layers.Query, func(layers.Item) error) error {
	return a.missing()
}

// Count is Unavailable.
func (a *Archive) Count(context.Context, layers.Query) (int64, error) { return 0, a.missing() }

// Item is Unavailable.
func (a *Archive) Item(context.Context, *layers.View, int64, geo.CRS) (layers.Item, error) {
	return layers.Item{}, a.missing()
}

// Counts is Unavailable.
func (a *Archive) Counts(context.Context, layers.Query, *orb.Bound) (layers.Counts, error) {
	return layers.Counts{}, a.missing()
}

// Search is Unavailable.
func (a *Archive) Search(context.Context, []*layers.View, string, int) (layers.Hits, error) {
	return layers.Hits{}, a.missing()
}

// Extent is the box of the archive, for every layer.
func (a *Archive) Extent(context.Context, *layers.View) (orb.Bound, [2]*time.Time, bool, error) {
	return a.reader.Bound, [2]*time.Time{}, true, nil
}

// Ready is always so: the file was checked when it was opened.
func (a *Archive) Ready(context.Context) error { return nil }

// archiveInfo tells the page that it runs from an archive.
type archiveInfo struct {
	Finished time.Time   `json:"finished"`
	Notice   layers.Text `json:"notice"`
}

func (a *Archive) info() *archiveInfo {
	return &archiveInfo{Finished: a.Baked.Finished, Notice: layers.Text{
		Zh: a.Baked.Notice.Zh + "无数据库：没有记录、统计、搜索和筛选。",
		En: a.Baked.Notice.En + " Without a database: no records, counts, search or filters.",
	}}
}

type readerKey struct{}

// asRole has all requests read as the role that the archive was baked for.
func (a *Archive) asRole(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		next.ServeHTTP(w, r.WithContext(context.WithValue(r.Context(), readerKey{}, layers.Reader{Role: a.Baked.Role})))
	})
}
