package layers

import (
	"cmp"
	"hash/maphash"
	"slices"
)

// Rates counts indicators. An indicator is one field of one record that has or must have
// a value, the geometry of a record that has one included. It is wrong when a finding of
// severity error speaks of it; for a total it is counted once, however many rules it
// breaks. Records are counted under the county of their area field and the census table
// they were filed on, or else their layer.
type Rates struct {
	counts map[[2]string]*rate // by area and table
	seen   map[uint64]struct{} // wrong indicators
	seed   maphash.Seed

	last    *rate // rows of a county follow each other
	lastKey [2]string
}

type rate struct {
	checked, records int64
	wrong            int64
	byRule           map[string]int64
}

// mostSeen bounds the memory of Rates: beyond so many wrong indicators, one that breaks
// several rules may be counted more than once in a total.
const mostSeen = 2_000_000

// PassLine is the share of wrong indicators up to which a county's table passes, unless
// configured otherwise. Provisional: practice is often said to be five per cent.
const PassLine = 0.05

// ErrorRate is wrong by checked indicators. Rule is empty in the total of a county's
// table; Area is empty for records without a county; a rule passes or fails with no other.
type ErrorRate struct {
	Area    string  `json:"area"`
	Table   string  `json:"table"`
	Rule    string  `json:"rule"`
	Records int64   `json:"records"`
	Checked int64   `json:"checked"`
	Wrong   int64   `json:"wrong"`
	Rate    float64 `json:"rate"` // Wrong / Checked; 0 when nothing was checked
	Passed  bool    `json:"passed"`
}

// NewRates counts from nothing.
func NewRates() *Rates {
	return &Rates{counts: map[[2]string]*rate{}, seen: map[uint64]struct{}{}, seed: maphash.MakeSeed()}
}

func (r *Rates) of(area, table string) *rate {
	key := [2]string{area, table}
	if r.last != nil && r.lastKey == key {
		return r.last
	}
	c := r.counts[key]
	if c == nil {
		c = &rate{byRule: map[string]int64{}}
		r.counts[key] = c
	}
	r.last, r.lastKey = c, key
	return c
}

// checked adds the indicators of one record; missing of them have no column to stand in
// and are wrong by rule V1.
func (r *Rates) checked(area, table string, n, missing int64) {
	c := r.of(area, table)
	c.checked += n
	c.records++
	if missing > 0 {
		c.wrong += missing
		c.byRule["V1"] += missing
	}
}

// Found adds a finding. Only errors count; those about the file as a whole do not, but
// for the ones that stand for others by their Count.
func (r *Rates) Found(f Finding) {
	if f.Severity != SeverityError || f.Row == 0 && f.Count == 0 {
		return
	}
	c := r.of(f.Area, f.Table)
	if f.Row == 0 {
		c.byRule[f.Rule] += f.Count
		c.wrong += f.Count
		return
	}
	c.byRule[f.Rule]++
	var h maphash.Hash
	h.SetSeed(r.seed)
	maphash.WriteComparable(&h, f.Row)
	h.WriteString(f.Field)
	key := h.Sum64()
	if _, again := r.seen[key]; again {
		return
	}
	c.wrong++
	if len(r.seen) < mostSeen {
		r.seen[key] = struct{}{}
	}
}

// List returns the rates of every county, table and rule that was broken, and first the
// total of each county and table, in their order. pass is the line up to which one
// passes; 0 stands for PassLine.
func (r *Rates) List(pass float64) []ErrorRate {
	if pass == 0 {
		pass = PassLine
	}
	list := []ErrorRate{}
	for key, c := range r.counts {
		add := func(rule string, wrong int64) {
			e := ErrorRate{Area: key[0], Table: key[1], Rule: rule, Records: c.records, Checked: c.checked, Wrong: min(wrong, c.checked)}
			if e.Checked > 0 {
				e.Rate = float64(e.Wrong) / float64(e.Checked)
			}
			e.Passed = e.Rate <= pass
			list = append(list, e)
		}
		add("", c.wrong)
		for rule, wrong := range c.byRule {
			add(rule, wrong)
		}
	}
	slices.SortFunc(list, func(a, b ErrorRate) int {
		return cmp.Or(cmp.Compare(a.Area, b.Area), cmp.Compare(a.Table, b.Table), cmp.Compare(a.Rule, b.Rule))
	})
	return list
}
