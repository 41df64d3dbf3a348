package archive_test

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"maps"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"sync/atomic"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/paulmach/orb"
	"github.com/paulmach/orb/maptile"
	"pgregory.net/rapid"

	"onemap/layers/fault"
	"onemap/tiles/archive"
)

// write makes an archive of tiles by id and returns its name.
func write(t testing.TB, tiles map[uint64][]byte) string {
	t.Helper()
	name := filepath.Join(t.TempDir(), "a.pmtiles")
	w, err := archive.Create(name, archive.Start{Key: "k"})
	if err != nil {
		t.Fatal(err)
	}
	packed := map[string][]byte{}
	for _, id := range slices.Sorted(maps.Keys(tiles)) {
		content := string(tiles[id])
		if _, known := packed[content]; !known {
			packed[content] = archive.Pack(tiles[id])
		}
		if err := w.Add(id, packed[content]); err != nil {
			t.Fatal(err)
		}
	}
	about := archive.About{MaxZoom: 20, Bound: orb.Bound{Min: orb.Point{120, 31}, Max: orb.Point{122.5, 33}}, CenterZoom: 9, Metadata: map[string]any{"name": "试"}}
	if err := w.Finish(about); err != nil {
		t.Fatal(err)
	}
	return name
}

// checkHolds asserts that an archive holds exactly the tiles.
func checkHolds(t testing.TB, r *archive.Reader, want map[uint64][]byte) {
	t.Helper()
	seen := 0
	for c, err := range r.All() {
		if err != nil {
			t.Fatal(err)
		}
		seen++
		plain, err := r.Unpack(c.Packed)
		if err != nil || !bytes.Equal(plain, want[c.ID]) {
			t.Fatalf("tile %d: %q, %v; want %q", c.ID, plain, err, want[c.ID])
		}
	}
	if seen != len(want) || r.Addressed != uint64(len(want)) {
		t.Fatalf("%d tiles, %d in the header, want %d", seen, r.Addressed, len(want))
	}
	for id, body := range want {
		tile, _ := archive.Tile(id)
		if got, err := r.Tile(tile); err != nil || !bytes.Equal(got, body) {
			t.Fatalf("%v: %q, %v; want %q", tile, got, err, body)
		}
		if next, _ := archive.Tile(id + 1); want[id+1] == nil {
			if got, err := r.Tile(next); err != nil || got != nil {
				t.Fatalf("%v is not there, but gives %q, %v", next, got, err)
			}
		}
	}
}

func TestRoundTrip(t *testing.T) {
	dir := t.TempDir()
	runs := 0
	rapid.Check(t, func(rt *rapid.T) {
		contents := []string{"a", "b", "a longer content", "海"}
		tiles := map[uint64][]byte{}
		for range rapid.IntRange(1, 60).Draw(rt, "pieces") {
			id := rapid.Uint64Range(0, 5000).Draw(rt, "id")
			body := []byte(rapid.SampledFrom(contents).Draw(rt, "content"))
			for i := range rapid.Uint64Range(1, 9).Draw(rt, "run") {
				tiles[id+i] = body
			}
		}
		runs++
		name := filepath.Join(dir, fmt.Sprint(runs))
		w, err := archive.Create(name, archive.Start{})
		if err != nil {
			rt.Fatal(err)
		}
		distinct := map[string]bool{}
		for _, id := range slices.Sorted(maps.Keys(tiles)) {
			distinct[string(tiles[id])] = true
			if err := w.Add(id, archive.Pack(tiles[id])); err != nil {
				rt.Fatal(err)
			}
		}
		if err := w.Finish(archive.About{MaxZoom: 7}); err != nil {
			rt.Fatal(err)
		}
		r, err := archive.Open(name)
		if err != nil {
			rt.Fatal(err)
		}
		defer r.Close()
		checkHolds(t, r, tiles)
		if r.Contents != uint64(len(distinct)) {
			rt.Fatalf("%d contents are kept, want %d", r.Contents, len(distinct))
		}
	})
}

func TestDirectoriesWithLeaves(t *testing.T) {
	rnd := rand.New(rand.NewPCG(1, 2))
	tiles := map[uint64][]byte{}
	for range 12_000 {
		tiles[rnd.Uint64N(1<<40)] = fmt.Appendf(nil, "%x", rnd.Uint64N(1000))
	}
	name := write(t, tiles)
	r, err := archive.Open(name)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	head, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	if leaves := binary.LittleEndian.Uint64(head[48:]); leaves == 0 {
		t.Fatal("12,000 entries made no leaf directory")
	}
	checkHolds(t, r, tiles)
	var metadata struct{ Name string }
	if err := r.Metadata(&metadata); err != nil || metadata.Name != "试" {
		t.Errorf("metadata %+v, %v", metadata, err)
	}
	if want := (orb.Bound{Min: orb.Point{120, 31}, Max: orb.Point{122.5, 33}}); r.Bound != want || r.CenterZoom != 9 || !r.Clustered {
		t.Errorf("header %+v", r.Header)
	}
}

