package detect_test

import (
	"fmt"
	"math"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/paulmach/orb"

	"onemap/geo"
	"onemap/geo/detect"
)

// full is a file with everything to check it by: 1,000 rows over the whole city.
func full(t *testing.T, w writing, m matter) (detect.File, []truth) {
	t.Helper()
	r := rand.New(rand.NewPCG(3, 14))
	places := spread(r, everywhere, 1000)
	return file(t, r, w, m, places), places
}

func joined(texts []detect.Text) string {
	var b strings.Builder
	for _, t := range texts {
		fmt.Fprintln(&b, t.Zh, "|", t.En)
	}
	return b.String()
}

func TestJudge(t *testing.T) {
	plain := writing{crs: epsg(4549), shift: geo.CGCS2000}
	gcj := writing{crs: epsg(4549), shift: geo.GCJ02, times: 1}
	degrees := writing{crs: epsg(4490), shift: geo.CGCS2000}
	all := matter{stated: true, coded: true, published: true}
	tests := map[string]struct {
		w       writing
		m       matter
		change  func(*detect.File)
		outcome detect.Outcome
		code    string   // of the reading taken, or of the first candidate
		right   bool     // the reading taken must give the true places
		words   []string // in evidence, warnings and question
	}{
		"surveyed, all there": {w: plain, m: all, outcome: detect.Decided, code: "4549", right: true, words: []string{
			"positions lie in the district that their row names", "published records", "the file states EPSG:4549",
		}},
		"shifted, all there": {w: gcj, m: all, outcome: detect.Decided, code: "4549", right: true, words: []string{
			"read without a shift: systematic offset 47", "east-south-east", "is what GCJ-02 shifts here", "正是 GCJ-02 在此地的偏移",
		}},
		"shifted, published records only":                   {w: gcj, m: matter{published: true}, outcome: detect.Decided, code: "4549", right: true},
		"Baidu, published records only":                     {w: writing{crs: epsg(4490), shift: geo.BD09, times: 1, swapped: true}, m: matter{published: true}, outcome: detect.Decided, code: "4490", right: true},
		"a table of metres alone":                           {w: plain, outcome: detect.Ask, code: "4549", words: []string{"高德", "Amap"}},
		"a table of degrees alone":                          {w: degrees, outcome: detect.Ask, code: "4490", words: []string{"Amap"}},
		"a stated system alone":                             {w: plain, m: matter{stated: true}, outcome: detect.Trusted, code: "4549", right: true, words: []string{"the file's own word"}},
		"GeoJSON alone":                                     {w: degrees, change: func(f *detect.File) { f.Statement, f.CRS = detect.Implied, geo.CRS84 }, outcome: detect.Trusted, code: "CRS84", right: true, words: []string{"own word", "by the standard of its format", "--shift GCJ02"}},
		"GeoJSON in metres":                                 {w: plain, m: matter{coded: true, published: true}, change: func(f *detect.File) { f.Statement, f.CRS = detect.Implied, geo.CRS84 }, outcome: detect.Decided, code: "4549", right: true, words: []string{"by the standard of its format it is in OGC:CRS84", "but the numbers are those of EPSG:4549"}},
		"columns that name a shift":                         {w: writing{crs: epsg(4490), shift: geo.GCJ02, times: 1}, change: func(f *detect.File) { f.Columns = [2]string{"高德经度", "高德纬度"} }, outcome: detect.Trusted, code: "4490", right: true},
		"columns that name a datum the evidence is against": {w: writing{crs: epsg(4490), shift: geo.GCJ02, times: 1}, m: matter{published: true}, change: func(f *detect.File) { f.Columns = [2]string{"wgs_lng", "wgs_lat"} }, outcome: detect.Decided, code: "4490", right: true},
		"columns the wrong way round":                       {w: writing{crs: epsg(4490), swapped: true, shift: geo.CGCS2000}, m: all, change: func(f *detect.File) { f.Columns = [2]string{"经度", "纬度"} }, outcome: detect.Decided, code: "4490", right: true, words: []string{`"经度" holds the latitudes`}},
		"the wrong zone is stated":                          {w: plain, m: matter{coded: true, published: true}, change: func(f *detect.File) { f.Statement, f.CRS = detect.Written, epsg(4550) }, outcome: detect.Decided, code: "4549", right: true, words: []string{"the file states EPSG:4550"}},
		"the wrong zone is stated, nothing to check":        {w: plain, change: func(f *detect.File) { f.Statement, f.CRS = detect.Written, epsg(4550) }, outcome: detect.Ask, code: "4549", words: []string{"but only read as EPSG:4549"}},
		"the zone's number is stated but not written":       {w: plain, change: func(f *detect.File) { f.Statement, f.CRS = detect.Written, epsg(4528) }, outcome: detect.Trusted, code: "4549", right: true, words: []string{"the numbers are those of EPSG:4549"}},
		"a zone of six degrees":                             {w: writing{crs: epsg(4510), shift: geo.CGCS2000}, m: all, outcome: detect.Decided, code: "4510", right: true},
		"a zone of six degrees, unnamed":                    {w: writing{crs: epsg(4510), shift: geo.CGCS2000}, m: matter{coded: true, published: true}, outcome: detect.Decided, code: "4550", right: true},
		"a zone of six degrees with its number":             {w: writing{crs: epsg(4499), shift: geo.CGCS2000}, m: matter{coded: true, published: true}, outcome: detect.Decided, code: "4499", right: true},
		"a neighbour's zone":                                {w: writing{crs: epsg(4548), shift: geo.CGCS2000}, m: matter{coded: true, published: true}, outcome: detect.Decided, code: "4548", right: true},
		"Web Mercator":                                      {w: writing{crs: epsg(3857), shift: geo.GCJ02, times: 1}, m: matter{coded: true, published: true}, outcome: detect.Decided, code: "3857", right: true},
		"UTM":                                               {w: writing{crs: epsg(32651), shift: geo.CGCS2000}, m: matter{coded: true, published: true}, outcome: detect.Decided, code: "32651", right: true},
		"degrees, minutes and seconds in a number":          {w: writing{crs: epsg(4490), shift: geo.CGCS2000, form: packed}, m: matter{coded: true, published: true}, outcome: detect.Decided, code: "4490"},
		"degrees and minutes in a number":                   {w: writing{crs: epsg(4490), shift: geo.CGCS2000, form: func(v float64) float64 { d := math.Floor(v); return d*100 + (v-d)*60 }}, m: matter{coded: true, published: true}, outcome: detect.Decided, code: "4490"},
		"minutes and seconds after the point":               {w: writing{crs: epsg(4490), shift: geo.CGCS2000, form: pointed}, m: matter{coded: true, published: true}, outcome: detect.Decided, code: "4490"},
		"three digits after the point":                      {w: writing{crs: epsg(4490), shift: geo.CGCS2000, digits: 3}, m: matter{coded: true, published: true}, outcome: detect.Decided, code: "4490", words: []string{"too few digits", "小数位太少", "111 m"}},
		"two digits after the point":                        {w: writing{crs: epsg(4490), shift: geo.CGCS2000, digits: 2}, m: matter{coded: true}, outcome: detect.Ask, code: "4490", words: []string{"too few digits", "no shift can be told"}},
		"Xian 1980":                                         {w: plain, m: all, change: func(f *detect.File) { f.CRS = epsg(2385) }, outcome: detect.Refused, words: []string{"±200 m", "本地转换参数"}},
		"Xian 1980 as the person wants it":                  {w: plain, m: all, change: func(f *detect.File) { f.CRS, f.User.Approximate = epsg(2385), true }, outcome: detect.Decided, code: "2385", words: []string{"±200 m"}},
		"Xian 1980, but the person knows better":            {w: plain, m: matter{stated: true, coded: true}, change: func(f *detect.File) { f.CRS, f.User.CRS, f.User.Shift = epsg(2385), epsg(4549), geo.CGCS2000 }, outcome: detect.Decided, code: "4549", right: true, words: []string{"other than the EPSG:4549"}},
		"a system that is not understood": {w: plain, m: all, change: func(f *detect.File) {
			f.CRS, f.Unread = geo.CRS{}, detect.Text{Zh: "NAD83", En: "the datum NAD83 is not known here"}
		}, outcome: detect.Refused, words: []string{"NAD83"}},
		"a datum that is not known":          {w: plain, m: all, change: func(f *detect.File) { f.CRS.Datum = geo.Unknown }, outcome: detect.Refused, words: []string{"大地基准未知"}},
		"no numbers":                         {w: plain, m: all, change: func(f *detect.File) { f.Pairs = []detect.Pair{{First: math.NaN()}, {}} }, outcome: detect.Ask, words: []string{"No row has a position"}},
		"nothing at all":                     {w: plain, change: func(f *detect.File) { *f = detect.File{} }, outcome: detect.Ask},
		"numbers of nothing":                 {w: plain, change: func(f *detect.File) { number(f, 17, 250000) }, outcome: detect.Ask, words: []string{"no reading puts most positions"}},
		"another place":                      {w: degrees, change: func(f *detect.File) { number(f, -80.8, 35.2); f.Statement, f.CRS = detect.Written, epsg(4326) }, outcome: detect.Ask, code: "4326", words: []string{"Are they of another place"}},
		"the person says the shift":          {w: gcj, m: matter{stated: true}, change: func(f *detect.File) { f.User.Shift = geo.GCJ02 }, outcome: detect.Decided, code: "4549", right: true},
		"the person says the shift, wrongly": {w: gcj, m: all, change: func(f *detect.File) { f.User.Shift = geo.CGCS2000 }, outcome: detect.Decided, code: "4549", words: []string{"the evidence is against what was said (no shift); it points to: GCJ-02"}},
		"the person says the system":         {w: plain, change: func(f *detect.File) { f.User.CRS = epsg(4549) }, outcome: detect.Trusted, code: "4549", right: true},
		"the person says the wrong zone":     {w: plain, m: matter{coded: true}, change: func(f *detect.File) { f.User.CRS = epsg(4550) }, outcome: detect.Decided, code: "4550", words: []string{"against what was said: read as EPSG:4549"}},
		"the person says what can't be":      {w: plain, m: matter{coded: true}, change: func(f *detect.File) { f.User.CRS = epsg(4490) }, outcome: detect.Ask, code: "4549", words: []string{"can't be positions in EPSG:4490"}},
		"the person says the wrong axis":     {w: plain, m: matter{coded: true}, change: func(f *detect.File) { f.User.Axis = detect.AxisYX }, outcome: detect.Ask, code: "4549", words: []string{"against what was said"}},
		"the person says all":                {w: plain, change: func(f *detect.File) { f.User = detect.User{CRS: epsg(4549), Axis: detect.AxisXY, Shift: geo.CGCS2000} }, outcome: detect.Decided, code: "4549", right: true},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			f, places := full(t, tt.w, tt.m)
			if tt.change != nil {
				tt.change(&f)
			}
			v := ground().Judge(f)
			first := v.Reading
			if v.Outcome == detect.Ask && len(v.Candidates) > 0 {
				first = v.Candidates[0]
			}
			said := joined(v.Evidence) + joined(v.Warnings) + joined([]detect.Text{v.Question})
			if v.Outcome != tt.outcome || first.CRS.Code != tt.code {
				t.Fatalf("%s for %q, want %s for %q\n%s", v.Outcome, first.CRS.Code, tt.outcome, tt.code, said)
			}
			if off := missed(v.Reading, f, places); tt.right && off > 0.01 {
				t.Errorf("%s is off by %.2f m", v.Reading.Title().En, off)
			}
			for _, w := range tt.words {
				if !strings.Contains(said, w) {
					t.Errorf("%q is not said in\n%s", w, said)
				}
			}
			if strings.Contains(said, "%!") {
				t.Errorf("a sentence is broken:\n%s", said)
			}
		})
	}
}

