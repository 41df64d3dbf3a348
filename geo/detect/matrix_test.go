package detect_test

import (
	"flag"
	"fmt"
	"math/rand/v2"
	"testing"

	"onemap/geo"
	"onemap/geo/detect"
)

var seeds = flag.Int("seeds", 1, "how many times the matrix of positions is drawn")

// TestMatrix writes the same places in every way that the survey rules have to tell apart:
// four zones and degrees, both orders, three states of shift, with and without a stated
// system, district codes and published records. A decided reading must be right.
func TestMatrix(t *testing.T) {
	type tally struct{ decided, trusted, deceived, asked, wrong int }
	tallies := map[string]*tally{}
	total := &tally{}
	for seed := range *seeds {
		for _, how := range []lay{everywhere, oneCounty, eastern, offshore, village, borderTown, alone} {
			for _, code := range []int{4549, 4528, 4550, 4529, 4490} {
				for cell := range 48 {
					w := writing{crs: epsg(code), swapped: cell&1 != 0}
					m := matter{stated: cell&2 != 0, coded: cell&4 != 0, published: cell&8 != 0}
					switch cell / 16 {
					case 0:
						w.shift, w.times = geo.CGCS2000, 0
					case 1:
						w.shift, w.times = geo.GCJ02, 1
					case 2:
						w.shift, w.times = geo.BD09, 1
					}
					r := rand.New(rand.NewPCG(uint64(seed), uint64(code*1000+cell)))
					n := []int{12, 150, 600}[r.IntN(3)]
					m.garbage = []float64{0, 0.05}[r.IntN(2)]
					if how == alone {
						m.garbage = 0
					}
					places := spread(r, how, n)
					f := file(t, r, w, m, places)
					v := ground().Judge(f)
					off := missed(v.Reading, f, places)
					name := fmt.Sprintf("%s, stated %v, codes %v, published %v, shift %v", how, m.stated, m.coded, m.published, w.shift)
					counted := []*tally{total}
					for _, group := range []string{
						fmt.Sprintf("codes %v, published %v, stated %v, shifted %v", m.coded, m.published, m.stated, w.times > 0),
						fmt.Sprintf("layout %s, codes %v, published %v", how, m.coded, m.published),
						fmt.Sprintf("rows %4d, codes %v, published %v", len(places), m.coded, m.published),
					} {
						if tallies[group] == nil {
							tallies[group] = &tally{}
						}
						counted = append(counted, tallies[group])
					}
					for _, c := range counted {
						switch {
						case v.Outcome == detect.Decided && off < 1:
							c.decided++
						case v.Outcome == detect.Decided:
							c.wrong++
						case v.Outcome == detect.Trusted && off < 1:
							c.trusted++
						case v.Outcome == detect.Trusted:
							c.deceived++
						default:
							c.asked++
						}
					}
					label := fmt.Sprintf("seed %d: EPSG:%d, swapped %v, %d rows, garbage %v, %s", seed, code, w.swapped, n, m.garbage, name)
					if v.Outcome == detect.Decided && off >= 1 {
						t.Errorf("%s: decided for %s, off by %.0f m\n%v", label, v.Reading.Title().En, off, v.Evidence)
					}
					// The file's word may deceive only where the file says what is not so.
					if v.Outcome == detect.Trusted && off >= 1 && !(m.stated && w.times > 0) {
						t.Errorf("%s: trusted for %s, off by %.0f m\n%v", label, v.Reading.Title().En, off, v.Evidence)
					}
					if v.Outcome == detect.Refused {
						t.Errorf("%s: refused", label)
					}
				}
			}
		}
	}
	for _, name := range sorted(tallies) {
		c := tallies[name]
		t.Logf("%-62s decided %d, file's word %d, deceived by it %d, asked %d", name, c.decided, c.trusted, c.deceived, c.asked)
	}
	t.Logf("all: %+v", *total)
}

func sorted[V any](m map[string]V) []string {
	var names []string
	for k := range m {
		names = append(names, k)
	}
	for i := range names {
		for j := range i {
			if names[i] < names[j] {
				names[i], names[j] = names[j], names[i]
			}
		}
	}
	return names
}

func BenchmarkJudge(b *testing.B) {
	for _, shift := range []geo.Datum{geo.CGCS2000, geo.GCJ02} {
		b.Run(string(shift), func(b *testing.B) {
			r := rand.New(rand.NewPCG(1, 2))
			w := writing{crs: epsg(4550), shift: shift, times: 1}
			places := spread(r, everywhere, 5000)
			f := file(b, r, w, matter{coded: true, published: true, garbage: 0.05}, places)
			ground()
			for b.Loop() {
				ground().Judge(f)
			}
		})
	}
}
