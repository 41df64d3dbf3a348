package ask

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"onemap/data"
	"onemap/layers"
	"onemap/layers/fault"
)

// Memory holds layers as of now; *mirror.Mirror is one. The error is Unsupported for a
// filter that it can't decide.
type Memory interface {
	Features(ctx context.Context, q layers.Query) (layers.Features, error)
}

// Asker answers questions. Its methods may be used by several at once.
type Asker struct {
	cat    *layers.Catalogue
	store  *data.Store
	memory Memory
	clock  func() time.Time
	made   *made
}

// New makes an Asker over a database and what of it is in memory.
func New(store *data.Store, memory Memory) *Asker {
	return &Asker{cat: store.Catalogue(), store: store, memory: memory, clock: time.Now, made: newMade()}
}

// Request is a question as it is asked.
type Request struct {
	Question string
	Inputs   map[string]json.RawMessage
	Reader   layers.Reader
	Scenario *Scenario                           // nil: as things are
	Progress func(share float64, at layers.Text) // 0 to 1; nil: not wanted
}

// Ask answers a question. It ends soon after ctx does. The error is NotFound for a question
// or layer that there is not, Invalid for a wrong input, which it names, Cancelled,
// TooLarge, Unavailable.
func (a *Asker) Ask(ctx context.Context, r Request) (*Answer, error) {
	q := ByID(r.Question)
	if q == nil {
		return nil, fault.New(fault.NotFound, "There is no question %.40q.", r.Question)
	}
	values, err := q.read(r.Inputs)
	if err != nil {
		return nil, err
	}
	s := &Session{
		ctx: ctx, asker: a, reader: r.Reader, scenario: r.Scenario, progress: r.Progress,
		at: a.clock(), sources: []*Source{},
	}
	begun := time.Now()
	answer, err := q.answer(s, values)
	if err != nil {
		if ctx.Err() != nil && fault.CodeOf(err) == fault.Internal {
			err = fault.Wrap(ctx.Err(), fault.Cancelled, "The question was given up")
		}
		return nil, fmt.Errorf("%s: %w", q.ID, err)
	}
	answer.Question, answer.Title, answer.Inputs, answer.AskedAt = q.ID, q.Title, values.Given(), s.at
	answer.Took = float64(time.Since(begun).Microseconds()) / 1000
	answer.Sources = s.sources
	answer.Assumptions = append(s.assumptions, answer.Assumptions...)
	answer.Problems = append(s.problems, answer.Problems...)
	if r.Scenario != nil {
		answer.Scenario = r.Scenario.Name
	}
	answer.fill()
	return answer, nil
}

// fill makes empty lists of missing ones: a client need not ask whether a list is there.
func (a *Answer) fill() {
	if a.Summary == nil {
		a.Summary = []Figure{}
	}
	if a.Tables == nil {
		a.Tables = []*Table{}
	}
	if a.Shapes == nil {
		a.Shapes = []Drawing{}
	}
	if a.Assumptions == nil {
		a.Assumptions = []layers.Text{}
	}
	if a.Problems == nil {
		a.Problems = []Trouble{}
	}
	for _, t := range a.Tables {
		if t.Rows == nil {
			t.Rows = []Row{}
		}
	}
}
