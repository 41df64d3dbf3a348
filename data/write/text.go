package write

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"onemap/layers"
)

// text writes a cell as the import reads it: codes, or their Chinese titles, with ; between
// several, quantities as name:number;…, an empty list as a lone ;. The second is false for null.
func text(f *layers.Field, v any, titles bool) (string, bool) {
	switch v := v.(type) {
	case nil:
		return "", false
	case string:
		if f.List != nil && titles {
			return title(f, v), true
		}
		return v, true
	case int64:
		return strconv.FormatInt(v, 10), true
	case float64:
		return string(number(v)), true
	case bool:
		if titles {
			return map[bool]string{true: "是", false: "否"}[v], true
		}
		return strconv.FormatBool(v), true
	case time.Time:
		switch {
		case f.Type == layers.TypeDate:
			return v.Format(time.DateOnly), true
		case titles:
			return v.In(layers.Beijing).Format("2006-01-02 15:04:05.999999"), true
		}
		return v.Format(time.RFC3339Nano), true
	case []string:
		parts := slices.Clone(v)
		if titles {
			for i := range parts {
				parts[i] = title(f, parts[i])
			}
		}
		if len(parts) == 0 {
			return ";", true
		}
		return strings.Join(parts, ";"), true
	case map[string]float64:
		var parts []string
		for _, code := range f.List.Codes() {
			if x, ok := v[code]; ok {
				if titles {
					code = title(f, code)
				}
				parts = append(parts, code+":"+string(number(x)))
			}
		}
		if len(parts) == 0 {
			return ";", true
		}
		return strings.Join(parts, ";"), true
	}
	return "", false
}

// number is the shortest text that gives the number back, with an exponent where the plain
// form is longer than 24 characters.
func number(v float64) []byte {
	b := strconv.AppendFloat(nil, v, 'f', -1, 64)
	if len(b) > 24 {
		b = strconv.AppendFloat(b[:0], v, 'e', -1, 64)
	}
	return b
}

// title is a code's Chinese title where the import would take it for the code, else the
// code: titles may hold the marks that stand between several.
func title(f *layers.Field, code string) string {
	c := f.List.Code(code)
	if c == nil || f.List.Match(c.Title.Zh) != c {
		return code
	}
	if f.Type != layers.TypeCode && strings.ContainsAny(c.Title.Zh, ",;|/、，；:=：＝｜／") {
		return code
	}
	return c.Title.Zh
}
