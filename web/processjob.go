package web

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"log/slog"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"onemap/data/ask"
	"onemap/layers"
	"onemap/layers/fault"
)

// The states of a job (18-062r2, 7.13).
const (
	jobAccepted   = "accepted"
	jobRunning    = "running"
	jobSuccessful = "successful"
	jobFailed     = "failed"
	jobDismissed  = "dismissed"
)

const (
	questionsAtOnce = 2                // that someone waits for; as many jobs besides
	jobsUnfinished  = 100              // that wait or run
	jobsKept        = 200              // finished, with their answers
	jobsMemory      = 128 << 20        // bytes of kept answers as JSON; in memory they are some times larger
	jobKeep         = time.Hour        // after its end
	jobLimit        = 15 * time.Minute // longest time for a job's answer
)

// processJob is a question that is answered while its asker does something else. What is
// fixed comes first; the rest changes under the lock.
type processJob struct {
	id      string
	asker   string // whose it is; see askerOf
	order   execution
	created time.Time
	cancel  context.CancelFunc
	ended   chan struct{}

	mu       sync.Mutex
	state    string
	message  layers.Text
	progress float64 // 0 to 1
	started  time.Time
	finished time.Time
	updated  time.Time
	answer   *ask.Answer
	err      error
	seq      int
	changed  chan struct{} // closed at the next change
}

// change changes a job that has not ended.
func (j *processJob) change(f func()) {
	j.mu.Lock()
	defer j.mu.Unlock()
	if j.over() {
		return
	}
	f()
	j.updated = time.Now()
	if j.over() {
		j.finished = j.updated
	}
	j.seq++
	close(j.changed)
	j.changed = make(chan struct{})
}

// over reports whether the job has ended; the lock is held.
func (j *processJob) over() bool {
	return j.state == jobSuccessful || j.state == jobFailed || j.state == jobDismissed
}

func (j *processJob) running() bool {
	j.mu.Lock()
	defer j.mu.Unlock()
	return !j.over()
}

// report notes how far the answering is.
func (j *processJob) report(share float64, at layers.Text) {
	j.change(func() { j.progress, j.message = min(max(share, j.progress), 1), at })
}

// look returns the number of the job's state and what is closed at the next change.
func (j *processJob) look() (id string, over bool, changed <-chan struct{}) {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.id + "." + strconv.Itoa(j.seq), j.over(), j.changed
}

// processJobs are the questions that this process answers, in bounds of number, time and
// memory.
type processJobs struct {
	Questions
	log     *slog.Logger
	ctx     context.Context // of jobs; ends with the server
	stop    context.CancelFunc
	working sync.WaitGroup
	slots   chan struct{} // one for each job that is being answered
	turns   chan struct{} // one for each question that someone waits for

	mu    sync.Mutex
	byID  map[string]*processJob
	order []*processJob // the first asked first
	sizes map[*processJob]int64
}

func newProcessJobs(q Questions, log *slog.Logger) *processJobs {
	js := &processJobs{
		Questions: q, log: log, byID: map[string]*processJob{}, sizes: map[*processJob]int64{},
		slots: make(chan struct{}, questionsAtOnce), turns: make(chan struct{}, questionsAtOnce),
	}
	js.ctx, js.stop = context.WithCancel(context.Background())
	return js
}

// answer asks while someone waits.
func (js *processJobs) answer(ctx context.Context, order execution) (*ask.Answer, error) {
	select {
	case js.turns <- struct{}{}:
		defer func() { <-js.turns }()
	case <-ctx.Done():
		return nil, fault.Wrap(ctx.Err(), fault.Unavailable, "Other questions are being answered; try again shortly.")
	}
	return order.ask(ctx, js.Asker)
}

// begin takes a question as a job. The error is Unavailable when too many are waiting.
func (js *processJobs) begin(asker string, order execution) (*processJob, error) {
	js.mu.Lock()
	defer js.mu.Unlock()
	waiting := 0
	for _, j := range js.order {
		if j.running() {
			waiting++
		}
	}
	if waiting >= jobsUnfinished {
		return nil, fault.New(fault.Unavailable, "%d questions are waiting already; try again when some are answered.", waiting)
	}
	ctx, cancel := context.WithTimeout(js.ctx, jobLimit)
	now := time.Now()
	j := &processJob{
		id: strings.ToLower(rand.Text()), asker: asker, order: order, created: now, cancel: cancel, ended: make(chan struct{}),
		state: jobAccepted, updated: now, changed: make(chan struct{}),
	}
	js.byID[j.id] = j
	js.order = append(js.order, j)
	js.working.Go(func() {
		defer cancel()
		js.run(ctx, j)
	})
	return j, nil
}

