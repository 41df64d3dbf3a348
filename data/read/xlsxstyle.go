package read

import (
	"encoding/xml"
	"strconv"
	"strings"
)

// cellStyle is what the format of a cell says of the number in it.
type cellStyle struct {
	date, clock bool // it shows a day, a time of day
	percent     bool
	zeros       int  // digits that it is filled up to with leading zeros; 0 for none
	general     bool // no format of its own
}

// readStyles reads the cells' formats in the order in which cells refer to them (ECMA-376 part 1, 18.8).
func (w *workbook) readStyles(f part) ([]cellStyle, error) {
	own := map[string]string{}
	var styles []cellStyle
	inCells := false
	err := w.each(f, func(e xml.StartElement) {
		switch e.Name.Local {
		case "numFmt":
			if len(own) < 10_000 {
				own[attribute(e, "numFmtId")] = attribute(e, "formatCode")
			}
		case "cellXfs":
			inCells = true
		case "cellStyles", "dxfs", "cellStyleXfs":
			inCells = false
		case "xf":
			if inCells && len(styles) < 100_000 {
				styles = append(styles, styleOf(attribute(e, "numFmtId"), own))
			}
		}
	})
	return styles, err
}

func styleOf(id string, own map[string]string) cellStyle {
	if code, ok := own[id]; ok {
		return styleOfCode(code)
	}
	n, err := strconv.Atoi(id)
	switch {
	case err != nil || n == 0:
		return cellStyle{general: true}
	case n == 9 || n == 10:
		return cellStyle{percent: true}
	case n == 22:
		return cellStyle{date: true, clock: true}
	case n >= 14 && n <= 17, n >= 27 && n <= 31, n == 36, n >= 50 && n <= 54, n >= 57 && n <= 58: // 27 to 58 are those of Chinese programs
		return cellStyle{date: true}
	case n >= 18 && n <= 21, n >= 45 && n <= 47, n >= 32 && n <= 35, n >= 55 && n <= 56:
		return cellStyle{clock: true}
	}
	return cellStyle{}
}

// styleOfCode reads a format code (18.8.31) by its first section, without what it shows as it stands.
func styleOfCode(code string) cellStyle {
	if strings.EqualFold(code, "General") {
		return cellStyle{general: true}
	}
	var bare strings.Builder
	for i := 0; i < len(code); i++ {
		switch c := code[i]; c {
		case '"':
			if end := strings.IndexByte(code[i+1:], '"'); end >= 0 {
				i += end + 1
			}
		case '\\', '_', '*':
			i++
		case '[':
			end := strings.IndexByte(code[i:], ']')
			if end < 0 {
				i = len(code)
				break
			}
			if inside := strings.ToLower(code[i+1 : i+end]); strings.Trim(inside, "hms") == "" {
				bare.WriteString(inside)
			}
			i += end
		case ';':
			i = len(code)
		default:
			bare.WriteByte(c | 0x20*(c>>6&1)) // letters small
		}
	}
	s := bare.String()
	if strings.HasPrefix(s, "general") {
		return cellStyle{general: true}
	}
	if len(s) >= 2 && strings.Trim(s, "0") == "" {
		return cellStyle{zeros: len(s)}
	}
	style := cellStyle{percent: strings.Contains(s, "%"), clock: strings.ContainsAny(s, "hs")}
	style.date = strings.ContainsAny(s, "yd") || strings.Contains(s, "m") && !style.clock
	return style
}
