package detect_test

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/paulmach/orb"
	"github.com/paulmach/orb/planar"
	"github.com/paulmach/orb/simplify"

	"onemap/geo"
	"onemap/geo/detect"
)

// TestTraps are files that look like what they are not. None may be decided wrongly, with
// whatever else the file comes.
func TestTraps(t *testing.T) {
	none := writing{crs: epsg(4549), shift: geo.CGCS2000}
	const halves = "half of the rows shifted"
	traps := map[string]func(r *rand.Rand, m matter) (writing, detect.File, []truth){
		"land won from the sea, east of the coast": func(r *rand.Rand, m matter) (writing, detect.File, []truth) {
			places := spread(r, eastern, 250)
			for i := range places {
				if r.Float64() < 0.5 {
					places[i].at = beyondCoast(r)
				}
			}
			return none, file(t, r, none, m, places), places
		},
		"a zone run by the neighbour": func(r *rand.Rand, m matter) (writing, detect.File, []truth) {
			places := spread(r, everywhere, 500)
			shift := none
			if r.IntN(2) == 0 {
				shift.shift, shift.times = geo.GCJ02, 1
			}
			p := inside(r, "320612")
			for nearest(p, "320612") > 800 {
				p = inside(r, "320612")
			}
			for i := range places {
				if r.Float64() < 0.4 {
					places[i] = truth{around(r, "320612", p, 1500), "320613"}
				}
			}
			return shift, file(t, r, shift, m, places), places
		},
		"GCJ-02 applied twice": func(r *rand.Rand, m matter) (writing, detect.File, []truth) {
			w := writing{crs: epsg(4490), shift: geo.GCJ02, times: 2}
			places := spread(r, everywhere, 500)
			return w, file(t, r, w, m, places), places
		},
		"GCJ-02 taken off once too often": func(r *rand.Rand, m matter) (writing, detect.File, []truth) {
			places := spread(r, everywhere, 500)
			wrong := make([]truth, len(places))
			for i, p := range places {
				at, err := geo.Position{Lon: p.at[0], Lat: p.at[1], Datum: geo.GCJ02}.To(geo.CGCS2000)
				if err != nil {
					t.Fatal(err)
				}
				wrong[i] = truth{at.Point(), p.code}
			}
			return none, apply(file(t, r, none, m, places), wrong, none, t), places
		},
		"a local system, off by any way": func(r *rand.Rand, m matter) (writing, detect.File, []truth) {
			far, wind := 60+r.Float64()*1500, r.Float64()*2*math.Pi
			places := spread(r, everywhere, 500)
			wrong := make([]truth, len(places))
			for i, p := range places {
				wrong[i] = truth{orb.Point{p.at[0] + far*math.Sin(wind)/94_000, p.at[1] + far*math.Cos(wind)/111_000}, p.code}
			}
			return none, apply(file(t, r, none, m, places), wrong, none, t), places
		},
		halves: func(r *rand.Rand, m matter) (writing, detect.File, []truth) {
			places := spread(r, everywhere, 500)
			f := file(t, r, none, m, places)
			w := none
			w.shift, w.times = geo.GCJ02, 1
			for i := range f.Pairs {
				if i%2 == 0 {
					f.Pairs[i].First, f.Pairs[i].Second = w.write(t, places[i].at)
				}
			}
			return w, f, places
		},
		"UTM": func(r *rand.Rand, m matter) (writing, detect.File, []truth) {
			w := writing{crs: epsg(32651), shift: geo.CGCS2000}
			places := spread(r, everywhere, 500)
			f := file(t, r, w, m, places)
			f.Statement, f.CRS = detect.Silent, geo.CRS{}
			return w, f, places
		},
		"a meridian of the city's own": func(r *rand.Rand, m matter) (writing, detect.File, []truth) {
			w := writing{crs: own(121), shift: geo.CGCS2000}
			places := spread(r, oneCounty, 500)
			f := file(t, r, w, m, places)
			f.Statement, f.CRS = detect.Silent, geo.CRS{}
			return w, f, places
		},
		"degrees cut after two digits": func(r *rand.Rand, m matter) (writing, detect.File, []truth) {
			w := writing{crs: epsg(4490), shift: geo.CGCS2000, digits: 2}
			places := spread(r, everywhere, 500)
			return w, file(t, r, w, m, places), places
		},
		"minutes and seconds after the point": func(r *rand.Rand, m matter) (writing, detect.File, []truth) {
			w := writing{crs: epsg(4490), shift: geo.CGCS2000, form: pointed}
			places := spread(r, []lay{everywhere, village, alone}[r.IntN(3)], 300)
			return w, file(t, r, w, m, places), places
		},
	}
	for _, name := range sorted(traps) {
		t.Run(name, func(t *testing.T) {
			outcomes := map[detect.Outcome]int{}
			for seed := range 4 * *seeds {
				for cell := range 8 {
					r := rand.New(rand.NewPCG(uint64(seed), uint64(cell)))
					m := matter{stated: cell&1 != 0, coded: cell&2 != 0, published: cell&4 != 0}
					w, f, places := traps[name](r, m)
					v := ground().Judge(f)
					outcomes[v.Outcome]++
					if v.Outcome != detect.Decided {
						continue
					}
					if name == halves && !m.published {
						continue // districts alone can't tell, see docs/positions.md
					}
					most := 30.0
					switch {
					case w.digits > 0:
						most = 2000
					case !m.published:
						most = 250 // outlines that may be off by 150 m can't tell less
					}
					if off := missed(v.Reading, f, places); off > most {
						t.Errorf("seed %d, %+v: decided for %s (%.3f), off by %.0f m\n%v", seed, m, v.Reading.Title().En, v.Reading.Confidence, off, v.Evidence)
					}
				}
			}
			t.Log(fmt.Sprint(outcomes))
		})
	}
}

