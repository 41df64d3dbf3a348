package layers_test

import (
	"math"
	"math/rand/v2"
	"regexp"
	"strings"
	"testing"

	"github.com/paulmach/orb"

	"onemap/layers"
)

// row is a record in memory.
type row struct {
	values map[string]any
	at     orb.Geometry
}

func (r row) Value(f *layers.Field) any { return r.values[f.Name] }
func (r row) Geometry() orb.Geometry    { return r.at }

func TestLogicHasThreeValues(t *testing.T) {
	const f, u, tr = layers.False, layers.Unknown, layers.True
	all := []layers.Truth{f, u, tr}
	and := [][]layers.Truth{{f, f, f}, {f, u, u}, {f, u, tr}}
	or := [][]layers.Truth{{f, u, tr}, {u, u, tr}, {tr, tr, tr}}
	for i, a := range all {
		p := &layers.Constant{Truth: a}
		for j, b := range all {
			args := []layers.Predicate{p, &layers.Constant{Truth: b}}
			if got := (&layers.Logic{Op: layers.And, Args: args}).Eval(nil); got != and[i][j] {
				t.Errorf("%d and %d is %d", a, b, got)
			}
			if got := (&layers.Logic{Op: layers.Or, Args: args}).Eval(nil); got != or[i][j] {
				t.Errorf("%d or %d is %d", a, b, got)
			}
		}
		if got, want := (&layers.Logic{Op: layers.Not, Args: []layers.Predicate{p}}).Eval(nil), all[2-i]; got != want {
			t.Errorf("not %d is %d", a, got)
		}
		if got := (&layers.Logic{Op: layers.Undecided, Args: []layers.Predicate{p}}).Eval(nil); (got == tr) != (a == u) || got == u {
			t.Errorf("%d is null: %d", a, got)
		}
	}
}

func TestPredicatesOfOneRecord(t *testing.T) {
	v := poleView(t)
	f := v.Field
	r := row{values: map[string]any{"kind": "wood", "wires": int64(3), "height": 9.5, "lit": true}, at: orb.Point{121, 32}}
	for _, test := range []struct {
		p    layers.Predicate
		want layers.Truth
	}{
		{layers.OneOf(f("kind"), "steel", "wood"), layers.True},
		{layers.OneOf(f("kind"), "steel"), layers.False},
		{layers.OneOf(f("name"), "x"), layers.Unknown},
		{layers.InRange(f("wires"), int64(3), int64(3)), layers.True},
		{layers.InRange(f("wires"), nil, int64(2)), layers.False},
		{layers.InRange(f("height"), 9.0, nil), layers.True},
		{layers.InRange(f("lit"), false, false), layers.False},
		{layers.InRange(f("wires"), nil, nil), layers.True},
		{layers.InRange(f("name"), nil, nil), layers.False},
		{layers.Missing(f("name")), layers.True},
		{layers.Missing(f("kind")), layers.False},
	} {
		if !test.p.InMemory() {
			t.Errorf("%s can't be evaluated", test.p.Key())
		}
		if got := test.p.Eval(r); got != test.want {
			t.Errorf("%s: %d, want %d", test.p.Key(), got, test.want)
		}
	}
}

// TestLikeAgainstRegexp compares with a regular expression that means the same.
func TestLikeAgainstRegexp(t *testing.T) {
	v := poleView(t)
	rng := rand.New(rand.NewPCG(1, 2))
	alphabet := []string{"a", "b", "站", "%", "_", `\\`, `\%`, `\_`, `\a`}
	hits := 0
	for range 20000 {
		var pattern, want strings.Builder
		for range rng.IntN(7) {
			s := alphabet[rng.IntN(len(alphabet))]
			pattern.WriteString(s)
			switch s {
			case "%":
				want.WriteString("(?s:.*)")
			case "_":
				want.WriteString("(?s:.)")
			default:
				want.WriteString(regexp.QuoteMeta(strings.TrimPrefix(s, `\`)))
			}
		}
		text := ""
		for range rng.IntN(6) {
			text += []string{"a", "b", "站", "%", "_", `\`, "\n"}[rng.IntN(7)]
		}
		fits := regexp.MustCompile("^(?:" + want.String() + `)\z`).MatchString(text)
		got := (&layers.Like{Of: layers.Property{Field: v.Field("name")}, Pattern: pattern.String()}).Eval(row{values: map[string]any{"name": text}})
		if (got == layers.True) != fits {
			t.Fatalf("%q like %q: %d, want %v", text, pattern.String(), got, fits)
		}
		if fits {
			hits++
		}
	}
	if hits < 500 {
		t.Errorf("%d hits only", hits)
	}
}

func TestFolding(t *testing.T) {
	for text, want := range map[string]string{"ΟΔΌς": "οδόσ", "Straße": "straße", "ÉCOLE": "école", "化工A厂": "化工a厂"} {
		if got := layers.FoldCase(text); got != want {
			t.Errorf("case of %s: %s, want %s", text, got, want)
		}
	}
	for text, want := range map[string]string{"débárquér": "debarquer", "Zürich": "Zurich", "e\u0301": "e", "한국": "한국", "ガ": "ガ", "化工": "化工"} {
		if got := layers.FoldAccents(text); got != want {
			t.Errorf("accents of %s: %s, want %s", text, got, want)
		}
	}
}

func TestCalculate(t *testing.T) {
	for _, test := range []struct {
		op         layers.ArithOp
		a, b, want float64
		ok         bool
	}{
		{layers.Add, 1, 2, 3, true},
		{layers.Subtract, 1, 2, -1, true},
		{layers.Multiply, 1e200, 1e200, 0, false},
		{layers.Multiply, 1e-200, 1e-200, 0, true},
		{layers.Divide, 1, 0, 0, false},
		{layers.Divide, 7, 2, 3.5, true},
		{layers.Mod, -7, 2, -1, true},
		{layers.Mod, 7, 0, 0, false},
		{layers.Div, -7, 2, -3, true},
		{layers.Power, 2, 10, 1024, true},
		{layers.Power, 0, 0, 1, true},
		{layers.Power, 0, -1, 0, false},
		{layers.Power, -8, 1.0 / 3, 0, false},
		{layers.Power, 10, 400, 0, false},
		{layers.Add, math.Inf(1), 1, 0, false},
	} {
		if got, ok := layers.Calculate(test.op, test.a, test.b); got != test.want || ok != test.ok {
			t.Errorf("%v %s %v: %v, %v", test.a, test.op, test.b, got, ok)
		}
	}
}
