// Package storetest gives tests a store on a fresh database: with empty tables, with
// records of their own, or with a small sample city. A database is filled once a test
// process, as a template of pgtest. Only tests import this package.
package storetest

import (
	"context"
	"fmt"
	"iter"
	"sync"
	"testing"

	"onemap/data"
	"onemap/data/pgtest"
	"onemap/data/sample"
	"onemap/layers"
)

// Builtin is the catalogue that the program carries.
var Builtin = sync.OnceValues(layers.Builtin)

// Plan is the small sample city that City publishes.
var Plan = sync.OnceValues(func() (*sample.Plan, error) {
	return sample.City(sample.Options{Seed: 2021, Small: true})
})

// Open opens a store on a fresh database that has the tables of the catalogue and what
// fill put there, if it is not nil; it returns the database's address too. Equal keys must
// mean an equal catalogue and fill. The store is closed when the test ends.
func Open(tb testing.TB, key string, cat *layers.Catalogue, fill func(context.Context, *data.Store) error) (*data.Store, string) {
	tb.Helper()
	url := pgtest.Database(tb, func(ctx context.Context, url string) error {
		s, err := data.Open(ctx, url, cat, data.Options{})
		if err != nil {
			return err
		}
		defer s.Close()
		if _, err := s.Migrate(ctx, false); err != nil || fill == nil {
			return err
		}
		return fill(ctx, s)
	}, key)
	s, err := data.Open(context.Background(), url, cat, data.Options{})
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(s.Close)
	return s, url
}

// Empty opens a store on a fresh database that has the tables of every layer that the
// program carries; it returns the database's address too.
func Empty(tb testing.TB) (*data.Store, string) {
	tb.Helper()
	return builtin(tb, "empty", nil)
}

// City opens a store on a fresh database with the records of Plan; it returns the
// database's address too.
func City(tb testing.TB) (*data.Store, string) {
	tb.Helper()
	return builtin(tb, "city", publishCity)
}

func builtin(tb testing.TB, key string, fill func(context.Context, *data.Store) error) (*data.Store, string) {
	tb.Helper()
	cat, err := Builtin()
	if err != nil {
		tb.Fatal(err)
	}
	return Open(tb, "builtin "+key, cat, fill)
}

func publishCity(ctx context.Context, s *data.Store) error {
	p, err := Plan()
	if err != nil {
		return err
	}
	for _, id := range p.Layers() {
		publication := data.Publication{Layer: id, Scope: data.ScopeLayer, Name: "test", By: "test", Quiet: true}
		if _, err := s.Publish(ctx, publication, p.Records(id)); err != nil {
			return fmt.Errorf("layer %s: %w", id, err)
		}
	}
	return nil
}

// Records yields the records of a list, as Store.Publish takes them.
func Records(list []layers.Record) iter.Seq2[layers.Record, error] {
	return func(yield func(layers.Record, error) bool) {
		for _, r := range list {
			if !yield(r, nil) {
				return
			}
		}
	}
}
