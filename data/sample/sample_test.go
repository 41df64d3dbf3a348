package sample_test

import (
	"testing"
	"time"

	"onemap/data/sample"
	"onemap/layers"
)

func TestTimes(t *testing.T) {
	for _, o := range []sample.Options{{Seed: 1}, {Seed: 1, Small: true}} {
		b := time.Now()
		p, err := sample.City(o)
		if err != nil {
			t.Fatal(err)
		}
		t.Log("plan", time.Since(b))
		all := time.Now()
		for _, id := range p.Layers() {
			b := time.Now()
			n := 0
			err := p.Each(id, func(r layers.Record) error { n++; return nil })
			t.Log(id, n, p.Count(id), time.Since(b), err)
		}
		t.Log("all", time.Since(all))
	}
}
