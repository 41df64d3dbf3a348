package tiles_test

import (
	"context"
	"errors"
	"sync"
	"testing"

	"github.com/paulmach/orb/maptile"

	"onemap/layers"
	"onemap/tiles"
)

// ledger counts changes; each is one in every tile of its layer.
type ledger struct {
	mu      sync.Mutex
	seq     uint64
	changed map[string]uint64
}

func (l *ledger) Seq() uint64 {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.seq
}

func (l *ledger) Changed(layer string, _ maptile.Tile) uint64 {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.changed[layer]
}

func (l *ledger) change(layer string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.seq++
	l.changed[layer] = l.seq
}

// TestChangeOnTheWay has a tile change while it is being made: who asks after the change is
// given a tile of after it, though the one begun before is not ready yet, and that one is
// not kept. A change of another layer leaves all as it is.
func TestChangeOnTheWay(t *testing.T) {
	book := &ledger{changed: map[string]uint64{}}
	begun, goOn := make(chan bool, 9), make(chan struct{})
	var mu sync.Mutex
	state, hold := "before", true
	source := func(context.Context, layers.Query, maptile.Tile) ([]byte, error) {
		mu.Lock()
		body, wait := []byte(state), hold
		mu.Unlock()
		begun <- true
		if wait {
			<-goOn
		}
		return body, nil
	}
	s := tiles.NewServer(source, tiles.Options{Fresh: book, Keep: 1 << 20})
	q := layers.Query{View: view(t, layers.RoleViewer, "shelter")}
	ask := func() (string, tiles.Way) {
		body, way, err := s.Tile(t.Context(), maptile.New(3, 5, 4), q)
		if err != nil {
			t.Error(err)
			return "", way
		}
		return string(body.As(0).Bytes), way
	}
	var early sync.WaitGroup
	for range 3 {
		early.Go(func() {
			if got, _ := ask(); got != "before" {
				t.Errorf("who asked before the change was given %q", got)
			}
		})
	}
	<-begun
	s.AwaitWaiting(3)
	mu.Lock()
	state, hold = "after", false
	mu.Unlock()
	book.change("shelter")
	if got, way := ask(); got != "after" || way != tiles.Made {
		t.Errorf("who asked after the change was given %q, %s", got, way)
	}
	close(goOn)
	early.Wait()
	for _, want := range []tiles.Way{tiles.Kept, tiles.Kept} {
		if got, way := ask(); got != "after" || way != want {
			t.Errorf("then %q was given, %s", got, way)
		}
		book.change("building")
	}
	book.change("shelter")
	if _, way := ask(); way != tiles.Made {
		t.Errorf("after a change the tile was %s", way)
	}
}

// TestFailureIsNotKept asks anew after a tile could not be made.
func TestFailureIsNotKept(t *testing.T) {
	broken := errors.New("no tile")
	s := tiles.NewServer(func(context.Context, layers.Query, maptile.Tile) ([]byte, error) {
		if broken != nil {
			return nil, broken
		}
		return []byte("whole"), nil
	}, tiles.Options{Fresh: &ledger{changed: map[string]uint64{}}, Keep: 1 << 20})
	q := layers.Query{View: view(t, layers.RoleViewer, "shelter")}
	if _, _, err := s.Tile(t.Context(), maptile.New(0, 0, 0), q); !errors.Is(err, broken) {
		t.Fatal(err)
	}
	broken = nil
	if body, way, err := s.Tile(t.Context(), maptile.New(0, 0, 0), q); err != nil || body.Len() == 0 || way != tiles.Made {
		t.Errorf("then it is %v, %s, %v", body, way, err)
	}
}
