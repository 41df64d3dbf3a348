package main

import (
	"context"
	"fmt"

	"onemap/web/load"
)

// pageSize is how many features of a page are asked for.
const pageSize = 1000

// itemsTarget is how many times as many pages a second as documents of one SQL statement
// there are to be.
const itemsTarget = 6

// measureItems reads the same page of enterprises again and again, over one connection and
// over eight, and has one SQL statement build the same document.
func (m *benchmark) measureItems(ctx context.Context) error {
	m.say("items")
	times := 100
	if m.Quick {
		times = 10
	}
	paths := repeated(fmt.Sprintf("/api/collections/enterprise/items?limit=%d&bbox=%s", pageSize, cityBox), times)
	views, err := m.views("enterprise")
	if err != nil {
		return err
	}
	document := func(ctx context.Context, _ int) (int, error) {
		text, err := m.floor.Document(ctx, views[0], cityBound, pageSize)
		return len(text), err
	}
	for _, at := range []int{1, connections} {
		if _, err := m.ask(ctx, at, false, paths[:times/10]); err != nil {
			return err
		}
		r, err := m.ask(ctx, at, false, paths)
		if err != nil {
			return err
		}
		if _, err := load.Run(ctx, load.Plan{Connections: at, Count: times / 10}, document); err != nil {
			return err
		}
		floor, err := load.Run(ctx, load.Plan{Connections: at, Count: times, Limit: partLimit}, document)
		if err != nil {
			return err
		}
		m.add(newFigure(fmt.Sprintf("items, 1,000 enterprises, c=%d", at), r.PerSecond(), "documents/s").
			beside("one SQL statement", floor.PerSecond()).atLeast(significant(itemsTarget * floor.PerSecond())))
		if at == 1 {
			m.add(newFigure("items, size of a document", kilobytes(r.MeanBytes()), "kB").beside("one SQL statement", kilobytes(floor.MeanBytes())))
		}
	}
	return nil
}
