package data_test

import (
	"context"
	"sync"
	"testing"
	"time"

	"github.com/paulmach/orb/maptile"

	"onemap/layers"
	"onemap/layers/fault"
)

// TestReadsOutliveCutConnections cuts every connection under readers in parallel, as a
// restart of the server does: no reader sees an error.
func TestReadsOutliveCutConnections(t *testing.T) {
	s := open(t)
	ctx := context.Background()
	publish(t, s, "dot", random("dot", 2000, 1))
	q := layers.Query{View: view(t, s, "dot")}
	stop := make(chan struct{})
	var readers sync.WaitGroup
	for range 6 {
		readers.Go(func() {
			for i := 0; ; i++ {
				select {
				case <-stop:
					return
				default:
				}
				var err error
				switch i % 3 {
				case 0:
					_, err = s.Tile(ctx, q, maptile.New(427, 207, 9))
				case 1:
					_, err = s.Count(ctx, q)
				case 2:
					_, err = s.Search(ctx, []*layers.View{q.View}, "化工", 3)
				}
				if err != nil {
					t.Error(err)
					return
				}
			}
		})
	}
	for range 8 {
		time.Sleep(50 * time.Millisecond)
		if err := s.CutConnections(ctx); err != nil && fault.CodeOf(err) == fault.Internal {
			t.Log("cutting:", err) // the cutting connection may be among the dead ones
		}
	}
	close(stop)
	readers.Wait()
}

// TestLeavingStopsTheStatement gives up a long question and finds nothing of it running.
func TestLeavingStopsTheStatement(t *testing.T) {
	s := open(t)
	for range 5 {
		ctx, leave := context.WithTimeout(context.Background(), 100*time.Millisecond)
		err := s.Sleep(ctx, 60)
		leave()
		if fault.CodeOf(err) != fault.Cancelled {
			t.Fatalf("got %v", err)
		}
	}
	deadline := time.Now().Add(30 * time.Second)
	for {
		n, err := s.Sleeping(context.Background())
		if err != nil {
			t.Fatal(err)
		}
		if n == 0 {
			return
		}
		if time.Now().After(deadline) {
			t.Fatalf("%d statements run on after their callers have left", n)
		}
		time.Sleep(20 * time.Millisecond)
	}
}
