package tiles_test

import (
	"context"
	"errors"
	"net/url"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/paulmach/orb"
	"github.com/paulmach/orb/encoding/mvt"
	"github.com/paulmach/orb/geojson"
	"github.com/paulmach/orb/maptile"

	"onemap/layers"
	"onemap/layers/fault"
	"onemap/tiles"
)

var builtin = sync.OnceValues(layers.Builtin)

// view returns a built-in layer as a viewer sees it.
func view(t *testing.T, role layers.Role, id string) *layers.View {
	t.Helper()
	catalogue, err := builtin()
	if err != nil {
		t.Fatal(err)
	}
	v, err := catalogue.View(layers.Reader{Role: role}, id)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

// filtered returns a query with property filters in query-string form.
func filtered(t *testing.T, v *layers.View, params string) layers.Query {
	t.Helper()
	values, err := url.ParseQuery(params)
	if err != nil {
		t.Fatal(err)
	}
	filters, err := layers.ParseFilters(v, values)
	if err != nil {
		t.Fatal(err)
	}
	return layers.Query{View: v, Filters: filters}
}

// part is one encoded layer with one point.
func part(t *testing.T, name string) []byte {
	t.Helper()
	f := geojson.NewFeature(orb.Point{10, 20})
	f.Properties["from"] = name
	layer := &mvt.Layer{Name: name, Version: 2, Extent: 4096, Features: []*geojson.Feature{f}}
	bytes, err := mvt.Marshal(mvt.Layers{layer})
	if err != nil {
		t.Fatal(err)
	}
	return bytes
}

func TestServerMergesLayersInOrder(t *testing.T) {
	v := view(t, layers.RoleViewer, "enterprise")
	parts := map[string][]byte{"risk_grade=low": part(t, "low"), "risk_grade=major": part(t, "major"), "": nil}
	var queries []layers.Query
	byKey := map[string][]byte{}
	for _, params := range []string{"risk_grade=major", "", "risk_grade=low"} {
		q := filtered(t, v, params)
		queries = append(queries, q)
		byKey[q.Key()] = parts[params]
	}
	s := tiles.NewServer(func(_ context.Context, q layers.Query, _ maptile.Tile) ([]byte, error) {
		return byKey[q.Key()], nil
	}, tiles.Options{})
	body, _, err := s.Tile(t.Context(), maptile.New(3, 5, 4), queries...)
	if err != nil {
		t.Fatal(err)
	}
	decoded, err := mvt.Unmarshal(body.As(0).Bytes)
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, l := range decoded {
		if len(l.Features) != 1 || l.Features[0].Properties["from"] != l.Name {
			t.Errorf("layer %s has other features than its own", l.Name)
		}
		names = append(names, l.Name)
	}
	if diff := cmp.Diff([]string{"major", "low"}, names); diff != "" {
		t.Error(diff)
	}
}

func TestServerSharesEqualRequestsOnly(t *testing.T) {
	enterprise := view(t, layers.RoleViewer, "enterprise")
	low := filtered(t, enterprise, "risk_grade=low")
	tests := []struct {
		name  string
		tile  maptile.Tile
		query layers.Query
		equal bool // to the first request
	}{
		{"the same again", maptile.New(3, 5, 4), low, true},
		{
			"the same filter in another box of the query", maptile.New(3, 5, 4),
			layers.Query{View: enterprise, Filters: low.Filters, BBox: &orb.Bound{}, Limit: 7},
			true,
		},
		{"another tile", maptile.New(5, 3, 4), low, false},
		{"another zoom", maptile.New(3, 5, 5), low, false},
		{"another filter", maptile.New(3, 5, 4), filtered(t, enterprise, "risk_grade=major"), false},
		{"no filter", maptile.New(3, 5, 4), filtered(t, enterprise, ""), false},
		{
			"a reader with other rights", maptile.New(3, 5, 4),
			filtered(t, view(t, layers.RolePublic, "enterprise"), "risk_grade=low"), false,
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var calls atomic.Int32
			begun, open := make(chan struct{}, 2), make(chan struct{})
			s := tiles.NewServer(func(context.Context, layers.Query, maptile.Tile) ([]byte, error) {
				calls.Add(1)
				begun <- struct{}{}
				<-open
				return nil, nil
			}, tiles.Options{})
			var wait sync.WaitGroup
			ask := func(tile maptile.Tile, q layers.Query) {
				if _, _, err := s.Tile(t.Context(), tile, q); err != nil {
					t.Error(err)
				}
			}
			wait.Go(func() { ask(maptile.New(3, 5, 4), low) })
			<-begun
			if tt.equal {
				// The first is held open; the second can only come back with it.
				joined := make(chan struct{})
				wait.Go(func() {
					_, way, err := s.Tile(t.Context(), tt.tile, tt.query)
					if way != tiles.Shared || err != nil {
						t.Errorf("shared %v, %v", way, err)
					}
					close(joined)
				})
				gone, leave := context.WithCancel(t.Context())
				leave()
				_, _, _ = s.Tile(gone, tt.tile, tt.query)
				s.AwaitWaiting(2)
				close(open)
				<-joined
			} else {
				wait.Go(func() { ask(tt.tile, tt.query) })
				<-begun
				close(open)
			}
			wait.Wait()
			want := int32(2)
			if tt.equal {
				want = 1
			}
			if calls.Load() != want {
				t.Errorf("made %d times, want %d", calls.Load(), want)
			}
		})
	}
}

func TestServerFailures(t *testing.T) {
	v := view(t, layers.RoleViewer, "enterprise")
	one, other := filtered(t, v, "risk_grade=low"), filtered(t, v, "risk_grade=major")
	away := fault.New(fault.Unavailable, "The database is away.")
	tests := []struct {
		name   string
		source tiles.Source
		want   fault.Code
	}{
		{"every layer fails", func(context.Context, layers.Query, maptile.Tile) ([]byte, error) { return nil, away }, fault.Unavailable},
		{"one layer fails: no tile that lacks it", func(_ context.Context, q layers.Query, _ maptile.Tile) ([]byte, error) {
			if q.Key() == one.Key() {
				return nil, away
			}
			return part(t, "major"), nil
		}, fault.Unavailable},
		{"a panic in one layer", func(_ context.Context, q layers.Query, _ maptile.Tile) ([]byte, error) {
			if q.Key() == one.Key() {
				panic("broken")
			}
			return nil, nil
		}, fault.Internal},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			s := tiles.NewServer(tt.source, tiles.Options{})
			body, _, err := s.Tile(t.Context(), maptile.New(0, 0, 0), one, other)
			if body != nil || fault.CodeOf(err) != tt.want {
				t.Errorf("got %v, %v; want code %s", body, err, tt.want)
			}
		})
	}
}

func TestServerStopsWhatNobodyWaitsFor(t *testing.T) {
	v := view(t, layers.RoleViewer, "enterprise")
	begun, stopped := make(chan struct{}), make(chan error, 1)
	s := tiles.NewServer(func(ctx context.Context, _ layers.Query, _ maptile.Tile) ([]byte, error) {
		close(begun)
		<-ctx.Done()
		stopped <- ctx.Err()
		return nil, ctx.Err()
	}, tiles.Options{})
	ctx, leave := context.WithCancel(t.Context())
	go func() { <-begun; leave() }()
	if _, _, err := s.Tile(ctx, maptile.New(0, 0, 0), layers.Query{View: v}); fault.CodeOf(err) != fault.Cancelled {
		t.Errorf("got %v", err)
	}
	if err := <-stopped; !errors.Is(err, context.Canceled) {
		t.Errorf("the source saw %v", err)
	}
}
