package ask_test

import (
	"context"
	"encoding/json"
	"sync"
	"testing"

	"github.com/jackc/pgx/v5/pgxpool"

	"onemap/data"
	"onemap/data/ask"
	"onemap/data/pgtest"
	"onemap/data/storetest"
	"onemap/layers"
	"onemap/layers/fault"
	"onemap/tiles/mirror"
)

func TestMain(m *testing.M) { pgtest.Main(m) }

var viewer = layers.Reader{Role: layers.RoleViewer}

// world is a small sample city with an Asker over it, and a pool for questions of the
// test's own.
type world struct {
	*ask.Asker
	store *data.Store
	pool  *pgxpool.Pool
}

var builtin = storetest.Builtin

func city(t testing.TB) *world { return cityWith(t, nil) }

// cityWith is the city with some layers out of thin air.
func cityWith(t testing.TB, other map[string]*invented) *world {
	t.Helper()
	ctx := context.Background()
	store, url := storetest.City(t)
	pool, err := pgxpool.New(ctx, url)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(pool.Close)
	return &world{ask.New(store, memory{mirror.New(store.Catalogue(), store, mirror.Options{}), other, new(sync.Map)}), store, pool}
}

// inputs turns JSON into a question's inputs.
func inputs(t testing.TB, text string) map[string]json.RawMessage {
	t.Helper()
	var in map[string]json.RawMessage
	if err := json.Unmarshal([]byte(text), &in); err != nil {
		t.Fatal(err)
	}
	return in
}

// must asks and fails the test where there is no answer.
func (w *world) must(t testing.TB, question, text string) *ask.Answer {
	t.Helper()
	return w.within(t, question, text, nil)
}

// within asks in a scenario.
func (w *world) within(t testing.TB, question, text string, sc *ask.Scenario) *ask.Answer {
	t.Helper()
	a, err := w.Ask(context.Background(), ask.Request{Question: question, Inputs: inputs(t, text), Reader: viewer, Scenario: sc})
	if err != nil {
		t.Fatalf("%s %s: %v", question, text, err)
	}
	return a
}

// refused asks what has to be refused, and returns the code and the field.
func (w *world) refused(t testing.TB, question, text string) (fault.Code, string) {
	t.Helper()
	_, err := w.Ask(context.Background(), ask.Request{Question: question, Inputs: inputs(t, text), Reader: viewer})
	if err == nil {
		t.Fatalf("%s %s: was answered", question, text)
	}
	_, field := fault.MessageOf(err)
	return fault.CodeOf(err), field
}

// table returns a table of an answer.
func table(t testing.TB, a *ask.Answer, id string) *ask.Table {
	t.Helper()
	for _, x := range a.Tables {
		if x.ID == id {
			return x
		}
	}
	t.Fatalf("the answer has no table %s", id)
	return nil
}
