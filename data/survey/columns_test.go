package survey_test

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"github.com/paulmach/orb"

	"onemap/data"
	"onemap/data/survey"
	"onemap/layers"
)

// understand keeps a file, notes it as a batch of shelters and parses it.
func understand(t *testing.T, in *survey.Intake, name, text, source string, o survey.Options) (data.Batch, survey.Reading) {
	t.Helper()
	b := bringFor(t, in, name, text, source, "", o)
	r, err := in.Parse(context.Background(), b.ID, "census")
	if err != nil {
		t.Fatal(err)
	}
	return b, r
}

func check(t *testing.T, in *survey.Intake, id int64, who string) survey.Tally {
	t.Helper()
	tally, err := in.Check(context.Background(), id, who, nil)
	if err != nil {
		t.Fatal(err)
	}
	return tally
}

// matched are the fields of a reading's columns with how they were found.
func matched(r survey.Reading) map[string]string {
	m := map[string]string{}
	for _, c := range r.Columns {
		m[c.Name] = c.Field + " " + c.Match
	}
	return m
}

const oddTable = "号,名称,经度,纬度\nS1,公园,120.894123,31.980456\nS2,学校,120.904123,32.000456\n"

func TestWhatIsSaidOfColumnsIsKeptForTheNextFile(t *testing.T) {
	in, _ := desk(t)
	ctx := context.Background()
	placed := survey.Placing{CRS: "EPSG:4490", Shift: "none"}
	first, r := understand(t, in, "一.csv", oddTable, "county", survey.Options{Placing: placed})
	if len(r.Missing) != 1 || r.Saved != nil {
		t.Fatalf("%+v", r)
	}
	r, err := in.Answer(ctx, first.ID, survey.Options{Placing: placed, Columns: map[string]string{"shelter_code": "号"}}, "li")
	if err != nil || matched(r)["号"] != "shelter_code hand" {
		t.Fatalf("%v, %v", matched(r), err)
	}
	check(t, in, first.ID, "li")

	// The same headings in another order come again.
	again := "经度,纬度,名称,号\n120.894123,31.980456,公园,S1\n120.914123,31.990456,广场,S3\n"
	second, r := understand(t, in, "二.csv", again, "county", survey.Options{Placing: placed})
	if r.Saved == nil || r.Saved.By != "li" || r.Saved.At.IsZero() || matched(r)["号"] != "shelter_code saved" || len(r.Missing) > 0 {
		t.Fatalf("%+v, %v", r.Saved, matched(r))
	}
	if tally := check(t, in, second.ID, "wang"); tally.Good != 2 {
		t.Errorf("%+v", tally)
	}

	// Who says something else is heard, and leaves the rest as it was.
	third, r := understand(t, in, "三.csv", again+"120.924123,31.990456,塔,S4\n", "county", survey.Options{Placing: placed, Columns: map[string]string{"name": "", "host": "名称"}})
	if got := matched(r); got["名称"] != "host hand" || got["号"] != "shelter_code saved" {
		t.Errorf("%v", got)
	}
	check(t, in, third.ID, "zhao")

	// A value that is given for all rows goes before a kept column.
	_, r = understand(t, in, "丙.csv", again+"120.924123,31.990456,塔,S7\n", "other", survey.Options{Placing: placed, Values: map[string]string{"host": "街道"}})
	if got := matched(r); got["名称"] != " " || got["号"] != "shelter_code saved" {
		t.Errorf("%v", got)
	}

	// Nothing is left when all of it is taken back.
	fourth, _ := understand(t, in, "四.csv", again+"120.924123,31.990456,塔,S5\n", "county", survey.Options{Placing: placed})
	if r, err = in.Answer(ctx, fourth.ID, survey.Options{Placing: placed, Columns: map[string]string{}}, "li"); err != nil || len(r.Missing) != 1 || r.Saved != nil {
		t.Errorf("%+v, %v", r, err)
	}
	check(t, in, fourth.ID, "li")
	if _, r = understand(t, in, "五.csv", again+"120.924123,31.990456,塔,S6\n", "county", survey.Options{Placing: placed}); r.Saved != nil || matched(r)["号"] != " " {
		t.Errorf("%+v, %v", r.Saved, matched(r))
	}
}

func TestColumnsOfPositionsAreNoUnknownColumns(t *testing.T) {
	in, s := desk(t)
	b, _ := understand(t, in, "甲.csv", "编号,名称,位置/经度,位置/纬度,备忘\nS1,公园,120.894123,31.980456,x\n", "county", survey.Options{Placing: survey.Placing{CRS: "EPSG:4490", Shift: "none"}})
	check(t, in, b.ID, "census")
	found, err := s.Findings(context.Background(), b.ID, data.FindingFilter{Rule: "S2"})
	if err != nil || len(found) != 1 || found[0].Value != "备忘" {
		t.Errorf("%+v, %v", found, err)
	}
}

