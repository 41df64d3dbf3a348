package layers

import (
	"encoding/binary"
	"encoding/json"
	"math"
	"time"
)

// Cell returns column i of View.Columns() as a Go value: nil, string (text, code), int64,
// float64, bool, time.Time (date at midnight UTC; datetime to the microsecond, UTC),
// []string (codes) or map[string]float64 (quantities). Numbers and times that are not
// finite are nil. The value holds none of the item's memory.
func (it Item) Cell(i int) any { return cellOf(it.View.columns[i].Type, it.Raw[i]) }

func cellOf(t Type, raw []byte) any {
	if raw == nil {
		return nil
	}
	switch t {
	case TypeInteger:
		return int64(binary.BigEndian.Uint64(raw))
	case TypeNumber:
		if x := math.Float64frombits(binary.BigEndian.Uint64(raw)); !math.IsNaN(x) && !math.IsInf(x, 0) {
			return x
		}
		return nil
	case TypeBoolean:
		return raw[0] != 0
	case TypeDate:
		days := int32(binary.BigEndian.Uint32(raw))
		if days == math.MaxInt32 || days == math.MinInt32 {
			return nil
		}
		return postgresEpoch.AddDate(0, 0, int(days))
	case TypeDateTime:
		micros := int64(binary.BigEndian.Uint64(raw))
		if micros == math.MaxInt64 || micros == math.MinInt64 {
			return nil
		}
		return time.UnixMicro(postgresEpoch.UnixMicro() + micros).UTC()
	case TypeCodes:
		list := []string{}
		if json.Unmarshal(appendTextArray(nil, raw), &list) != nil {
			return nil
		}
		return list
	case TypeQuantities:
		amounts := map[string]float64{}
		if json.Unmarshal(raw[1:], &amounts) != nil {
			return nil
		}
		return amounts
	}
	return string(raw)
}
