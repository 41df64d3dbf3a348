package cluster

import (
	"cmp"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"onemap/layers/fault"
)

// installHint is what to type where PostgreSQL or PostGIS is missing.
const installHint = "Install the packages postgresql-15 and postgresql-15-postgis-3: " +
	"sudo apt-get install -y postgresql-15 postgresql-15-postgis-3"

// tools are the programs of one PostgreSQL installation.
type tools struct {
	bin     string // folder with initdb and postgres
	version string // as printed, like "15.6"
	major   int    // like 15
	postgis bool   // the PostGIS extension is installed for it
}

// findTools returns the PostgreSQL to use: with want > 0 one of exactly that major
// version, since a data folder belongs to one; else the newest that has PostGIS.
func findTools(want int) (tools, error) {
	var found []tools
	for _, bin := range binFolders() {
		if t, ok := inspect(bin); ok {
			found = append(found, t)
		}
	}
	return choose(found, want)
}

// choose picks from the installations that were found, and says what is missing.
func choose(found []tools, want int) (tools, error) {
	if len(found) == 0 {
		return tools{}, fault.New(fault.Unavailable,
			"PostgreSQL is not installed (looked for pg_config on the PATH and in /usr/lib/postgresql). %s", installHint)
	}
	slices.SortStableFunc(found, func(a, b tools) int { return cmp.Compare(b.major, a.major) })
	var newest tools
	for _, t := range found {
		if t.major < oldest || want > 0 && t.major != want {
			continue
		}
		if t.postgis {
			return t, nil
		}
		newest = cmp.Or(newest, t)
	}
	switch {
	case newest.major > 0:
		return tools{}, fault.New(fault.Unavailable,
			"PostgreSQL %s is installed, but PostGIS for it is not. Install it: sudo apt-get install -y postgresql-%d-postgis-3",
			newest.version, newest.major)
	case want > 0:
		return tools{}, fault.New(fault.Unavailable,
			"The database was made by PostgreSQL %d, which is not installed (found: %s). Install it: sudo apt-get install -y postgresql-%d postgresql-%d-postgis-3",
			want, found[0].version, want, want)
	}
	return tools{}, fault.New(fault.Unavailable,
		"PostgreSQL %s is too old: %d or newer is needed. %s", found[0].version, oldest, installHint)
}

// binFolders lists where PostgreSQL's programs may be, each folder once.
func binFolders() []string {
	var bins []string
	if out, err := exec.Command("pg_config", "--bindir").Output(); err == nil {
		bins = append(bins, strings.TrimSpace(string(out)))
	}
	for _, pattern := range []string{"/usr/lib/postgresql/*/bin", "/usr/pgsql-*/bin", "/usr/local/pgsql/bin"} {
		more, _ := filepath.Glob(pattern) // the patterns are well formed
		bins = append(bins, more...)
	}
	slices.Sort(bins)
	return slices.Compact(bins)
}

var versionLine = regexp.MustCompile(`\(PostgreSQL\) ((\d+)[^\s]*)`)

// inspect looks at one folder; false when it holds no server that runs.
func inspect(bin string) (tools, bool) {
	if _, err := os.Stat(filepath.Join(bin, "initdb")); err != nil {
		return tools{}, false
	}
	out, err := exec.Command(filepath.Join(bin, "postgres"), "--version").Output()
	m := versionLine.FindSubmatch(out)
	if err != nil || m == nil {
		return tools{}, false
	}
	t := tools{bin: bin, version: string(m[1])}
	t.major, _ = strconv.Atoi(string(m[2])) // digits by the expression
	t.postgis = exists(t.folder("--pkglibdir", filepath.Join(filepath.Dir(bin), "lib")), "postgis-3.so") &&
		exists(t.folder("--sharedir", fmt.Sprintf("/usr/share/postgresql/%d", t.major)), "extension", "postgis.control")
	return t, true
}

// folder asks the installation's pg_config for a folder; usual is the answer without one.
func (t tools) folder(option, usual string) string {
	out, err := exec.Command(filepath.Join(t.bin, "pg_config"), option).Output()
	if err != nil {
		return usual
	}
	return strings.TrimSpace(string(out))
}

func exists(elements ...string) bool {
	_, err := os.Stat(filepath.Join(elements...))
	return err == nil
}