// number gives all rows of a file about the same two numbers.
func number(f *detect.File, first, second float64) {
	for i := range f.Pairs {
		f.Pairs[i].First, f.Pairs[i].Second = first+float64(i)/1e4, second+float64(i)/1e4
	}
}

func TestSixDegreeZonesAreNamed(t *testing.T) {
	f, _ := full(t, writing{crs: epsg(4550), shift: geo.CGCS2000}, matter{coded: true, published: true})
	v := ground().Judge(f)
	if diff := cmp.Diff([]geo.CRS{epsg(4510)}, v.Reading.Same); diff != "" {
		t.Error(diff)
	}
}

func TestSteadyOffset(t *testing.T) {
	w := writing{crs: epsg(4549), shift: geo.CGCS2000}
	f, _ := full(t, w, matter{stated: true, coded: true, published: true})
	for i := range f.Pairs { // as Beijing 1954 would be
		f.Pairs[i].First -= 68
		f.Pairs[i].Second -= 12
	}
	v := ground().Judge(f)
	if v.Outcome != detect.Ask || !strings.Contains(v.Question.En, "stay 69 m west") || !strings.Contains(v.Question.Zh, "北京 54") {
		t.Errorf("%s: %v", v.Outcome, v.Question)
	}
}

func TestCandidatesShareExamples(t *testing.T) {
	f, _ := full(t, writing{crs: epsg(4528), swapped: true, shift: geo.CGCS2000}, matter{})
	v := ground().Judge(f)
	if v.Outcome != detect.Ask || len(v.Candidates) < 3 {
		t.Fatalf("%s with %d candidates", v.Outcome, len(v.Candidates))
	}
	confidence := 0.0
	for _, c := range v.Candidates {
		confidence += c.Confidence
		if len(c.Examples) < 3 {
			t.Fatalf("%s has %d examples", c.Title().En, len(c.Examples))
		}
		for i, e := range c.Examples {
			if e.Row != v.Candidates[0].Examples[i].Row {
				t.Errorf("example %d is row %d and row %d", i, e.Row, v.Candidates[0].Examples[i].Row)
			}
			if at, err := c.Place(e.First, e.Second); err != nil || at != e.Place {
				t.Errorf("row %d is at %v, drawn at %v, %v", e.Row, at, e.Place, err)
			}
		}
	}
	if confidence > 1.0001 {
		t.Errorf("the confidences add up to %v", confidence)
	}
}

