package web

import (
	"context"
	"crypto/rand"
	"log/slog"
	"strconv"
	"strings"
	"sync"
	"time"

	"onemap/data/survey"
	"onemap/layers/fault"
)

// What a check is doing.
const (
	checkQueued    = "queued"
	checkRunning   = "running"
	checkDone      = "done"
	checkFailed    = "failed"
	checkCancelled = "cancelled"
	checkBroken    = "broken_off" // the program stopped or died in the middle; it can be run again
	checkIdle      = "idle"       // none runs
)

// The notes on a batch's way by which a check that was broken off is known.
const (
	noteBegun         = "check begun"
	noteFailed        = "check failed: "
	noteCancelled     = "check cancelled"
	noteNotUnderstood = "not understood: "
)

// checkState is how far a check is, as a client sees it.
type checkState struct {
	Batch       int64         `json:"batch"`
	State       string        `json:"state"`
	Stage       survey.Stage  `json:"stage,omitempty"`
	Done        int64         `json:"done"`
	Total       int64         `json:"total"`        // of the stage; 0: not known
	Rate        float64       `json:"rate"`         // of done, a second
	SecondsLeft *float64      `json:"seconds_left"` // of the stage; null: not known
	Seconds     float64       `json:"seconds"`      // since the check began
	Tally       *survey.Tally `json:"tally,omitempty"`
	Error       *trouble      `json:"error,omitempty"`
}

// trouble is an error within an answer.
type trouble struct {
	Code   fault.Code `json:"code"`
	Field  string     `json:"field,omitempty"`
	Detail string     `json:"detail"`
}

func troubleOf(err error) *trouble {
	message, field := fault.MessageOf(err)
	return &trouble{Code: fault.CodeOf(err), Field: field, Detail: message}
}

// job is one check in this process.
type job struct {
	id     string
	cancel context.CancelFunc
	ended  chan struct{}

	mu      sync.Mutex
	now     checkState
	seq     int
	changed chan struct{} // closed at the next change
	begun   time.Time
	staged  time.Time // when the stage began
}

// look returns the state, its number, and what is closed at the next change.
func (j *job) look() (now checkState, id string, changed <-chan struct{}) {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.now, j.id + "." + strconv.Itoa(j.seq), j.changed
}

func (j *job) change(f func(*checkState)) {
	j.mu.Lock()
	defer j.mu.Unlock()
	f(&j.now)
	if !j.begun.IsZero() {
		j.now.Seconds = time.Since(j.begun).Seconds()
	}
	j.seq++
	close(j.changed)
	j.changed = make(chan struct{})
}

// progress notes how far a stage is.
func (j *job) progress(stage survey.Stage, done, total int64) {
	j.change(func(c *checkState) {
		if c.Stage != stage {
			c.Stage, j.staged = stage, time.Now()
		}
		c.Done, c.Total, c.Rate, c.SecondsLeft = done, total, 0, nil
		if took := time.Since(j.staged).Seconds(); took > 0.2 && done > 0 {
			c.Rate = float64(done) / took
			if total >= done {
				left := float64(total-done) / c.Rate
				c.SecondsLeft = &left
			}
		}
	})
}

func (j *job) running() bool {
	now, _, _ := j.look()
	return now.State == checkQueued || now.State == checkRunning
}

// jobs are the checks of this process: one at a time of a batch, a bounded number in all.
type jobs struct {
	Survey
	ctx     context.Context
	working *sync.WaitGroup
	log     *slog.Logger
	slots   chan struct{}

	mu      sync.Mutex
	byBatch map[int64]*job
	order   []int64 // batches, the one asked for first in front
}

const (
	checksAtOnce   = 2
	checksWaiting  = 100
	checksRemember = 200 // whose end is remembered
)

func newJobs(ctx context.Context, s Survey, working *sync.WaitGroup, log *slog.Logger) *jobs {
	n := s.Checks
	if n <= 0 {
		n = checksAtOnce
	}
	return &jobs{Survey: s, ctx: ctx, working: working, log: log, slots: make(chan struct{}, n), byBatch: map[int64]*job{}}
}

