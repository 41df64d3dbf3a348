package main

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/paulmach/orb/encoding/mvt"
	"github.com/paulmach/orb/maptile"

	"onemap/geo"
)

// served is onemap serve as a process of its own.
type served struct {
	cmd  *exec.Cmd
	base string
	said *output
}

// serve starts the program on the world's database and home.
func (w *world) serve(t *testing.T) *served {
	t.Helper()
	s := &served{cmd: w.program("serve", "--listen", "127.0.0.1:0"), said: &output{}}
	s.cmd.Stdout, s.cmd.Stderr = s.said, s.said
	if err := s.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = s.cmd.Process.Kill() // gone already, as a rule
		_ = s.cmd.Wait()
	})
	for deadline := time.Now().Add(time.Minute); time.Now().Before(deadline); time.Sleep(5 * time.Millisecond) {
		if s.base = address.FindString(s.said.String()); s.base != "" {
			return s
		}
	}
	t.Fatalf("serve does not start: %s", s.said)
	return nil
}

// up reports whether the layers' tiles come from memory.
func (s *served) up(t *testing.T) bool {
	t.Helper()
	_, body := get(t, s.base+"/metrics")
	return strings.Contains(string(body), `onemap_mirror_up{layer="shelter"} 1`)
}

// struckPlaces are where shelters are moved to and fro and tiles are looked at.
var struckPlaces = [][2]float64{{120.5, 31.9}, {120.73, 31.97}, {121.02, 32.05}, {121.49, 32.09}}

// struckTiles are the tiles of those places at zooms with and without clusters.
func struckTiles() (tiles []maptile.Tile) {
	for _, z := range []maptile.Zoom{0, 6, 9, 11, 13, 14, 16} {
		for _, p := range struckPlaces {
			x, y := geo.World(p[0], p[1])
			if tile := geo.TileAt(x, y, z); !slices.Contains(tiles, tile) {
				tiles = append(tiles, tile)
			}
		}
	}
	return tiles
}

// compare holds the server's tiles against those that PostGIS makes for this instant, by
// all that their features are, and returns how many features there were.
func (s *served) compare(t *testing.T) (features int) {
	t.Helper()
	instant := "?datetime=" + url.QueryEscape(time.Now().UTC().Format(time.RFC3339Nano))
	for _, tile := range struckTiles() {
		at := fmt.Sprintf("%s/tiles/shelter/%d/%d/%d.mvt", s.base, tile.Z, tile.X, tile.Y)
		ours, theirs := shown(t, at), shown(t, at+instant)
		if !slices.Equal(ours, theirs) {
			t.Fatalf("%s, in memory: %v, has\n%s\ninstead of\n%s", at, s.up(t),
				strings.Join(without(ours, theirs), "\n"), strings.Join(without(theirs, ours), "\n"))
		}
		features += len(ours)
	}
	return features
}

// shown lists the features of a tile, sorted.
func shown(t *testing.T, at string) (list []string) {
	t.Helper()
	status, body := get(t, at)
	parsed, err := mvt.Unmarshal(body)
	if status != http.StatusOK || err != nil {
		t.Fatalf("%s: %d, %v", at, status, err)
	}
	for _, l := range parsed {
		for _, f := range l.Features {
			list = append(list, fmt.Sprintf("%s %.0f %v %v", l.Name, f.ID, f.Geometry, f.Properties))
		}
	}
	slices.Sort(list)
	return list
}

// without returns what is in a but not in b.
func without(a, b []string) []string {
	return slices.DeleteFunc(slices.Clone(a), func(s string) bool { return slices.Contains(b, s) })
}

