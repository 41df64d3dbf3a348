package tiles

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"onemap/layers/fault"
)

// waiters blocks until n callers wait for the key.
func (f *Flights[T]) waiters(t *testing.T, key string, n int) {
	t.Helper()
	for deadline := time.Now().Add(10 * time.Second); ; time.Sleep(time.Millisecond) {
		f.mu.Lock()
		own := f.now[key]
		got := 0
		if own != nil {
			got = own.waiting
		}
		f.mu.Unlock()
		if got == n {
			return
		}
		if time.Now().After(deadline) {
			t.Fatalf("%d callers wait for %q, want %d", got, key, n)
		}
	}
}

func TestFlightsShareEqualWork(t *testing.T) {
	var f Flights[int]
	var calls, shared atomic.Int32
	open := make(chan struct{})
	work := func(context.Context) (int, error) {
		calls.Add(1)
		<-open
		return 42, nil
	}
	var wait sync.WaitGroup
	for range 8 {
		wait.Go(func() {
			got, joined, err := f.Do(t.Context(), "tile", work)
			if got != 42 || err != nil {
				t.Errorf("got %d, %v", got, err)
			}
			if joined {
				shared.Add(1)
			}
		})
	}
	f.waiters(t, "tile", 8)
	close(open)
	wait.Wait()
	if calls.Load() != 1 || shared.Load() != 7 {
		t.Errorf("the work ran %d times and %d callers shared it, want 1 and 7", calls.Load(), shared.Load())
	}
	if _, _, err := f.Do(t.Context(), "tile", work); err != nil || calls.Load() != 2 {
		t.Errorf("after the end the work ran %d times in all (%v), want 2: results are not kept", calls.Load(), err)
	}
	if len(f.now) != 0 {
		t.Errorf("%d flights are left over", len(f.now))
	}
}

func TestFlightsKeepKeysApart(t *testing.T) {
	var f Flights[string]
	var wait sync.WaitGroup
	for i := range 50 {
		wait.Go(func() {
			key := fmt.Sprint(i % 10)
			got, _, err := f.Do(t.Context(), key, func(context.Context) (string, error) { return key, nil })
			if got != key || err != nil {
				t.Errorf("key %s gave %q, %v", key, got, err)
			}
		})
	}
	wait.Wait()
}

func TestFlightsCancelOnlyWithTheLastCaller(t *testing.T) {
	var f Flights[int]
	begun, stopped := make(chan struct{}), make(chan error, 1)
	work := func(ctx context.Context) (int, error) {
		close(begun)
		<-ctx.Done()
		stopped <- ctx.Err()
		return 0, ctx.Err()
	}
	first, leaveFirst := context.WithCancel(t.Context())
	second, leaveSecond := context.WithCancel(t.Context())
	defer leaveFirst()
	defer leaveSecond()
	results := make(chan error, 2)
	ask := func(ctx context.Context) {
		_, _, err := f.Do(ctx, "tile", work)
		results <- err
	}
	go ask(first)
	<-begun
	go ask(second)
	f.waiters(t, "tile", 2)

	leaveFirst()
	if err := <-results; fault.CodeOf(err) != fault.Cancelled {
		t.Errorf("the caller that left got %v", err)
	}
	select {
	case err := <-stopped:
		t.Fatalf("the work was stopped (%v) though a caller still waits", err)
	case <-time.After(20 * time.Millisecond):
	}
	leaveSecond()
	if err := <-results; fault.CodeOf(err) != fault.Cancelled {
		t.Errorf("the last caller got %v", err)
	}
	if err := <-stopped; !errors.Is(err, context.Canceled) {
		t.Errorf("the work ended with %v", err)
	}
}

func TestFlightsDoNotJoinAbandonedWork(t *testing.T) {
	var f Flights[int]
	begun, release := make(chan struct{}), make(chan struct{})
	ctx, leave := context.WithCancel(t.Context())
	left := make(chan struct{})
	go func() {
		defer close(left)
		_, _, _ = f.Do(ctx, "tile", func(context.Context) (int, error) {
			close(begun)
			<-release // slow to notice that it is cancelled
			return 1, nil
		})
	}()
	<-begun
	leave()
	<-left
	got, shared, err := f.Do(t.Context(), "tile", func(context.Context) (int, error) { return 2, nil })
	if got != 2 || shared || err != nil {
		t.Errorf("got %d, shared %v, %v; want fresh work", got, shared, err)
	}
	close(release)
}

func TestFlightsErrors(t *testing.T) {
	gone, leave := context.WithCancel(t.Context())
	leave()
	tests := []struct {
		name string
		ctx  context.Context
		work func(context.Context) (int, error)
		want fault.Code
	}{
		{"an error is handed on", t.Context(), func(context.Context) (int, error) {
			return 0, fault.New(fault.Unavailable, "The database is away.")
		}, fault.Unavailable},
		{"a panic becomes an error", t.Context(), func(context.Context) (int, error) { panic("broken") }, fault.Internal},
		{"the time limit", t.Context(), func(ctx context.Context) (int, error) {
			<-ctx.Done()
			return 0, ctx.Err()
		}, fault.Unavailable},
		{"a caller that is gone already", gone, func(context.Context) (int, error) {
			t.Error("work ran for nobody")
			return 0, nil
		}, fault.Cancelled},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			f := Flights[int]{Limit: 50 * time.Millisecond}
			_, _, err := f.Do(tt.ctx, "tile", tt.work)
			if fault.CodeOf(err) != tt.want {
				t.Errorf("got %v, want code %s", err, tt.want)
			}
		})
	}
}

func TestFlightsKeepTheCallersValues(t *testing.T) {
	type key struct{}
	var f Flights[any]
	got, _, err := f.Do(context.WithValue(t.Context(), key{}, "request 7"), "tile",
		func(ctx context.Context) (any, error) { return ctx.Value(key{}), nil })
	if got != "request 7" || err != nil {
		t.Errorf("got %v, %v", got, err)
	}
}

// TestFlightsUnderRace has callers come and go at random; the race detector watches, and
// no flight may be left over.
func TestFlightsUnderRace(t *testing.T) {
	var f Flights[int]
	var wait sync.WaitGroup
	for i := range 400 {
		wait.Go(func() {
			ctx, leave := context.WithTimeout(t.Context(), time.Duration(i%5)*time.Millisecond)
			defer leave()
			want := i % 7
			got, _, err := f.Do(ctx, fmt.Sprint(want), func(ctx context.Context) (int, error) {
				select {
				case <-time.After(2 * time.Millisecond):
					return want, nil
				case <-ctx.Done():
					return 0, ctx.Err()
				}
			})
			if err == nil && got != want {
				t.Errorf("got %d, want %d", got, want)
			}
			if err != nil && fault.CodeOf(err) != fault.Cancelled {
				t.Errorf("got %v", err)
			}
		})
	}
	wait.Wait()
	f.mu.Lock()
	defer f.mu.Unlock()
	if len(f.now) != 0 {
		t.Errorf("%d flights are left over", len(f.now))
	}
}
