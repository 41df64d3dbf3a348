package read

// columnShape is what the rows read ahead say of a column.
type columnShape struct {
	numbers bool   // most cells are numbers
	units   bool   // most cells are numbers, and some have units behind them
	unit    string // the usual one
}

// study looks at the columns of the rows ahead.
func (t *table) study() {
	t.shape = make([]columnShape, len(t.columns))
	for i, at := range t.place {
		if at < 0 {
			continue
		}
		cells, numbers := 0, 0
		count := map[string]int{}
		for _, r := range t.ahead {
			if i >= len(r.cells) || isBlankCell(r.cells[i]) {
				continue
			}
			v := r.cells[i]
			text := trimBlank(v.Raw)
			if v.Kind == Text && (placeholders[text] || nothings[text]) {
				continue
			}
			cells++
			switch v.Kind {
			case Integer, Number:
				numbers++
				count[""]++
			case Text:
				if _, unit, ok := numberOf(text); ok {
					numbers++
					count[unit]++
				}
			}
		}
		s := &t.shape[at]
		s.numbers = cells > 0 && numbers*5 >= cells*4
		s.units = s.numbers && len(count) > 0 && count[""] < numbers
		most := 0
		for unit, n := range count {
			if unit != "" && (n > most || n == most && unit < s.unit) {
				s.unit, most = unit, n
			}
		}
	}
}

// tidy brings a cell to the form in which it can be compared, and keeps account of what that changed.
func (t *table) tidy(row *Row, at int, v Value) Value {
	if v.Kind != Text {
		return v
	}
	text := trimBlank(v.Raw)
	shape := t.shape[at]
	switch {
	case text == "":
		return Value{}
	case placeholders[text], shape.numbers && nothings[text]:
		t.tally.add(PlaceholderNull, t.columns[at], row.Number, text)
		return Value{Raw: v.Raw}
	case lostDigits(text):
		row.Problems = append(row.Problems, about(DigitsLost, Error, "编号 %q 被电子表格转成了科学计数法，数位已丢失；请从原始资料重新填写，并把该列设为文本格式", "the code %q was turned into powers of ten by a spreadsheet and has lost digits; fill it in again from its source, in a column of text format", text).of(t.columns[at], text))
		return TextValue(text)
	}
	if shape.units {
		if n, unit, ok := numberOf(text); ok {
			if unit != "" {
				t.tally.add(UnitDropped, t.columns[at], row.Number, text)
			}
			if unit != "" && unit != shape.unit {
				row.Problems = append(row.Problems, about(UnitDiffers, Warning, "单位 %[1]q 与该列多数的单位 %[2]q 不同，数值未换算", "the unit %[1]q is not %[2]q as in most of the column; the number is not converted", unit, shape.unit).of(t.columns[at], text))
			}
			if n == float64(int64(n)) && n < 1<<53 && n > -1<<53 {
				return integerValue(text, int64(n))
			}
			return numberValue(text, n)
		}
	}
	half, changed := halfWidth(text)
	if changed {
		t.tally.add(WidthChanged, t.columns[at], row.Number, text)
	}
	return TextValue(half)
}