// TestAnswer takes every candidate of every question as the person's answer.
func TestAnswer(t *testing.T) {
	for seed := range uint64(20) {
		r := rand.New(rand.NewPCG(seed, 0))
		w := writing{crs: epsg([]int{4549, 4528, 4550, 4529, 4490}[r.IntN(5)]), swapped: r.IntN(2) == 0, shift: geo.GCJ02, times: 1 + r.IntN(2)}
		f := file(t, r, w, matter{stated: r.IntN(2) == 0, published: r.IntN(2) == 0}, spread(r, oneCounty, 200))
		for _, c := range ground().Judge(f).Candidates {
			f.User = c.User()
			v := ground().Judge(f)
			if v.Outcome != detect.Decided || !v.Told || v.Reading.CRS != c.CRS || v.Reading.Swapped != c.Swapped || v.Reading.Shift != c.Shift || v.Reading.Times != c.Times {
				t.Errorf("seed %d: the answer %s gives %s for %s", seed, c.Title().En, v.Outcome, v.Reading.Title().En)
			}
		}
	}
}

func TestDoubleShiftIsNotDecided(t *testing.T) {
	w := writing{crs: epsg(4490), shift: geo.GCJ02, times: 2}
	f, places := full(t, w, matter{coded: true, published: true})
	v := ground().Judge(f)
	if v.Outcome != detect.Ask || v.Candidates[0].Times != 2 || v.Candidates[0].Confidence < 0.9 {
		t.Fatalf("%s, %+v", v.Outcome, v.Candidates[0])
	}
	if off := missed(v.Candidates[0], f, places); off > 0.01 {
		t.Errorf("undone twice it is off by %.2f m", off)
	}
}