// run waits for its turn and asks.
func (js *processJobs) run(ctx context.Context, j *processJob) {
	defer close(j.ended)
	defer js.done(j)
	select {
	case js.slots <- struct{}{}:
		defer func() { <-js.slots }()
	case <-ctx.Done():
		j.change(func() { j.state = jobDismissed })
		return
	}
	j.change(func() { j.state, j.started = jobRunning, time.Now() })
	answer, err := js.ask(ctx, j)
	switch {
	case err == nil:
		j.change(func() { j.state, j.answer, j.progress, j.message = jobSuccessful, answer, 1, layers.Text{} })
	case ctx.Err() == context.DeadlineExceeded:
		err = fault.New(fault.TooLarge, "The answer took longer than %s and was given up. Ask for less.", jobLimit)
		j.change(func() { j.state, j.err = jobFailed, err })
	case ctx.Err() != nil:
		j.change(func() { j.state = jobDismissed })
	default:
		if fault.CodeOf(err) == fault.Internal {
			js.log.Error("question failed", "question", j.order.question, "error", err)
		}
		j.change(func() { j.state, j.err = jobFailed, err })
	}
}

// ask is the work itself; a panic within it fails the job and not the program.
func (js *processJobs) ask(ctx context.Context, j *processJob) (answer *ask.Answer, err error) {
	defer func() {
		if broken := recover(); broken != nil {
			err = fault.New(fault.Internal, "panic: %v", broken)
		}
	}()
	order := j.order
	order.progress = j.report
	return order.ask(ctx, js.Asker)
}

// counter counts bytes.
type counter int64

func (c *counter) Write(p []byte) (int, error) { *c += counter(len(p)); return len(p), nil }

// done makes room after a job's end: of those that have ended, the first asked go first.
func (js *processJobs) done(j *processJob) {
	time.AfterFunc(jobKeep, func() { js.drop(j) })
	j.mu.Lock()
	answer := j.answer
	j.order.inputs, j.order.scenario = nil, nil // nobody needs them any more
	j.mu.Unlock()
	var size counter
	if answer != nil {
		_ = json.NewEncoder(&size).Encode(answer) // one that can't be written is told when it is asked for
	}
	js.mu.Lock()
	defer js.mu.Unlock()
	if answer != nil {
		js.sizes[j] = int64(size)
	}
	total, ended := int64(0), 0
	for _, other := range js.order {
		if total += js.sizes[other]; !other.running() {
			ended++
		}
	}
	for _, other := range slices.Clone(js.order) {
		if (total > jobsMemory || ended > jobsKept) && other != j && !other.running() {
			total, ended = total-js.sizes[other], ended-1
			js.remove(other)
		}
	}
}

// remove forgets a job; the lock is held.
func (js *processJobs) remove(j *processJob) {
	delete(js.byID, j.id)
	delete(js.sizes, j)
	js.order = slices.DeleteFunc(js.order, func(other *processJob) bool { return other == j })
}

// drop forgets a job.
func (js *processJobs) drop(j *processJob) {
	js.mu.Lock()
	defer js.mu.Unlock()
	js.remove(j)
}

// of returns a job by its id, or nil.
func (js *processJobs) of(id string) *processJob {
	js.mu.Lock()
	defer js.mu.Unlock()
	return js.byID[id]
}

// ofAsker are the jobs of one asker, the newest first.
func (js *processJobs) ofAsker(asker string) (list []*processJob) {
	js.mu.Lock()
	defer js.mu.Unlock()
	for _, j := range slices.Backward(js.order) {
		if asker != "" && j.asker == asker {
			list = append(list, j)
		}
	}
	return list
}

// dismiss cancels a job, or forgets its answer, and returns when nothing of it runs any more.
func (js *processJobs) dismiss(ctx context.Context, j *processJob) error {
	j.cancel()
	select {
	case <-j.ended:
	case <-ctx.Done():
		return fault.Wrap(ctx.Err(), fault.Unavailable, "The job is being dismissed and has not ended yet.")
	}
	j.mu.Lock()
	j.state, j.answer, j.err, j.message = jobDismissed, nil, nil, layers.Text{}
	j.mu.Unlock()
	js.mu.Lock()
	defer js.mu.Unlock()
	delete(js.sizes, j)
	return nil
}
