package sample_test

import (
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"sync"
	"testing"
	"time"

	"onemap/data/sample"
)

// digest is a fingerprint of all records of a layer.
func digest(p *sample.Plan, layer string) (string, error) {
	h := sha256.New()
	e := json.NewEncoder(h)
	for r, err := range p.Records(layer) {
		if err == nil {
			err = e.Encode(r)
		}
		if err != nil {
			return "", err
		}
	}
	return fmt.Sprintf("%x", h.Sum(nil)[:8]), nil
}

// digests fingerprints every layer, all at once.
func digests(t *testing.T, p *sample.Plan) map[string]string {
	t.Helper()
	var wait sync.WaitGroup
	var lock sync.Mutex
	out := map[string]string{}
	for _, id := range p.Layers() {
		wait.Go(func() {
			d, err := digest(p, id)
			lock.Lock()
			defer lock.Unlock()
			if err != nil {
				t.Error(err)
			}
			out[id] = d
		})
	}
	wait.Wait()
	return out
}

// The same options make the same city, whatever the order in which layers are written;
// another seed makes another one.
func TestDeterminism(t *testing.T) {
	now := time.Date(2021, 12, 31, 16, 0, 0, 0, time.UTC)
	o := sample.Options{Seed: 11, Small: true, Now: now}
	first := digests(t, plan(t, o))
	p, err := sample.City(o)
	if err != nil {
		t.Fatal(err)
	}
	for _, id := range p.Layers() {
		again, err := digest(p, id)
		if err != nil || again != first[id] {
			t.Errorf("%s differs the second time (%v)", id, err)
		}
	}
	other := digests(t, plan(t, sample.Options{Seed: 12, Small: true, Now: now}))
	for _, id := range p.Layers() {
		if other[id] == first[id] && id != "disaster_event" {
			t.Errorf("%s is the same for another seed", id)
		}
	}
}
