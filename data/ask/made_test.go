package ask

import (
	"context"
	"errors"
	"fmt"
	"testing"
)

// What is kept is bounded by things and by records, and what was used last stays.
func TestMadeForgetsTheOldest(t *testing.T) {
	m, made := newMade(), 0
	get := func(key string, records int) {
		if _, err := m.get(context.Background(), key, 1, records, func() (any, error) { made++; return key, nil }); err != nil {
			t.Fatal(err)
		}
	}
	for k := range 3 * mostMade {
		get("often", 1)
		get(fmt.Sprint(k), 1)
	}
	if made != 3*mostMade+1 || len(m.items) != mostMade {
		t.Errorf("%d were made, %d are kept", made, len(m.items))
	}
	for k := range 6 {
		get(fmt.Sprint("large ", k), mostRecords/3)
	}
	records := 0
	for _, item := range m.items {
		records += item.records
	}
	if records > mostRecords || m.items["large 5"] == nil {
		t.Errorf("%d things of %d records are kept", len(m.items), records)
	}
	get("beyond all", 2*mostRecords)
	if len(m.items) != 1 {
		t.Errorf("%d things are kept beside one that is too large", len(m.items))
	}
}

// Where a making fails or panics, those who wait make it again.
func TestMadeAgainAfterAPanic(t *testing.T) {
	m := newMade()
	begun, on := make(chan struct{}), make(chan struct{})
	go func() {
		defer func() { _ = recover() }()
		_, _ = m.get(context.Background(), "key", 1, 1, func() (any, error) {
			close(begun)
			<-on
			panic("in the middle")
		})
	}()
	<-begun
	got := make(chan any)
	go func() {
		v, err := m.get(context.Background(), "key", 1, 1, func() (any, error) { return "made", nil })
		if err != nil {
			v = err
		}
		got <- v
	}()
	close(on)
	if v := <-got; v != "made" {
		t.Errorf("%v", v)
	}
	if _, err := m.get(context.Background(), "other", 1, 1, func() (any, error) { return nil, errors.New("no") }); err == nil || m.items["other"] != nil {
		t.Errorf("%v; a failure is kept", err)
	}
}