// strain asks for tiles and moves records over HTTP until ctx ends or the server is gone;
// moved is how many moves were answered as done.
func (s *served) strain(ctx context.Context, seed uint64) (moved int) {
	var group sync.WaitGroup
	for _, tile := range struckTiles() {
		if tile.Z != 11 {
			continue
		}
		group.Go(func() {
			for ctx.Err() == nil {
				if _, _, err := request(ctx, http.MethodGet, fmt.Sprintf("%s/tiles/shelter/%d/%d/%d.mvt", s.base, tile.Z, tile.X, tile.Y), "", nil); err != nil {
					return
				}
			}
		})
	}
	rnd := rand.New(rand.NewPCG(seed, 5))
	for ctx.Err() == nil {
		at := fmt.Sprintf("%s/api/collections/shelter/items/%d", s.base, 1+rnd.IntN(sheltersInFile))
		_, tag, err := request(ctx, http.MethodGet, at, "", nil)
		if err != nil {
			break
		}
		p := struckPlaces[rnd.IntN(len(struckPlaces))]
		patch := fmt.Sprintf(`{"geometry":{"coordinates":[%.5f,%.5f]}}`, p[0]+rnd.Float64()/500, p[1]+rnd.Float64()/500)
		status, _, err := request(ctx, http.MethodPatch, at, tag, []byte(patch))
		if err != nil {
			break
		}
		if status == http.StatusOK {
			moved++
		}
	}
	group.Wait()
	return moved
}

// request sends one request and reads the answer whole.
func request(ctx context.Context, method, at, tag string, body []byte) (status int, etag string, err error) {
	r, err := http.NewRequestWithContext(ctx, method, at, bytes.NewReader(body))
	if err != nil {
		return 0, "", err
	}
	if method == http.MethodPatch {
		r.Header.Set("Content-Type", "application/merge-patch+json")
		r.Header.Set("If-Match", tag)
	}
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		return 0, "", err
	}
	defer answer.Body.Close()
	_, err = io.Copy(io.Discard, answer.Body)
	return answer.StatusCode, answer.Header.Get("ETag"), err
}

// TestKillingTheServerLeavesNoWrongTile kills the server while tiles are asked for, records
// are edited and an edition is published: from its first tile after the start on, be it from
// PostGIS, from a snapshot file of long before or read anew, each is what PostGIS says. By
// turns the server is told to end and killed while it writes its snapshots, except the
// first time, so that there are some; killed; and killed just after PostgreSQL was.
func TestKillingTheServerLeavesNoWrongTile(t *testing.T) {
	w := newWorld(t, true)
	rnd := rand.New(rand.NewPCG(5, 6))
	moves, compared := 0, 0
	s := w.serve(t)
	for i := range kills(3) {
		for !s.up(t) {
			compared += s.compare(t)
		}
		compared += s.compare(t)
		ctx, stop := context.WithCancel(t.Context())
		strained := make(chan int)
		go func() { strained <- s.strain(ctx, uint64(i)) }()
		pause := func() { time.Sleep(time.Duration(rnd.Float64() * float64(750*time.Millisecond))) }
		pause()
		publish := w.program("import", "shelter", shelters(t, "n.geojson", sheltersInFile, i+1), "--source", "census")
		if err := publish.Start(); err != nil {
			t.Fatal(err)
		}
		pause()
		switch i % 3 {
		case 0:
			_ = s.cmd.Process.Signal(syscall.SIGTERM)
			if i > 0 {
				time.Sleep(time.Duration(rnd.Float64() * float64(100*time.Millisecond)))
				_ = s.cmd.Process.Kill()
			}
		case 1:
			_ = s.cmd.Process.Kill()
		case 2:
			w.killPostgreSQL()
			time.Sleep(time.Duration(rnd.Float64() * float64(100*time.Millisecond)))
			_ = s.cmd.Process.Kill()
		}
		_ = s.cmd.Wait()
		stop()
		moves += <-strained
		_ = publish.Wait() // it fails where PostgreSQL was killed
		if _, err := os.Stat(filepath.Join(w.home, "mirror", "shelter.mirror")); err != nil {
			t.Error(err)
		}
		w.edition(t) // whole, and there again
		s = w.serve(t)
	}
	for !s.up(t) {
		compared += s.compare(t)
	}
	compared += s.compare(t)
	t.Logf("%d moves, %d features of tiles compared", moves, compared)
	if moves == 0 {
		t.Error("nothing was edited")
	}
}
