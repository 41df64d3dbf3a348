package ask

import (
	"context"
	"slices"
	"strings"
	"sync"
	"time"

	"onemap/geo/near"
	"onemap/layers"
	"onemap/layers/fault"
)

// Session is the answering of one question.
type Session struct {
	ctx      context.Context
	asker    *Asker
	reader   layers.Reader
	scenario *Scenario
	progress func(float64, layers.Text)
	at       time.Time

	mu          sync.Mutex
	sources     []*Source
	assumptions []layers.Text
	problems    []Trouble
}

// Set is a layer's features as a question sees them: with the scenario's changes.
type Set struct {
	layers.Features
	View   *layers.View
	Source *Source

	base *Set   // as things are, where the scenario changes something; else nil
	key  string // names the features but for their revision; empty: they are this session's own
}

// view is a layer as the reader may see it.
func (s *Session) view(id, input string) (*layers.View, error) {
	v, err := s.asker.cat.View(s.reader, id)
	return v, inField(err, input)
}

// layer returns the features of a layer that fit a filter in CQL2, empty for all, and notes
// the layer as a source of the answer. input names the filter's input in errors.
func (s *Session) layer(id, filter, input string) (*Set, error) {
	v, err := s.view(id, "")
	if err != nil {
		return nil, err
	}
	return s.set(v, filter, input)
}

func (s *Session) set(v *layers.View, filter, input string) (*Set, error) {
	if filter == "" {
		return s.fitting(v, nil)
	}
	return s.fitting(v, []condition{{filter: filter, input: input}})
}

// fitting are the features of a layer that fulfil all conditions, as set gives them.
func (s *Session) fitting(v *layers.View, wanted []condition) (*Set, error) {
	q := layers.Query{View: v, Datetime: layers.Now()}
	texts := make([]string, len(wanted))
	for k, c := range wanted {
		p, err := bind(v, c.input, c.filter)
		if err != nil {
			return nil, err
		}
		q.Filters, texts[k] = append(q.Filters, p), c.filter
	}
	present, err := s.present(q)
	if err != nil {
		return nil, err
	}
	f, err := s.changed(v, present, q.Filters)
	if err != nil {
		return nil, err
	}
	set := &Set{Features: present, View: v, key: q.Key()}
	if f != present {
		set = &Set{Features: f, View: v, base: set}
	}
	if set.Source, err = s.source(q, f, strings.Join(texts, " AND ")); err != nil {
		return nil, err
	}
	return set, nil
}

// chosen are the features that fit a query, with the scenario's changes.
func (s *Session) chosen(q layers.Query) (layers.Features, error) {
	f, err := s.present(q)
	if err != nil {
		return nil, err
	}
	return s.changed(q.View, f, q.Filters)
}

// present are the features that fit a query, as things are.
func (s *Session) present(q layers.Query) (layers.Features, error) {
	f, err := s.asker.memory.Features(s.ctx, q)
	if err != nil && fault.CodeOf(err) == fault.Unsupported && q.Filters != nil {
		return s.decided(q)
	}
	return f, err
}

// decided has PostGIS decide which features fit, once as long as the layer does not change.
func (s *Session) decided(q layers.Query) (layers.Features, error) {
	all, err := s.asker.memory.Features(s.ctx, layers.Query{View: q.View, Datetime: layers.Now()})
	if err != nil {
		return nil, err
	}
	return made1(s, "decided "+q.Key(), all.Revision(), all.Len(), func() (layers.Features, error) {
		ids, err := s.asker.store.IDs(s.ctx, q)
		if err != nil {
			return nil, err
		}
		o := &overlay{base: all, kept: make([]int, 0, len(ids))}
		for _, id := range ids {
			if i, found := all.Find(id); found {
				o.kept = append(o.kept, i)
			}
		}
		slices.Sort(o.kept)
		return o, nil
	})
}

// standing is what of a source is counted in the database.
type standing struct {
	counts  layers.Counts
	edition int64
	at      *time.Time
}

// source notes a layer as used.
func (s *Session) source(q layers.Query, f layers.Features, filter string) (*Source, error) {
	revision := f.Revision()
	stand, err := made1(s, "standing "+q.Key(), revision, 0, func() (*standing, error) {
		var st standing
		var err error
		if st.counts, err = s.asker.store.Counts(s.ctx, q, nil); err != nil {
			return nil, err
		}
		editions, err := s.asker.store.Editions(s.ctx, q.View.ID, 1)
		if err != nil {
			return nil, err
		}
		if len(editions) > 0 {
			st.edition, st.at = editions[0].ID, &editions[0].PublishedAt
		}
		return &st, nil
	})
	if err != nil {
		return nil, err
	}
	src := &Source{
		Layer: q.View.ID, Title: q.View.Title, Edition: stand.edition, Published: stand.at, Newest: stand.counts.Newest,
		Used: f.Len(), Unplaced: stand.counts.Unplaced, Synthetic: stand.counts.Synthetic > 0, Filter: filter,
	}
	if src.Newest != nil {
		age := s.at.Sub(*src.Newest).Seconds()
		src.Age = &age
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, known := range s.sources {
		if known.Layer == src.Layer && known.Filter == filter {
			return known, nil
		}
	}
	s.sources = append(s.sources, src)
	return src, nil
}

// points are the anchors of a set, on the earth, kept as long as the layer does not change.
func (s *Session) points(set *Set) (near.Points, error) {
	return derive(s, set, "points", func() (near.Points, error) {
		xs, ys := make([]uint32, set.Len()), make([]uint32, set.Len())
		for i := range xs {
			xs[i], ys[i] = set.Anchor(i)
		}
		return near.FromWorld(xs, ys), nil
	})
}

// index is a search tree over the anchors of a set.
func (s *Session) index(set *Set) (*near.Index, error) {
	return derive(s, set, "index", func() (*near.Index, error) {
		points, err := s.points(set)
		if err != nil {
			return nil, err
		}
		return near.Build(points), nil
	})
}

// numbers are a field's numbers, NaN for none. The error is Invalid where the reader has no
// such field of numbers.
func (s *Session) numbers(set *Set, name string) ([]float64, error) {
	f := set.View.Field(name)
	if f == nil || f.Type != layers.TypeInteger && f.Type != layers.TypeNumber {
		return nil, fault.New(fault.Invalid, "The layer %s has no field of numbers %q.", set.View.ID, name)
	}
	return derive(s, set, "numbers "+name, func() ([]float64, error) { return set.Numbers(f), nil })
}

// field is a field that the question itself relies on, or nil where the reader has none.
func (set *Set) field(name string) *layers.Field { return set.View.Field(name) }

// assume notes what the answer takes for granted.
func (s *Session) assume(zh, en string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	t := layers.Text{Zh: zh, En: en}
	if !slices.Contains(s.assumptions, t) {
		s.assumptions = append(s.assumptions, t)
	}
}

// trouble notes what could not be answered.
func (s *Session) trouble(t Trouble) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.problems) < 1000 {
		s.problems = append(s.problems, t)
	}
}

// report tells how far the answering is, 0 to 1, and with what.
func (s *Session) report(share float64, zh, en string) {
	if s.progress != nil {
		s.progress(share, layers.Text{Zh: zh, En: en})
	}
}

// left is the error to return when nobody wants the answer any more.
func (s *Session) left() error {
	return fault.Wrap(s.ctx.Err(), fault.Cancelled, "The question was given up")
}
