package cluster

import (
	"os"
	"path/filepath"
	"testing"

	"onemap/layers/fault"
)

func TestChoose(t *testing.T) {
	old := tools{bin: "/13", version: "13.9", major: 13, postgis: true}
	fifteen := tools{bin: "/15", version: "15.6", major: 15, postgis: true}
	seventeen := tools{bin: "/17", version: "17.1", major: 17, postgis: true}
	bare := tools{bin: "/18", version: "18beta1", major: 18}
	for _, tc := range []struct {
		name  string
		found []tools
		want  int
		bin   string
		says  string // of the error, when there is no bin
	}{
		{"nothing", nil, 0, "", "apt-get install -y postgresql-15 postgresql-15-postgis-3"},
		{"too old", []tools{old}, 0, "", "13.9 is too old: 15 or newer"},
		{"the newest", []tools{old, fifteen, seventeen}, 0, "/17", ""},
		{"the newest has no PostGIS", []tools{bare, fifteen}, 0, "/15", ""},
		{"none has PostGIS", []tools{bare, old}, 0, "", "postgresql-18-postgis-3"},
		{"the one that made the data", []tools{fifteen, seventeen}, 15, "/15", ""},
		{"the one that made the data is gone", []tools{seventeen}, 15, "", "made by PostgreSQL 15, which is not installed (found: 17.1)"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			got, err := choose(tc.found, tc.want)
			if tc.bin == "" {
				wantCode(t, err, fault.Unavailable, tc.says)
			} else if err != nil || got.bin != tc.bin {
				t.Errorf("choose = %s, %v; want %s", got.bin, err, tc.bin)
			}
		})
	}
}

func TestInspect(t *testing.T) {
	script := func(name, text string) string {
		dir := t.TempDir()
		for _, program := range []string{"initdb", name} {
			if err := os.WriteFile(filepath.Join(dir, program), []byte("#!/bin/sh\n"+text), 0o755); err != nil {
				t.Fatal(err)
			}
		}
		return dir
	}
	for _, tc := range []struct {
		name  string
		bin   string
		major int
	}{
		{"Debian's words", script("postgres", "echo 'postgres (PostgreSQL) 14.2 (Debian 14.2-1)'"), 14},
		{"a beta", script("postgres", "echo 'postgres (PostgreSQL) 19beta2'"), 19},
		{"a broken one", script("postgres", "exit 127"), 0},
		{"a client only", script("psql", ""), 0},
		{"nothing", t.TempDir(), 0},
	} {
		t.Run(tc.name, func(t *testing.T) {
			got, ok := inspect(tc.bin)
			if ok != (tc.major > 0) || got.major != tc.major {
				t.Errorf("inspect = %+v, %v; want major version %d", got, ok, tc.major)
			}
		})
	}
}