// TestBrokenFilesAreRefused changes a good archive byte by byte and cuts it: every answer
// is an error of this program or a tile, never a panic.
func TestBrokenFilesAreRefused(t *testing.T) {
	tiles := map[uint64][]byte{}
	for i := range uint64(200) {
		tiles[i*3] = fmt.Appendf(nil, "tile %d", i)
	}
	whole, err := os.ReadFile(write(t, tiles))
	if err != nil {
		t.Fatal(err)
	}
	for name, b := range map[string][]byte{
		"empty": nil, "short": whole[:100], "another kind": []byte("SQLite format 3\x00" + string(whole[16:])),
		"older version": append([]byte("PMTiles\x02"), whole[8:]...), "cut off": whole[:len(whole)-1], "only the head": whole[:127],
	} {
		if _, err := archive.NewReader(bytes.NewReader(b), int64(len(b))); err == nil || fault.CodeOf(err) == fault.Internal {
			t.Errorf("%s: %v", name, err)
		}
	}
	rnd := rand.New(rand.NewPCG(3, 4))
	for range 400 {
		b := bytes.Clone(whole)
		b[rnd.IntN(1200)] ^= byte(1 + rnd.IntN(255)) // header and root directory
		readAll(t, b)
	}
}

// readAll reads everything of a file that may be damaged.
func readAll(t testing.TB, b []byte) {
	r, err := archive.NewReader(bytes.NewReader(b), int64(len(b)))
	if err != nil {
		if fault.CodeOf(err) == fault.Internal {
			t.Fatalf("error of another kind: %v", err)
		}
		return
	}
	var metadata map[string]any
	_ = r.Metadata(&metadata)
	n := 0
	for c, err := range r.All() {
		if err != nil {
			if fault.CodeOf(err) == fault.Internal {
				t.Fatalf("error of another kind: %v", err)
			}
			return
		}
		if n++; n > 1000 {
			return
		}
		if plain, err := r.Tile(c.Tile); err == nil && int(c.Tile.Z) <= r.MaxZoom && int(c.Tile.Z) >= r.MinZoom {
			if other, err := r.Unpack(c.Packed); err != nil || !bytes.Equal(plain, other) {
				t.Fatalf("tile %d by address is not the one in the walk (%v)", c.ID, err)
			}
		}
	}
}

func FuzzReader(f *testing.F) {
	whole, err := os.ReadFile(write(f, map[uint64][]byte{0: []byte("a"), 1: []byte("a"), 9: []byte("b")}))
	if err != nil {
		f.Fatal(err)
	}
	f.Add(whole)
	plain := bytes.Clone(whole[:127]) // a root that is not compressed
	plain[97], plain[16], plain[24], plain[32] = 1, 5, 0, 0
	f.Add(append(plain, 1, 0, 1, 1, 1, 0, 0, 0))
	f.Fuzz(func(t *testing.T, b []byte) { readAll(t, b) })
}

// forest makes tiles of a few features that lie somewhere: a tile has something where
// one of them is in it.
func forest(calls *atomic.Int64) archive.Make {
	places := []orb.Point{{120.9, 32.1}, {120.91, 32.11}, {121.7, 31.9}, {-3, 51}}
	return func(ctx context.Context, t maptile.Tile) ([]byte, error) {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		calls.Add(1)
		var b []byte
		for i, p := range places {
			if maptile.At(p, t.Z) == t {
				b = fmt.Appendf(b, "%d in %d ", i, t.Z)
			}
		}
		return b, nil
	}
}

func contents(t *testing.T, name string) map[string]string {
	t.Helper()
	r, err := archive.Open(name)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	got := map[string]string{}
	for c, err := range r.All() {
		if err != nil {
			t.Fatal(err)
		}
		plain, err := r.Unpack(c.Packed)
		if err != nil {
			t.Fatal(err)
		}
		got[fmt.Sprintf("%d/%d/%d", c.Tile.Z, c.Tile.X, c.Tile.Y)] = string(plain)
	}
	return got
}

