package layers_test

import (
	"fmt"
	"os"
	"strings"
	"sync"
	"testing"

	"onemap/layers"
)

// firstDay are the layers that a city begins with.
var firstDay = []string{
	"admin_unit", "road", "population", "enterprise", "major_hazard_source", "chemical_park", "hidden_danger",
	"offshore_turbine", "lpg_station", "lifeline", "sensor", "fire_unit", "building", "public_facility", "hazard_zone",
	"disaster_history", "shelter", "rescue_team", "supply_depot", "warning", "disaster_event",
}

var readBuiltin = sync.OnceValues(layers.Builtin)

func builtin(t *testing.T) *layers.Catalogue {
	t.Helper()
	cat, err := readBuiltin()
	if err != nil {
		t.Fatal(err)
	}
	return cat
}

func TestFirstLayers(t *testing.T) {
	cat := builtin(t)
	for _, id := range firstDay {
		if cat.Layer(id) == nil {
			t.Errorf("there is no layer %s", id)
		}
	}
	if got := len(cat.Layers()); got != len(firstDay) {
		t.Errorf("there are %d layers, want %d", got, len(firstDay))
	}
}

// Every layer is drawn by a code that is told apart by form and colour, has tiles from
// the first zoom on, and is read in both languages.
func TestLayersAreDrawnByCode(t *testing.T) {
	for _, l := range builtin(t).Layers() {
		t.Run(l.ID, func(t *testing.T) {
			by := l.By()
			if by == nil || !by.Required {
				t.Fatal("no required styled field")
			}
			if by.Sensitivity != layers.Public {
				t.Errorf("%s is drawn by a field that not all its readers see", l.ID)
			}
			seen := map[string]bool{}
			for _, c := range by.List.Items {
				look := c.Colour + " " + string(c.Symbol)
				if c.Colour == "" || c.Symbol == "" || seen[look] || seen[c.Colour] {
					t.Errorf("%s in %s has no look of its own: %q", c.Code, by.List.ID, look)
				}
				seen[look], seen[c.Colour] = true, true
			}
			if l.Zoom.Min != 0 || l.Zoom.Max != 16 {
				t.Errorf("tiles at zoom %d to %d, want 0 to 16", l.Zoom.Min, l.Zoom.Max)
			}
			if label := l.Field(l.Label); label == nil {
				t.Error("no label")
			} else if l.Style.Labels > 0 && (label.Tile == nil || *label.Tile > l.Style.Labels) {
				t.Errorf("%s is written from zoom %d on and does not ride in those tiles", l.Label, l.Style.Labels)
			}
			if l.Description.Zh == "" || l.Description.En == "" {
				t.Error("no description in both languages")
			}
		})
	}
}

// A record that nobody graded has a hollow ring of no hue; risk and warning colours are two palettes.
func TestPalettes(t *testing.T) {
	cat := builtin(t)
	ungraded := cat.CodeList("risk_grade").Code("ungraded")
	if ungraded.Symbol != layers.Ring {
		t.Errorf("ungraded is drawn as %s, want a ring", ungraded.Symbol)
	}
	risk := map[string]string{}
	for _, c := range cat.CodeList("risk_grade").Items[:4] {
		risk[c.Colour] = c.Code
		risk[string(c.Symbol)] = c.Code
	}
	for _, c := range cat.CodeList("warning_level").Items[:4] {
		for _, look := range []string{c.Colour, string(c.Symbol)} {
			if r, ok := risk[look]; ok {
				t.Errorf("warning %s and risk %s are both %s", c.Code, r, look)
			}
		}
	}
	if p := cat.Layer("warning").Style.Pattern; p != "diagonal" {
		t.Errorf("warnings have pattern %q, want diagonal", p)
	}
}

// Column names met in survey files mean one field each.
func TestAliasesAreUnambiguous(t *testing.T) {
	for _, l := range builtin(t).Layers() {
		seen := map[string]string{}
		for _, f := range l.Fields {
			for _, name := range append([]string{f.Name, f.Title.Zh, f.Title.En}, f.Aliases...) {
				name = strings.ToLower(name)
				if other := seen[name]; other != "" && other != f.Name {
					t.Errorf("%s: %q means both %s and %s", l.ID, name, other, f.Name)
				}
				seen[name] = f.Name
			}
		}
	}
}

// Spellings met in survey files mean one code each.
func TestCodeSpellingsAreUnambiguous(t *testing.T) {
	seen := map[*layers.CodeList]bool{}
	for _, l := range builtin(t).Layers() {
		for _, f := range l.Fields {
			if f.List == nil || seen[f.List] {
				continue
			}
			seen[f.List] = true
			for _, c := range f.List.Items {
				for _, name := range append([]string{c.Code, c.Title.Zh, c.Title.En}, c.Aliases...) {
					switch got := f.List.Match(name); {
					case got == nil:
						t.Errorf("%s: %q means nothing, want %s", f.List.ID, name, c.Code)
					case got != c:
						t.Errorf("%s: %q means %s, want %s", f.List.ID, name, got.Code, c.Code)
					}
				}
			}
		}
	}
}

func TestCensusTables(t *testing.T) {
	count := map[string]int{}
	for _, c := range builtin(t).CodeList("survey_table").Codes() {
		count[c[:1]]++
	}
	if got := fmt.Sprint(count["h"], count["p"], count["c"]+count["d"]); got != "3 8 25" {
		t.Errorf("census tables are %s, want 3 8 25", got)
	}
}

// The paper about the layers says what the declarations say.
func TestPaperIsTrue(t *testing.T) {
	text, err := os.ReadFile("../docs/layers.md")
	if err != nil {
		t.Fatal(err)
	}
	for _, l := range builtin(t).Layers() {
		row := fmt.Sprintf("| `%s` | %s (%s) | %s | `%s` | `%s` | ", l.ID, l.Title.En, l.Title.Zh, l.Geometry, strings.Join(l.Key, ", "), l.Style.By)
		if !strings.Contains(string(text), row) {
			t.Errorf("docs/layers.md has no row beginning %s", row)
		}
	}
}
