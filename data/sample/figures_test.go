package sample_test

import (
	"testing"
	"time"

	"onemap/data/sample"
)

// tally adds up what the report counts.
type tally map[string]int

func (n tally) add(key string, v any) {
	switch v := v.(type) {
	case int64:
		n[key] += int(v)
	case float64:
		n[key] += int(v)
	case bool:
		if v {
			n[key]++
		}
	}
}

func count(t *testing.T, p *sample.Plan) tally {
	t.Helper()
	n := tally{}
	for _, id := range p.Layers() {
		if id == "building" || id == "road" {
			continue
		}
		for _, r := range records(t, p, id) {
			n[id]++
			n.add("residents/"+id, r.Values["residents"])
			if r.Values["survey_table"] != nil {
				n["census"]++
			}
			if r.Geometry == nil {
				n["unplaced/"+id]++
			}
			for _, field := range []string{
				"plan_count", "enforcement_cases", "fines_cny", "named_publicly", "registered", "hazchem_user", "at_hazchem_user", "registered_civil",
				"experts", "accidents", "deaths", "plans_township", "plans_village", "drills", "drill_people", "campaign_tasks", "demonstration_community", "officers_a", "officers_b",
				"items_total", "alerts_total", "readings_total", "claims", "payout_cny", "open_dangers",
			} {
				n.add(id+"/"+field, r.Values[field])
			}
			for _, field := range []string{"risk_grade", "standardization", "kind", "level", "status", "tier", "department", "event_no", "typhoon_no"} {
				if c, ok := r.Values[field].(string); ok {
					n[id+"/"+field+"="+c]++
				}
			}
			if stock, ok := r.Values["stock"].(map[string]float64); ok {
				for _, v := range stock {
					n["stock"] += int(v)
				}
			}
			n.add(id+"/messages_sent", r.Values["messages_sent"])
		}
	}
	return n
}

// The figures of the report, exactly.
func TestFigures(t *testing.T) {
	n := count(t, plan(t, whole))
	for key, want := range map[string]int{
		"enterprise":                         33_782,
		"enterprise/risk_grade=ungraded":     17_494,
		"enterprise/hazchem_user":            17_122,
		"enterprise/registered":              22_000,
		"enterprise/standardization=none":    33_782 - 11_872,
		"enterprise/plan_count":              23_293,
		"enterprise/enforcement_cases":       3_739,
		"enterprise/fines_cny":               74_878_700,
		"enterprise/named_publicly":          68,
		"hidden_danger":                      168_000,
		"hidden_danger/at_hazchem_user":      39_091,
		"rescue_team":                        661,
		"rescue_team/registered_civil":       7,
		"rescue_team/kind=unknown":           0,
		"admin_unit/experts":                 756,
		"admin_unit/accidents":               118,
		"admin_unit/deaths":                  74,
		"admin_unit/plans_township":          2_322,
		"admin_unit/plans_village":           1_929,
		"admin_unit/level=village":           1_929,
		"admin_unit/drills":                  8_114,
		"admin_unit/drill_people":            290_000,
		"admin_unit/campaign_tasks":          196,
		"admin_unit/demonstration_community": 8,
		"public_facility/plan_count":         6_085,
		"supply_depot/items_total":           20_990,
		"stock":                              20_990,
		"sensor/alerts_total":                55_000,
		"sensor/readings_total":              116_160_000,
		"disaster_event/claims":              7_997,
		"disaster_event/payout_cny":          9_913_000,
		"disaster_event/typhoon_no=2106":     1,
		"disaster_event/typhoon_no=2114":     1,
		"warning/messages_sent":              8_000_000,
		"census":                             22_170,
		"residents/population":               7_700_000,
		"hidden_danger/status=unknown":       0,
	} {
		if n[key] != want {
			t.Errorf("%s is %d, not %d", key, n[key], want)
		}
	}
	if got := n["admin_unit/officers_a"] + n["admin_unit/officers_b"]; got != 3_800 {
		t.Errorf("%d officers", got)
	}
	for _, kind := range []string{"comprehensive", "specialist", "shock", "social"} {
		if n["rescue_team/kind="+kind] == 0 {
			t.Errorf("no %s team", kind)
		}
	}
	if open := n["hidden_danger"] - n["hidden_danger/status=closed"]; n["enterprise/open_dangers"] != open {
		t.Errorf("enterprises have %d open dangers of %d", n["enterprise/open_dangers"], open)
	}
	if got := n["unplaced/enterprise"]; got < 700 || got > 1_300 {
		t.Errorf("%d enterprises without a position", got)
	}
	if n["unplaced/disaster_history"] == 0 {
		t.Error("every past disaster has a position")
	}
	departments := 0
	for key := range n {
		if len(key) > 18 && key[:18] == "sensor/department=" {
			departments++
		}
	}
	if departments != 11 {
		t.Errorf("sensors of %d departments", departments)
	}
}