func TestPlacesOfAnotherCityAreAskedAbout(t *testing.T) {
	f, _ := full(t, writing{crs: epsg(4490), shift: geo.CGCS2000}, matter{})
	number(&f, 130.5, 33.3)
	f.Statement, f.CRS = detect.Written, epsg(4326)
	v := ground().Judge(f)
	if v.Outcome != detect.Ask || !strings.Contains(v.Question.En, "the file states EPSG:4326") || !strings.Contains(v.Question.En, "km from its middle") || strings.Contains(v.Question.En, "%!") {
		t.Errorf("%s: %s", v.Outcome, v.Question.En)
	}
}

func TestWithoutGround(t *testing.T) {
	g := detect.NewGround(nil, nil, orb.Bound{})
	tests := map[string]struct {
		change  func(*detect.File)
		outcome detect.Outcome
		code    string
	}{
		"silent":    {func(*detect.File) {}, detect.Ask, "4490"},
		"stated":    {func(f *detect.File) { f.Statement, f.CRS = detect.Written, epsg(4490) }, detect.Trusted, "4490"},
		"elsewhere": {func(f *detect.File) { number(f, -80.8, 35.2); f.Statement, f.CRS = detect.Written, epsg(4326) }, detect.Trusted, "4326"},
		"metres, stated": {func(f *detect.File) {
			number(f, 598102, 3554789)
			f.Statement, f.CRS = detect.Written, epsg(4549)
		}, detect.Trusted, "4549"},
		"metres with their zone, stated, few rows": {func(f *detect.File) {
			number(f, 40598102, 3554789)
			f.Statement, f.CRS, f.Pairs = detect.Written, epsg(4528), f.Pairs[:8]
		}, detect.Trusted, "4528"},
		"metres, silent": {func(f *detect.File) { number(f, 598102, 3554789) }, detect.Ask, "4549"},
		"published": {func(f *detect.File) {
			for i := range f.Pairs {
				f.Pairs[i].Published = &orb.Point{f.Pairs[i].First, f.Pairs[i].Second}
			}
		}, detect.Decided, "4490"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			f, _ := full(t, writing{crs: epsg(4490), shift: geo.CGCS2000}, matter{})
			tt.change(&f)
			v := g.Judge(f)
			r := v.Reading
			if v.Outcome == detect.Ask {
				r = v.Candidates[0]
			}
			if v.Outcome != tt.outcome || r.CRS.Code != tt.code || r.Swapped || r.Times != 0 {
				t.Errorf("%s for %s\n%s%s", v.Outcome, r.Title().En, joined(v.Evidence), v.Question.En)
			}
		})
	}
}

