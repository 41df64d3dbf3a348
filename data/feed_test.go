package data_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"sort"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"onemap/data"
	"onemap/geo"
	"onemap/layers"
)

// TestFeedMissesAndRepeatsNothing has writers in parallel, some slow, some rolled back,
// while a reader reads, loses its place in memory (a restart from its kept position) and
// has its connections cut. Every committed edition comes exactly once.
func TestFeedMissesAndRepeatsNothing(t *testing.T) {
	s := open(t)
	ctx := context.Background()
	at, err := s.Now(ctx)
	if err != nil {
		t.Fatal(err)
	}
	var mu sync.Mutex
	var committed []int64
	var writers sync.WaitGroup
	for w := range 6 {
		writers.Go(func() {
			rnd := rand.New(rand.NewPCG(9, uint64(w)))
			for i := range 12 {
				source := fmt.Sprint("w", w)
				layer := []string{"dot", "path", "plot"}[rnd.IntN(3)]
				fail := rnd.IntN(4) == 0
				e, err := s.Publish(ctx, data.Publication{Layer: layer, Scope: data.ScopeSource(source), Name: source, By: "test"},
					func(yield func(layers.Record, error) bool) {
						time.Sleep(time.Duration(rnd.IntN(15)) * time.Millisecond)
						r := layers.Record{
							Source: source, SourceID: "1", PositionQuality: layers.PositionNone, Datum: geo.Unknown,
							Values: map[string]any{"code": source + layer, "kind": "a", "size": int64(i)},
						}
						if yield(r, nil) && fail {
							yield(layers.Record{}, fmt.Errorf("given up"))
						}
					})
				if (err != nil) != fail {
					t.Errorf("publish: %v", err)
				}
				if err == nil {
					mu.Lock()
					committed = append(committed, e.ID)
					mu.Unlock()
				}
			}
		})
	}
	done := make(chan struct{})
	go func() { writers.Wait(); close(done) }()
	var seen []int64
	feed := s.Feed(at)
	for last := false; ; {
		changes, err := feed.Read(ctx)
		if err != nil {
			t.Fatal(err)
		}
		for _, c := range changes {
			seen = append(seen, c.Edition)
		}
		feed = s.Feed(feed.Position()) // as after a restart
		if last {
			break
		}
		select {
		case <-done:
			last = true
		case <-time.After(2 * time.Millisecond):
		}
	}
	order := func(ids []int64) []int64 { sort.Slice(ids, func(i, j int) bool { return ids[i] < ids[j] }); return ids }
	if diff := cmp.Diff(order(committed), order(seen)); diff != "" {
		t.Errorf("committed and seen differ:\n%s", diff)
	}
}

func TestFollowSurvivesLostConnections(t *testing.T) {
	s := open(t)
	ctx, stop := context.WithCancel(context.Background())
	defer stop()
	at, err := s.Now(ctx)
	if err != nil {
		t.Fatal(err)
	}
	got := make(chan data.Change, 100)
	ended := make(chan error, 1)
	go func() {
		ended <- s.Feed(at).Follow(ctx, func(changes []data.Change) {
			for _, c := range changes {
				got <- c
			}
		})
	}()
	for i := range 5 {
		publish(t, s, "dot", numbered("one", map[string]int64{"a": int64(i)}))
		if i%2 == 0 {
			if err := s.CutConnections(ctx); err != nil {
				t.Fatal(err)
			}
		}
		select {
		case c := <-got:
			if c.Layer != "dot" || c.Who != "test" {
				t.Errorf("got %+v", c)
			}
		case <-time.After(20 * time.Second):
			t.Fatal("the change does not arrive")
		}
	}
	stop()
	if err := <-ended; err != context.Canceled {
		t.Errorf("Follow ended with %v", err)
	}
	if len(got) > 0 {
		t.Errorf("a change came twice: %+v", <-got)
	}
}