// Residents of the statutory units add up to the city at each level.
func TestResidentsByLevel(t *testing.T) {
	sums := map[string]int64{}
	for _, r := range records(t, plan(t, whole), "admin_unit") {
		if r.Values["kind"] == "statutory" && r.Values["abolished"] == nil && r.Values["residents"] != nil {
			sums[r.Values["level"].(string)] += r.Values["residents"].(int64)
		}
	}
	for _, level := range []string{"prefecture", "county", "township", "village"} {
		if sums[level] != sample.Residents {
			t.Errorf("the %s level has %d residents", level, sums[level])
		}
	}
}

// Units of former times end when their successors begin; the neighbours are no part of the city.
func TestUnits(t *testing.T) {
	began, ended := map[string]time.Time{}, map[string]time.Time{}
	follows := map[string]string{}
	statutory := 0
	for _, r := range records(t, plan(t, whole), "admin_unit") {
		code := r.Values["code"].(string)
		if d, ok := r.Values["established"].(time.Time); ok {
			began[code] = d
		}
		if d, ok := r.Values["abolished"].(time.Time); ok {
			ended[code] = d
			if r.ValidTo == nil || !r.ValidTo.After(*r.ValidFrom) {
				t.Errorf("%s is valid from %v to %v", code, r.ValidFrom, r.ValidTo)
			}
		} else if r.Values["level"] == "county" && r.Values["kind"] == "statutory" {
			statutory++
			follows[code], _ = r.Values["predecessors"].(string)
		}
		if r.Values["outline"] == nil {
			t.Errorf("%s does not say how good its outline is", code)
		}
	}
	if statutory != 7 {
		t.Errorf("%d statutory districts", statutory)
	}
	for code, want := range map[string]string{"320613": "320602,320611", "320612": "320683", "320614": "320684", "320685": "320621", "320623": ""} {
		if follows[code] != want {
			t.Errorf("%s follows %q, not %q", code, follows[code], want)
		}
		for old, d := range ended {
			if follows[code] != "" && len(follows[code]) >= 6 && (follows[code][:6] == old || follows[code][len(follows[code])-6:] == old) && !d.Equal(began[code]) {
				t.Errorf("%s ended on %v, %s began on %v", old, d, code, began[code])
			}
		}
	}
}

// Who has enough stops the layer; unknown layers and options out of
// bounds are refused.
func TestErrors(t *testing.T) {
	p := plan(t, sample.Options{Small: true})
	n := 0
	for _, err := range p.Records("enterprise") {
		if err != nil {
			t.Fatal(err)
		}
		if n++; n == 10 {
			break
		}
	}
	var refused []error
	for _, err := range p.Records("nothing") {
		refused = append(refused, err)
	}
	if len(refused) != 1 || refused[0] == nil || p.Count("nothing") != 0 {
		t.Errorf("an unknown layer is not refused: %v", refused)
	}
	for name, o := range map[string]sample.Options{"too many buildings": {Buildings: 10_000_001}, "negative": {Buildings: -1}, "too many cities": {Scale: 1000, Buildings: 1}} {
		if _, err := sample.City(o); err == nil {
			t.Errorf("%s: not refused", name)
		}
	}
}