func TestTownshipsDecide(t *testing.T) {
	g, towns := townships()
	outcomes := map[detect.Outcome]int{}
	for seed := range uint64(12) {
		r := rand.New(rand.NewPCG(seed, 5))
		for _, shift := range []geo.Datum{geo.CGCS2000, geo.GCJ02, geo.BD09} {
			w := writing{crs: epsg(4528), shift: shift, times: 1}
			var places []truth
			for range 600 {
				k := r.IntN(len(towns))
				p := towns[k].Bound()
				at := orb.Point{p.Min[0] + r.Float64()*(p.Max[0]-p.Min[0]), p.Min[1] + r.Float64()*(p.Max[1]-p.Min[1])}
				places = append(places, truth{at, townCode(at, towns)})
			}
			f := file(t, r, w, matter{}, places)
			for i := range f.Pairs {
				f.Pairs[i].Code = places[i].code
			}
			v := g.Judge(f)
			outcomes[v.Outcome]++
			if off := missed(v.Reading, f, places); v.Outcome == detect.Decided && off > 0.01 {
				t.Errorf("seed %d, %s: off by %.0f m", seed, shift, off)
			}
		}
	}
	if outcomes[detect.Decided] < 34 {
		t.Errorf("600 rows that name their township: %v", outcomes)
	}
}