// of returns the latest check of a batch in this process, or nil.
func (js *jobs) of(batch int64) *job {
	js.mu.Lock()
	defer js.mu.Unlock()
	return js.byBatch[batch]
}

// start begins a check, or joins the one that runs. The error is Unavailable when too many
// are waiting.
func (js *jobs) start(batch int64, who string) (*job, error) {
	js.mu.Lock()
	defer js.mu.Unlock()
	if j := js.byBatch[batch]; j != nil && j.running() {
		return j, nil
	}
	waiting := 0
	for _, j := range js.byBatch {
		if j.running() {
			waiting++
		}
	}
	if waiting >= checksWaiting {
		return nil, fault.New(fault.Unavailable, "%d checks are waiting already; try again when some are done.", waiting)
	}
	ctx, cancel := context.WithCancel(js.ctx)
	j := &job{id: strings.ToLower(rand.Text()), cancel: cancel, ended: make(chan struct{}), changed: make(chan struct{}), now: checkState{Batch: batch, State: checkQueued}}
	if _, again := js.byBatch[batch]; !again {
		js.order = append(js.order, batch)
	}
	js.byBatch[batch] = j
	js.forget()
	js.working.Go(func() {
		defer cancel()
		js.run(ctx, j, batch, who)
	})
	return j, nil
}

// forget lets go of the oldest ends; the lock is held.
func (js *jobs) forget() {
	for i := 0; i < len(js.order) && len(js.order) > checksRemember; {
		if js.byBatch[js.order[i]].running() {
			i++
			continue
		}
		delete(js.byBatch, js.order[i])
		js.order = append(js.order[:i], js.order[i+1:]...)
	}
}

// run waits for its turn and checks.
func (js *jobs) run(ctx context.Context, j *job, batch int64, who string) {
	defer close(j.ended)
	select {
	case js.slots <- struct{}{}:
		defer func() { <-js.slots }()
	case <-ctx.Done():
		j.change(func(c *checkState) { c.State = checkCancelled })
		return
	}
	j.mu.Lock()
	j.begun = time.Now()
	j.staged = j.begun
	j.mu.Unlock()
	j.change(func(c *checkState) { c.State = checkRunning })
	tally, err := js.check(ctx, j, batch, who)
	switch {
	case err == nil:
		j.change(func(c *checkState) { c.State, c.Tally, c.SecondsLeft = checkDone, &tally, nil })
	case js.ctx.Err() != nil: // the program stops; the note that it began stays the last
		j.change(func(c *checkState) { c.State, c.SecondsLeft = checkBroken, nil })
	case ctx.Err() != nil:
		js.note(batch, who, noteCancelled)
		j.change(func(c *checkState) { c.State, c.SecondsLeft = checkCancelled, nil })
	default:
		t := troubleOf(err)
		if t.Code == fault.Internal {
			js.log.Error("check failed", "batch", batch, "error", err)
		}
		js.note(batch, who, noteFailed+t.Detail)
		j.change(func(c *checkState) { c.State, c.Error, c.SecondsLeft = checkFailed, t, nil })
	}
}

// check is the work itself; a panic within it fails the check and not the program.
func (js *jobs) check(ctx context.Context, j *job, batch int64, who string) (t survey.Tally, err error) {
	defer func() {
		if broken := recover(); broken != nil {
			err = fault.New(fault.Internal, "panic: %v", broken)
		}
	}()
	if err := js.Store.NoteBatch(ctx, batch, who, noteBegun); err != nil {
		return t, err
	}
	return js.Intake.Check(ctx, batch, who, j.progress)
}

// note writes how a check ended, though its own context is over.
func (js *jobs) note(batch int64, who, text string) {
	ctx, cancel := context.WithTimeout(js.ctx, 10*time.Second)
	defer cancel()
	_ = js.Store.NoteBatch(ctx, batch, who, text) // the end of the check is told all the same
}
