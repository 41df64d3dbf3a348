package read_test

import (
	"testing"
	"time"

	"onemap/data/read"
)

func date(y int, m time.Month, d int) time.Time { return time.Date(y, m, d, 0, 0, 0, 0, time.UTC) }

// A cell of one kind gives the zero of all others.
func TestValueOfOtherKinds(t *testing.T) {
	v := read.TextValue("12")
	if v.Int() != 0 || v.Float() != 0 || v.Bool() || !v.Time().IsZero() || v.Any() != "12" {
		t.Errorf("text gives %v, %v, %v, %v, %v", v.Int(), v.Float(), v.Bool(), v.Time(), v.Any())
	}
	if null := (read.Value{}); null.Any() != nil || null.Kind != read.Null {
		t.Errorf("the zero value is %v", null.Any())
	}
}
