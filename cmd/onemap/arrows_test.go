package main_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"os/exec"
	"path"
	"slices"
	"strings"
	"testing"
)

const module = "onemap"

// A room is a folder of the repository with the packages that its own packages, and those
// of its subfolders, may import: of ours by folder, of others by module path. A name
// stands for itself and everything under it. Nil others: any but the kept ones.
type room struct {
	ours   []string
	others []string
}

// The arrows of ARCHITECTURE.md. The deepest folder that holds a package is its room; a
// room may always import itself.
var rooms = map[string]room{
	"geo":            {others: []string{"github.com/paulmach/orb", "github.com/tidwall/geodesic"}},
	"geo/near":       {ours: []string{"geo"}, others: []string{"github.com/paulmach/orb"}},
	"geo/roads":      {ours: []string{"geo"}, others: []string{"github.com/paulmach/orb"}},
	"geo/siting":     {ours: []string{}, others: []string{}},
	"geo/region":     {ours: []string{"geo"}, others: []string{"github.com/paulmach/orb"}},
	"layers":         {ours: []string{"geo", "layers/cql2", "layers/fault"}},
	"layers/cql2":    {ours: []string{"layers/fault"}, others: []string{"github.com/paulmach/orb"}},
	"layers/fault":   {others: []string{}},
	"migrations":     {ours: []string{"layers/fault"}, others: []string{}},
	"tiles":          {ours: []string{"geo", "layers"}},
	"tiles/archive":  {ours: []string{"layers/fault"}, others: []string{"github.com/klauspost/compress", "github.com/paulmach/orb", "golang.org/x/sync", "modernc.org/sqlite"}},
	"data":           {ours: []string{"geo", "layers", "migrations", "data/read", "data/cluster"}},
	"data/upload":    {ours: []string{"layers/fault"}, others: []string{}},
	"data/report":    {ours: []string{"geo", "layers", "data"}},
	"data/survey":    {ours: []string{"geo", "layers", "data"}},
	"data/ask":       {ours: []string{"geo", "layers", "data", "data/write"}},
	"data/write":     {ours: []string{"geo", "layers"}},
	"data/bench":     {ours: []string{"geo", "layers", "data"}},
	"data/cluster":   {ours: []string{"layers/fault"}},
	"data/pgtest":    {ours: []string{"layers/fault", "data/cluster"}},
	"data/read":      {ours: []string{"geo", "layers/fault"}},
	"data/storetest": {ours: []string{"layers", "data"}},
	"data/sample":    {ours: []string{"geo", "layers", "data"}},
	"web":            {ours: []string{"geo", "layers", "tiles", "data", "migrations"}},
	"web/load":       {ours: []string{"geo"}, others: []string{"github.com/paulmach/orb"}},
	"cmd":            {ours: []string{"geo", "layers", "tiles", "data", "migrations", "web"}},
}

// Modules that only one room may import.
var kept = map[string]string{
	"github.com/jackc":       "data",
	"github.com/twpayne":     "data",
	"github.com/gorilla/mux": "web",
	"github.com/alecthomas":  "cmd",
}

// Packages that only tests may import.
var forTests = []string{"data/pgtest", "data/storetest"}

// Words that say nothing about what a package holds.
var emptyNames = []string{"util", "utils", "common", "helper", "helpers", "manager", "managers", "misc"}

// under reports whether the path is the folder or inside it.
func under(p, folder string) bool {
	return p == folder || strings.HasPrefix(p, folder+"/")
}

// roomOf returns the name of the room that a package of ours is in; "" for none.
func roomOf(p string) string {
	for ; p != "."; p = path.Dir(p) {
		if _, ok := rooms[p]; ok {
			return p
		}
	}
	return ""
}

// objection says why the package from, of ours, may not import what; "" when it may.
func objection(from, what string) string {
	name := roomOf(from)
	home := rooms[name]
	if name == "" {
		return "lies in no room of the table"
	}
	if ours, ok := strings.CutPrefix(what, module+"/"); ok {
		if slices.Contains(forTests, ours) && !slices.Contains(forTests, from) {
			return "imports " + ours + ", which is for tests only"
		}
		if roomOf(ours) == name || slices.ContainsFunc(home.ours, func(f string) bool { return under(ours, f) }) {
			return ""
		}
		return "imports " + ours
	}
	if first, _, _ := strings.Cut(what, "/"); !strings.Contains(first, ".") {
		return "" // the standard library
	}
	for owned, owner := range kept {
		if under(what, owned) && !under(from, owner) {
			return "imports " + what + ", which only " + owner + " may"
		}
	}
	if home.others != nil && !slices.ContainsFunc(home.others, func(f string) bool { return under(what, f) }) {
		return "imports " + what
	}
	return ""
}

func TestArrows(t *testing.T) {
	cmd := exec.Command("go", "list", "-e", "-json=ImportPath,Name,Imports", "./...")
	cmd.Dir = "../.."
	var said bytes.Buffer
	cmd.Stderr = &said
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("go list: %v\n%s", err, &said)
	}
	count := 0
	for d := json.NewDecoder(bytes.NewReader(out)); ; {
		var p struct {
			ImportPath, Name string
			Imports          []string // of the package itself, without its tests
		}
		if err := d.Decode(&p); errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			t.Fatal(err)
		}
		count++
		from := strings.TrimPrefix(p.ImportPath, module+"/")
		for _, word := range append(strings.Split(from, "/"), p.Name) {
			if slices.Contains(emptyNames, strings.ToLower(word)) {
				t.Errorf("the package %s is called %q, which says nothing about what it holds", from, word)
			}
		}
		for _, what := range p.Imports {
			if o := objection(from, what); o != "" {
				t.Errorf("%s %s", from, o)
			}
		}
	}
	if count < 5 {
		t.Errorf("go list shows %d packages only", count)
	}
}

func TestObjection(t *testing.T) {
	for _, tc := range []struct{ from, what, want string }{
		{"geo", "math", ""},
		{"geo", "github.com/paulmach/orb/geojson", ""},
		{"geo", "onemap/layers/fault", "imports layers/fault"},
		{"geo", "github.com/orbital/x", "imports github.com/orbital/x"},
		{"geo/roads", "onemap/geo", ""},
		{"layers", "onemap/layers/fault", ""},
		{"layers", "onemap/tiles", "imports tiles"},
		{"layers/fault", "onemap/layers", "imports layers"},
		{"tiles", "onemap/data", "imports data"},
		{"tiles", "github.com/jackc/pgx/v5", "imports github.com/jackc/pgx/v5, which only data may"},
		{"data/sample", "github.com/jackc/pgx/v5/pgconn", ""},
		{"data/read", "onemap/layers", "imports layers"},
		{"data", "onemap/data/read", ""},
		{"data", "onemap/data/pgtest", "imports data/pgtest, which is for tests only"},
		{"data/storetest", "onemap/data/pgtest", ""},
		{"web", "onemap/cmd/onemap", "imports cmd/onemap"},
		{"web", "github.com/gorilla/mux", ""},
		{"cmd/onemap", "github.com/gorilla/mux", "imports github.com/gorilla/mux, which only web may"},
		{"attic", "fmt", "lies in no room of the table"},
	} {
		t.Run(tc.from+" to "+tc.what, func(t *testing.T) {
			if got := objection(tc.from, tc.what); got != tc.want {
				t.Errorf("objection = %q, want %q", got, tc.want)
			}
		})
	}
}
