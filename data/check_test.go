package data_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/paulmach/orb"
	"github.com/paulmach/orb/encoding/wkb"

	"onemap/data"
	"onemap/data/pgtest"
	"onemap/geo"
	"onemap/layers"
	"onemap/layers/fault"
)

// piled are so many records on one place, of a layer without administrative units.
func piled(n int) []layers.Record {
	var records []layers.Record
	for i := range n {
		records = append(records, layers.Record{
			Row: int64(i + 1), Source: "county", SourceID: fmt.Sprint(i), PositionQuality: layers.PositionImage, Datum: geo.CGCS2000,
			Geometry: orb.Point{120.91, 32.05}, Values: map[string]any{"code": fmt.Sprintf("c%03d", i), "kind": "a"},
		})
	}
	return records
}

func TestFindingsBeyondTheLimitAreCounted(t *testing.T) {
	s := open(t)
	ctx := context.Background()
	b := brought(t, s, "a.zip", data.ScopeLayer, piled(30))
	var listed, counted int64
	_, err := s.CheckStagedWithin(ctx, b.ID, data.CheckLimits{Findings: 7}, func(f layers.Finding) error {
		if f.Rule == "C4" {
			if f.Row > 0 {
				listed++
			}
			counted += f.Count
		}
		return nil
	})
	if err != nil || listed != 7 || counted != 23 {
		t.Errorf("%d listed, %d counted, %v", listed, counted, err)
	}
}

func TestRulesThatTakeTooLongSaySo(t *testing.T) {
	s := open(t)
	b := brought(t, s, "a.zip", data.ScopeLayer, piled(5000))
	unfinished := 0
	_, err := s.CheckStagedWithin(context.Background(), b.ID, data.CheckLimits{Time: time.Millisecond}, func(f layers.Finding) error {
		if f.Row == 0 && f.Severity == layers.SeverityWarning && f.Count == 0 && f.Hint.En != "" {
			unfinished++
		}
		return nil
	})
	if err != nil || unfinished == 0 {
		t.Errorf("%d rules were not finished, %v", unfinished, err)
	}
}

func TestChecksNeedStagedRows(t *testing.T) {
	s := open(t)
	ctx := context.Background()
	each := func(layers.Finding) error { return nil }
	if _, err := s.CheckStaged(ctx, 4711, each); fault.CodeOf(err) != fault.NotFound {
		t.Errorf("an unknown batch: %v", err)
	}
	b, err := s.CreateBatch(ctx, data.Batch{Layer: "dot", Source: "county", Scope: data.ScopeLayer, FileName: "a", FileHash: "a", CreatedBy: "census"})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.CheckStaged(ctx, b.ID, each); fault.CodeOf(err) != fault.Conflict {
		t.Errorf("nothing is staged: %v", err)
	}
	b = brought(t, s, "b.zip", data.ScopeLayer, piled(30))
	stop := errors.New("stop")
	if _, err := s.CheckStaged(ctx, b.ID, func(layers.Finding) error { return stop }); !errors.Is(err, stop) {
		t.Errorf("the caller's error: %v", err)
	}
}

// A row that the database finds an error in is not published, and neither is one that the
// checker of rows has marked; what is published under their keys stays.
func TestFaultyRowsAreNotPublished(t *testing.T) {
	s := open(t)
	ctx := context.Background()
	old := numbered("other", map[string]int64{"a": 1, "b": 1})
	if _, err := s.Publish(ctx, data.Publication{Layer: "dot", Scope: data.ScopeSource("other"), Name: "other", By: "x"}, each(old)); err != nil {
		t.Fatal(err)
	}
	records := numbered("county", map[string]int64{"a": 5, "c": 5, "d": 5})
	for i := range records {
		records[i].Row = int64(i + 1)
		records[i].Faulty = records[i].Values["code"] == "d"
	}
	b := brought(t, s, "a.zip", data.ScopeSource("county"), records)
	var rules []string
	if _, err := s.CheckStaged(ctx, b.ID, func(f layers.Finding) error {
		if f.Severity == layers.SeverityError {
			rules = append(rules, f.Rule+" "+f.Object)
		}
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	if !slices.Equal(rules, []string{"U2 a"}) {
		t.Errorf("found %v", rules)
	}
	advance(t, s, b.ID, data.BatchSelfChecked, data.BatchCityChecked, data.BatchAccepted)
	e, err := s.PublishBatch(ctx, b.ID, "reviewer")
	if err != nil || e.Added != 1 || e.Changed != 0 || e.Gone != 0 {
		t.Fatalf("%+v, %v", e, err)
	}
	got := rows(t, s, "dot")
	if len(got) != 3 || got["a"][1] != "1" || got["c"][1] != "5" {
		t.Errorf("%v", got)
	}
}

// TestOnlyValidAreasAreBeyondDoubt holds what the checker of rows calls valid against
// PostGIS, over areas on a coarse grid where everything degenerate happens.
func TestOnlyValidAreasAreBeyondDoubt(t *testing.T) {
	ctx := context.Background()
	url := pgtest.Database(t, func(ctx context.Context, url string) error {
		c, err := pgx.Connect(ctx, url)
		if err != nil {
			return err
		}
		defer c.Close(ctx)
		_, err = c.Exec(ctx, "CREATE EXTENSION postgis")
		return err
	}, "postgis only")
	c, err := pgx.Connect(ctx, url)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close(ctx)
	cat := catalogue(t)
	l := cat.Layer("plot")
	m, _, err := l.Match([]string{"code"}, layers.Hints{})
	if err != nil {
		t.Fatal(err)
	}
	checker := l.NewChecker(m, "test")
	rnd := rand.New(rand.NewPCG(5, 5))
	ring := func(n, side int) orb.Ring {
		r := orb.Ring{}
		for range n {
			r = append(r, orb.Point{120.9 + 1e-4*float64(rnd.IntN(side)), 32 + 1e-4*float64(rnd.IntN(side))})
		}
		return append(r, r[0])
	}
	sure, valid := 0, 0
	for i := range 3000 {
		g := orb.MultiPolygon{{ring(3+rnd.IntN(4), 7)}}
		if rnd.IntN(3) == 0 {
			g[0] = append(g[0], ring(3, 7))
		}
		r, _ := checker.Row(int64(i+1), "", []any{fmt.Sprint(i)}, g, geo.CGCS2000)
		raw, err := wkb.Marshal(g)
		if err != nil {
			t.Fatal(err)
		}
		var ok bool
		if err := c.QueryRow(ctx, "SELECT ST_IsValid(ST_GeomFromWKB($1))", raw).Scan(&ok); err != nil {
			t.Fatal(err)
		}
		if !r.Doubtful {
			sure++
			if !ok {
				t.Fatalf("called valid: %v", g)
			}
		}
		if ok {
			valid++
		}
	}
	if sure < valid/2 {
		t.Errorf("only %d of %d valid areas are beyond doubt", sure, valid)
	}
}
