package tiles

import (
	"context"
	"errors"
	"fmt"
	"runtime/debug"
	"sync"
	"time"

	"onemap/layers/fault"
)

// Flights lets equal work that is asked for at the same time be done once. The work
// runs apart from the callers: one that leaves does not stop it for the others, and the
// last one to leave cancels it, so that no statement goes on that nobody waits for.
type Flights[T any] struct {
	Limit time.Duration // longest time that one piece of work may take; 0: no limit

	mu  sync.Mutex
	now map[string]*flight[T]
}

// flight is one piece of work under way.
type flight[T any] struct {
	waiting int
	cancel  context.CancelFunc
	done    chan struct{} // closed when value and err are set
	value   T
	err     error
}

// Do returns work's result for the key, joining work that is under way. shared says
// that another caller had begun it. The work's context carries the first caller's values,
// ends with the last caller and after the time limit. Do returns a Cancelled error when
// ctx ends first, an Unavailable one if the time limit ends the work, and an Internal
// one if the work panics.
func (f *Flights[T]) Do(ctx context.Context, key string, work func(context.Context) (T, error)) (value T, shared bool, err error) {
	if err := ctx.Err(); err != nil {
		return value, false, fault.Wrap(err, fault.Cancelled, "The request was given up.")
	}
	f.mu.Lock()
	own, shared := f.now[key]
	if shared {
		own.waiting++
	} else {
		own = f.begin(ctx, key, work)
	}
	f.mu.Unlock()

	select {
	case <-own.done:
		return own.value, shared, own.err
	case <-ctx.Done():
		f.leave(key, own)
		return value, shared, fault.Wrap(ctx.Err(), fault.Cancelled, "The request was given up.")
	}
}

// begin starts the work of a new key; the lock is held.
func (f *Flights[T]) begin(ctx context.Context, key string, work func(context.Context) (T, error)) *flight[T] {
	ctx = context.WithoutCancel(ctx)
	var cancel context.CancelFunc
	if f.Limit > 0 {
		ctx, cancel = context.WithTimeout(ctx, f.Limit)
	} else {
		ctx, cancel = context.WithCancel(ctx)
	}
	own := &flight[T]{waiting: 1, cancel: cancel, done: make(chan struct{})}
	if f.now == nil {
		f.now = make(map[string]*flight[T])
	}
	f.now[key] = own
	go func() {
		defer cancel()
		own.value, own.err = guarded(ctx, work)
		if own.err != nil && errors.Is(ctx.Err(), context.DeadlineExceeded) {
			own.err = fault.Wrap(own.err, fault.Unavailable, "This took longer than %s and was stopped.", f.Limit)
		}
		f.mu.Lock()
		f.forget(key, own)
		f.mu.Unlock()
		close(own.done)
	}()
	return own
}

// leave takes one caller off; with the last the work is cancelled and no longer joined.
func (f *Flights[T]) leave(key string, own *flight[T]) {
	f.mu.Lock()
	defer f.mu.Unlock()
	own.waiting--
	if own.waiting == 0 {
		own.cancel()
		f.forget(key, own)
	}
}

// forget takes the work off the table unless newer work has its key by now; the lock is held.
func (f *Flights[T]) forget(key string, own *flight[T]) {
	if f.now[key] == own {
		delete(f.now, key)
	}
}

// guarded runs the work and makes a panic an error of every caller: the work is on no
// request's own goroutine, so nothing else would catch it.
func guarded[T any](ctx context.Context, work func(context.Context) (T, error)) (value T, err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fault.Wrap(fmt.Errorf("panic: %v\n%s", p, debug.Stack()), fault.Internal, "A tile could not be made.")
		}
	}()
	return work(ctx)
}