// townships are 36 quadrangles of about 7 km a side, and a ground that knows them a little wrong.
func townships() (*detect.Ground, []orb.Polygon) {
	r := rand.New(rand.NewPCG(8, 8))
	const n = 6
	var corner, rough [n + 1][n + 1]orb.Point
	for i := range corner {
		for j := range corner[i] {
			corner[i][j] = orb.Point{120.6 + 0.075*(float64(i)+r.Float64()*0.4), 32.1 + 0.063*(float64(j)+r.Float64()*0.4)}
			rough[i][j] = around(r, "", corner[i][j], 80)
		}
	}
	var towns []orb.Polygon
	var areas []detect.Area
	for i := range n {
		for j := range n {
			towns = append(towns, quad(corner[i][j], corner[i+1][j], corner[i+1][j+1], corner[i][j+1]))
			areas = append(areas, detect.Area{
				Code:  fmt.Sprintf("320612%03d", len(towns)),
				Shape: orb.MultiPolygon{quad(rough[i][j], rough[i+1][j], rough[i+1][j+1], rough[i][j+1])},
			})
		}
	}
	return detect.NewGround(areas, nil, sea), towns
}

func quad(p ...orb.Point) orb.Polygon { return orb.Polygon{append(orb.Ring(p), p[0])} }

func townCode(at orb.Point, towns []orb.Polygon) string {
	for k, town := range towns {
		if contains(town, at) {
			return fmt.Sprintf("320612%03d", k+1)
		}
	}
	return ""
}

// FuzzJudge gives two numbers in three rows and looks for verdicts that do not hold together.
func FuzzJudge(f *testing.F) {
	f.Add(120.894, 31.98, "320613", "", "")
	f.Add(3539968.2, 40584524.9, "320613001", "EPSG:4528", "GCJ02")
	f.Add(1205338.4, 315848.0, "", "EPSG:4490", "")
	f.Add(1e300, -1e300, "3206", "EPSG:3857", "BD09")
	f.Fuzz(func(t *testing.T, first, second float64, code, crs, shift string) {
		in := detect.File{User: detect.User{Shift: geo.Datum(shift)}}
		if c, err := geo.ParseCRS(crs); err == nil {
			in.CRS, in.Statement = c, detect.Written
		}
		for i := range 3 {
			in.Pairs = append(in.Pairs, detect.Pair{Row: int64(i), First: first + float64(i)/1e4, Second: second, Code: code})
		}
		v := ground().Judge(in)
		if v.Outcome == detect.Decided || v.Outcome == detect.Trusted {
			if _, err := v.Reading.Place(in.Pairs[0].First, in.Pairs[0].Second); err != nil {
				t.Errorf("%s for %s, but %v", v.Outcome, v.Reading.Title().En, err)
			}
		}
		if v.Outcome == detect.Ask && (v.Question.Zh == "" || v.Question.En == "") {
			t.Error("nothing is asked")
		}
		for _, c := range v.Candidates {
			if !(c.Confidence >= 0 && c.Confidence <= 1) {
				t.Errorf("confidence %v", c.Confidence)
			}
		}
	})
}

func TestStrictPolicyTakesNoWord(t *testing.T) {
	f, _ := full(t, writing{crs: epsg(4549), shift: geo.CGCS2000}, matter{stated: true})
	g := detect.NewGround(nil, orb.MultiPolygon{{sea.ToRing()}}, sea)
	if v := g.Judge(f); v.Outcome != detect.Trusted {
		t.Fatalf("%s: %s", v.Outcome, v.Question.En)
	}
	g.Policy.Trust = 1
	if v := g.Judge(f); v.Outcome != detect.Ask || v.Candidates[0].CRS != epsg(4549) {
		t.Errorf("%s: %v", v.Outcome, v.Candidates)
	}
}
