package layers

import (
	"encoding/binary"
	"math/rand/v2"
	"testing"
	"time"
)

// TestTimesAreWrittenAsTheStandardLibraryDoes holds days and moments in PostgreSQL's binary
// form, of all years that it has, against time.Time.AppendFormat.
func TestTimesAreWrittenAsTheStandardLibraryDoes(t *testing.T) {
	rnd := rand.New(rand.NewPCG(1, 2))
	check := func(kind Type, raw []byte, want string) {
		t.Helper()
		if got := string(appendValue(nil, kind, raw)); got != `"`+want+`"` {
			t.Fatalf("%v is %s, want %s", raw, got, want)
		}
	}
	for range 20_000 {
		span := int32(1) << (1 + rnd.IntN(21)) // up to the year 5741 BC and back
		days := rnd.Int32N(2*span) - span
		check(TypeDate, binary.BigEndian.AppendUint32(nil, uint32(days)), postgresEpoch.AddDate(0, 0, int(days)).Format("2006-01-02"))

		micros := int64(days)*86_400_000_000 + rnd.Int64N(86_400_000_000)
		switch rnd.IntN(3) {
		case 0:
			micros -= micros % 1_000_000
		case 1:
			micros -= micros % 10_000
		}
		at := time.UnixMicro(postgresEpoch.UnixMicro() + micros).UTC()
		check(TypeDateTime, binary.BigEndian.AppendUint64(nil, uint64(micros)), at.Format(time.RFC3339Nano))
	}
}