func TestColumnsThatAreMissingEraseNothing(t *testing.T) {
	in, s := desk(t)
	ctx := context.Background()
	placed := survey.Placing{CRS: "EPSG:4490", Shift: "none"}
	full := "编号,名称,地址,容纳人数,经度,纬度\nS1,公园,人民路1号,500,120.894123,31.980456\nS2,学校,人民路2号,300,120.904123,32.000456\n"
	b, _ := understand(t, in, "甲.csv", full, "county", survey.Options{Placing: placed})
	check(t, in, b.ID, "census")
	if _, err := publish(t, in, b.ID); err != nil {
		t.Fatal(err)
	}
	// The table comes again without address and positions, and with an empty capacity.
	b, _ = understand(t, in, "乙.csv", "编号,名称,容纳人数\nS1,公园,500\nS2,学校,\n", "county", survey.Options{})
	check(t, in, b.ID, "census")
	sum, err := s.Compare(ctx, b.ID)
	if err != nil || sum.Changed != 1 || sum.Unchanged != 1 {
		t.Errorf("%+v, %v", sum, err)
	}
	kept := map[string]bool{}
	for _, name := range sum.Kept {
		kept[name] = true
	}
	if !kept["address"] || !kept[layers.KeptPosition] || kept["capacity"] || kept["shelter_code"] {
		t.Errorf("%v", sum.Kept)
	}
	list, err := s.Differences(ctx, b.ID, "", "", 10)
	if err != nil || len(list) != 1 || len(list[0].Fields) != 1 || list[0].Fields[0].Field != "capacity" || string(list[0].Fields[0].New) != "null" || list[0].Moved != 0 {
		t.Errorf("%+v, %v", list, err)
	}
	if found, err := s.Findings(ctx, b.ID, data.FindingFilter{Rule: "X1"}); err != nil || len(found) > 0 {
		t.Errorf("%+v, %v", found, err)
	}
	if e, err := publish(t, in, b.ID); err != nil || e.Changed != 1 || e.Gone != 0 {
		t.Errorf("%+v, %v", e, err)
	}
	if p, ok := position(t, s, "S2"); !ok || p != (orb.Point{120.904123, 32.000456}) {
		t.Errorf("%v, %v", p, ok)
	}
	// A position that is there and empty does erase.
	b, _ = understand(t, in, "丙.csv", "编号,名称,经度,纬度\nS1,公园,120.894123,31.980456\nS2,学校,,\n", "county", survey.Options{Placing: placed})
	check(t, in, b.ID, "census")
	if _, err := publish(t, in, b.ID); err != nil {
		t.Fatal(err)
	}
	if _, ok := position(t, s, "S2"); ok {
		t.Error("S2 has kept the position that was taken out of the table")
	}
}

func TestKeysOfAnotherSourceAreAllCounted(t *testing.T) {
	in, s := desk(t)
	ctx := context.Background()
	placed := survey.Placing{CRS: "EPSG:4490", Shift: "none"}
	var text strings.Builder
	text.WriteString("编号,名称,经度,纬度\n")
	const rows = 1100 // more than are listed one by one
	for i := range rows {
		fmt.Fprintf(&text, "S%d,公园%d,%.6f,%.6f\n", i, i, 120.8+float64(i%40)*0.002+0.000123, 31.9+float64(i/40)*0.002+0.000456)
	}
	b, _ := understand(t, in, "甲.csv", text.String(), "如东县", survey.Options{Placing: placed})
	check(t, in, b.ID, "census")
	if _, err := publish(t, in, b.ID); err != nil {
		t.Fatal(err)
	}
	b, _ = understand(t, in, "乙.csv", text.String(), "乙", survey.Options{Placing: placed})
	if tally := check(t, in, b.ID, "census"); tally.Errors != rows || tally.Bad != rows {
		t.Errorf("%+v", tally)
	}
	groups, err := s.FindingGroups(ctx, b.ID)
	if err != nil || len(groups) == 0 {
		t.Fatal(err)
	}
	if g := groups[0]; g.Rule != "U2" || g.Count != rows || !strings.Contains(g.Example.En, "如东县") || !strings.Contains(g.Hint.En, `--source "如东县"`) {
		t.Errorf("%+v", g)
	}
}