// apply gives a file the numbers of other places than its records'; rubbish stays.
func apply(f detect.File, places []truth, w writing, t testing.TB) detect.File {
	for i := range f.Pairs {
		f.Pairs[i].First, f.Pairs[i].Second = w.write(t, places[i].at)
	}
	return f
}

// beyondCoast is a place within 3 km off the east coast of Qidong or Rudong's outline.
func beyondCoast(r *rand.Rand) orb.Point {
	for {
		p := inside(r, "320681")
		for range 60 {
			p[0] += 0.002
			if !planar.MultiPolygonContains(city()["320681"], p) && p[0] > 121.7 {
				p[0] += r.Float64() * 0.02
				return p
			}
		}
	}
}

// pointed writes degrees as D.MMSSss.
func pointed(v float64) float64 {
	d := math.Floor(v)
	m := math.Floor((v - d) * 60)
	s := (v - d - m/60) * 3600
	return d + m/100 + math.Round(s*1000)/1e7
}

func packed(v float64) float64 {
	d := math.Floor(v)
	m := math.Floor((v - d) * 60)
	return d*1e4 + m*100 + math.Round((v-d-m/60)*3600*1000)/1000
}

func own(meridian geo.Degrees) geo.CRS {
	c := epsg(4549)
	c.Authority, c.Code, c.Name, c.CentralMeridian = "", "", "own", meridian
	return c
}

// TestDisplacedOutlines gives outlines that are all off by 120 m the same way.
func TestDisplacedOutlines(t *testing.T) {
	outcomes := map[detect.Outcome]int{}
	for seed := range 6 * *seeds {
		r := rand.New(rand.NewPCG(uint64(seed), 7))
		wind := r.Float64() * 2 * math.Pi
		var areas []detect.Area
		for code, shape := range city() {
			off := simplify.DouglasPeucker(0.0005).MultiPolygon(shape.Clone())
			_, _ = geo.MapPoints(off, func(p orb.Point) (orb.Point, error) {
				return orb.Point{p[0] + 120*math.Sin(wind)/94_000, p[1] + 120*math.Cos(wind)/111_000}, nil
			})
			areas = append(areas, detect.Area{Code: code, Shape: off})
		}
		g := detect.NewGround(areas, nil, sea)
		for _, s := range []geo.Datum{geo.CGCS2000, geo.GCJ02, geo.BD09} {
			w := writing{crs: epsg(4549), shift: s, times: 1}
			places := spread(r, everywhere, 1000)
			f := file(t, r, w, matter{coded: true}, places)
			v := g.Judge(f)
			outcomes[v.Outcome]++
			if off := missed(v.Reading, f, places); v.Outcome == detect.Decided && off > 1 {
				t.Errorf("seed %d, %s: decided for %s", seed, s, v.Reading.Title().En)
			}
		}
	}
	t.Log(fmt.Sprint(outcomes))
}