func TestBake(t *testing.T) {
	var calls atomic.Int64
	of := forest(&calls)
	bound := &orb.Bound{Min: orb.Point{120, 31}, Max: orb.Point{122, 33}}
	p := archive.Pyramid{Min: 2, Max: 15, Bound: bound, Workers: 3, Reaches: func(ctx context.Context, tile maptile.Tile) (bool, error) {
		had := calls.Load()
		body, err := of(ctx, tile)
		calls.Add(had - calls.Load()) // is no making
		return len(body) > 0, err
	}}
	want := map[string]string{}
	for z := p.Min; z <= p.Max; z++ {
		for _, at := range []orb.Point{{120.9, 32.1}, {120.91, 32.11}, {121.7, 31.9}} {
			tile := maptile.At(at, maptile.Zoom(z))
			body, _ := of(t.Context(), tile)
			want[fmt.Sprintf("%d/%d/%d", tile.Z, tile.X, tile.Y)] = string(body)
		}
	}
	name := filepath.Join(t.TempDir(), "b.pmtiles")
	begin := func(key string) *archive.Writer {
		t.Helper()
		w, err := archive.Create(name, archive.Start{Key: key, State: "of " + key})
		if err != nil {
			t.Fatal(err)
		}
		return w
	}
	finish := func(w *archive.Writer) {
		t.Helper()
		if err := w.Bake(t.Context(), p, of); err != nil {
			t.Fatal(err)
		}
		if err := w.Finish(archive.About{MinZoom: p.Min, MaxZoom: p.Max, Bound: *bound}); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, contents(t, name)); diff != "" {
			t.Error(diff)
		}
	}
	calls.Store(0)
	finish(begin("one"))
	whole := calls.Load()
	first, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}

	// Broken off at every call in turn, gone on with, the file is the same byte by byte.
	for stop := int64(1); stop < whole; stop += 5 {
		w := begin("two")
		if w.Resumed() != 0 {
			t.Fatalf("a baking that was finished has left %d tiles", w.Resumed())
		}
		calls.Store(0)
		err := w.Bake(t.Context(), p, func(ctx context.Context, tile maptile.Tile) ([]byte, error) {
			if calls.Load() >= stop {
				return nil, errors.New("the power is gone")
			}
			return of(ctx, tile)
		})
		if err == nil {
			t.Fatal("the error of a tile is lost")
		}
		if err := w.Suspend(); err != nil {
			t.Fatal(err)
		}
		w = begin("two")
		had := int64(w.Resumed())
		calls.Store(0)
		finish(w)
		if stop > 100 && (had == 0 || calls.Load() >= whole) {
			t.Errorf("broken off after %d tiles, the second run had %d and made %d", stop, had, calls.Load())
		}
		again, err := os.ReadFile(name)
		if err != nil || !bytes.Equal(first, again) {
			t.Fatalf("broken off after %d tiles, the archive is another (%v)", stop, err)
		}
	}
	left, err := os.ReadDir(filepath.Dir(name))
	if err != nil || len(left) != 1 {
		t.Errorf("%v are left over (%v)", left, err)
	}
}

// TestJournalAfterACrash goes on with spools as a crash may leave them.
func TestJournalAfterACrash(t *testing.T) {
	dir := t.TempDir()
	name := filepath.Join(dir, "c.pmtiles")
	begin := func(key string) *archive.Writer {
		t.Helper()
		w, err := archive.Create(name, archive.Start{Key: key, State: "state of " + key})
		if err != nil {
			t.Fatal(err)
		}
		return w
	}
	spoil := func(what string, size int64) {
		t.Helper()
		if err := os.Truncate(name+what, size); err != nil {
			t.Fatal(err)
		}
	}
	body := func(i uint64) []byte { return archive.Pack(fmt.Appendf(nil, "tile %d", i/2)) }
	w := begin("k")
	for i := range uint64(10) {
		if err := w.Add(i, body(i)); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := archive.Create(name, archive.Start{Key: "k"}); fault.CodeOf(err) != fault.Conflict {
		t.Errorf("a second baking of the same file: %v", err)
	}
	if err := w.Add(9, body(9)); err == nil {
		t.Error("the same tile was taken twice")
	}
	if err := w.Suspend(); err != nil {
		t.Fatal(err)
	}
	info, err := os.Stat(name + ".journal")
	if err != nil {
		t.Fatal(err)
	}
	spoil(".journal", info.Size()-7) // the last record is not whole
	w = begin("k")
	if w.Resumed() != 9 || w.Last() != 8 || w.Start().State != "state of k" {
		t.Errorf("resumed with %d tiles, the last %d, %+v", w.Resumed(), w.Last(), w.Start())
	}
	if err := w.Suspend(); err != nil {
		t.Fatal(err)
	}
	if info, err = os.Stat(name + ".part"); err != nil {
		t.Fatal(err)
	}
	spoil(".part", info.Size()-3) // the bytes of the last content are not all there
	w = begin("k")
	if w.Resumed() != 8 {
		t.Errorf("resumed with %d tiles of a spool that holds 8", w.Resumed())
	}
	for i := uint64(8); i < 10; i++ {
		if err := w.Add(i, body(i)); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Finish(archive.About{MaxZoom: 2}); err != nil {
		t.Fatal(err)
	}
	r, err := archive.Open(name)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	want := map[uint64][]byte{}
	for i := range uint64(10) {
		want[i] = fmt.Appendf(nil, "tile %d", i/2)
	}
	checkHolds(t, r, want)

	w = begin("k")
	if err := w.Add(1, body(1)); err != nil {
		t.Fatal(err)
	}
	if err := w.Suspend(); err != nil {
		t.Fatal(err)
	}
	w = begin("other")
	if w.Resumed() != 0 || w.Start().State != "state of other" {
		t.Errorf("a baking of something else goes on with %d tiles", w.Resumed())
	}
	if err := w.Finish(archive.About{}); fault.CodeOf(err) != fault.NotFound {
		t.Errorf("an archive without tiles: %v", err)
	}
	w = begin("other")
	if err := w.Discard(); err != nil {
		t.Fatal(err)
	}
	if left, err := os.ReadDir(dir); err != nil || len(left) != 1 {
		t.Errorf("%v are left over (%v)", left, err)
	}
}
