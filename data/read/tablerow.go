package read

// record makes a row of a sheet's row; nil for one that is no record.
func (t *table) record(raw *sheetRow) *Row {
	t.fillMerged(raw)
	if blankRow(raw) {
		return nil
	}
	if t.repeatsHeader(raw) {
		t.tally.add(HeaderRepeated, "", raw.number, "")
		return nil
	}
	row := &Row{Number: raw.number, Values: make([]Value, len(t.columns))}
	if raw.hidden {
		t.tally.add(HiddenRow, "", raw.number, "")
	}
	beyond := 0
	for i, v := range raw.cells {
		at := -1
		if i < len(t.place) {
			at = t.place[i]
		}
		if at < 0 {
			if !isBlankCell(v) {
				beyond++
			}
			continue
		}
		row.Values[at] = t.tidy(row, at, v)
	}
	for _, n := range raw.notes {
		if n.column < len(t.place) && t.place[n.column] >= 0 {
			t.tally.add(n.rule, t.columns[t.place[n.column]], raw.number, n.raw)
		}
	}
	for _, f := range raw.faults {
		if f.column >= 0 && f.column < len(t.place) && t.place[f.column] >= 0 {
			f.p.Column = t.columns[t.place[f.column]]
		}
		row.Problems = append(row.Problems, f.p)
	}
	if beyond > 0 {
		row.Problems = append(row.Problems, about(RowRagged, Warning, "有 %d 个单元格在表头所列各列之外，未读取", "%d cells lie outside of the header's columns and are not read", beyond))
	}
	if looksLikeTotal(row.Values) {
		row.Problems = append(row.Problems, about(TotalRow, Warning, "此行像是合计行，而不是一条记录", "this row looks like a total and not like a record"))
	}
	if t.finder != nil {
		t.finder.place(row)
	}
	return row
}

func blankRow(r *sheetRow) bool {
	for _, v := range r.cells {
		if !isBlankCell(v) {
			return false
		}
	}
	return true
}

// isBlankCell reports whether there is nothing in a cell that one can see.
func isBlankCell(v Value) bool { return v.Kind == Null || v.Kind == Text && trimBlank(v.Raw) == "" }

// repeatsHeader knows the header where pages of a printout repeat it.
func (t *table) repeatsHeader(r *sheetRow) bool {
	same := 0
	for i, v := range r.cells {
		text := trimBlank(v.Raw)
		if text == "" {
			continue
		}
		if i >= len(t.header) || t.header[i] != text {
			return false
		}
		same++
	}
	return same >= 2
}

// fillMerged gives the cells below a merged cell its value, as a person sees it.
func (t *table) fillMerged(r *sheetRow) {
	for column, f := range t.active {
		switch {
		case r.number > f.area.bottom:
			delete(t.active, column)
		case column >= len(r.cells) || isBlankCell(r.cells[column]):
			for len(r.cells) <= column {
				r.cells = append(r.cells, Value{})
			}
			if r.cells[column] = f.value; f.value.Kind != Null {
				r.notes = append(r.notes, cellNote{column, MergedFilled, f.value.Raw})
			}
		}
	}
	for len(t.fill) > 0 && t.fill[0].top <= r.number {
		a := t.fill[0]
		t.fill = t.fill[1:]
		if int(a.left) < len(r.cells) && a.top == r.number {
			t.active[int(a.left)] = filling{a, r.cells[a.left]}
		}
	}
}
