package read_test

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"onemap/data/read"
)

// Files of over twenty megabytes are read in memory that does not grow with them. What it takes
// is far below the bound, so that the garbage of a slow collector does not matter.
func TestMemoryDoesNotGrowWithTheFile(t *testing.T) {
	const rows, bound = 60_000, 16 << 20
	make := func(name string, write func(w *bufio.Writer)) string {
		file := filepath.Join(t.TempDir(), name)
		f, err := os.Create(file)
		if err != nil {
			t.Fatal(err)
		}
		w := bufio.NewWriter(f)
		write(w)
		if err := errors.Join(w.Flush(), f.Close()); err != nil {
			t.Fatal(err)
		}
		return file
	}
	filler := strings.Repeat("南通市", 40)
	paths := map[string]string{
		"CSV": make("a.csv", func(w *bufio.Writer) {
			fmt.Fprintln(w, "编号,名称,经度,纬度,面积")
			for i := range rows {
				fmt.Fprintf(w, "%d,%s%d,%.6f,%.6f,%d㎡\n", i, filler, i, 120+float64(i)/rows, 31.5, i)
			}
		}),
		"KML": make("a.kml", func(w *bufio.Writer) {
			fmt.Fprint(w, "<kml><Document>")
			for i := range rows {
				fmt.Fprintf(w, "<Placemark><name>%s%d</name><Point><coordinates>120.5,31.5</coordinates></Point></Placemark>", filler, i)
			}
			fmt.Fprint(w, "</Document></kml>")
		}),
		"GeoJSON": make("a.json", func(w *bufio.Writer) {
			for i := range rows {
				fmt.Fprintf(w, `{"type":"Feature","properties":{"n":"%s%d"},"geometry":{"type":"Point","coordinates":[120.5,31.5]}}`+"\n", filler, i)
			}
		}),
		"GeoPackage": geopackage(t, roadsTable, fmt.Sprintf(`INSERT INTO roads (fid, geom, "名 称")
			WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i+1 FROM n WHERE i < %d) SELECT i, %s, '%s' || i FROM n`, rows, gp(4490, wkbOf(2, 2, 121.0, 32.0, 121.5, 32.25)), filler)),
	}
	for name, path := range paths {
		t.Run(name, func(t *testing.T) {
			runtime.GC()
			var m runtime.MemStats
			runtime.ReadMemStats(&m)
			before, peak, n := m.HeapAlloc, uint64(0), 0
			s := open(t, path, read.Options{})
			for {
				_, err := s.Next()
				if errors.Is(err, io.EOF) {
					break
				}
				if err != nil {
					t.Fatal(err)
				}
				if n++; n%5000 == 0 {
					runtime.ReadMemStats(&m)
					peak = max(peak, m.HeapAlloc)
				}
			}
			if n != rows || peak > before+bound {
				t.Errorf("%d rows, %d MiB over the %d MiB before", n, (peak-before)>>20, before>>20)
			}
		})
	}
}
