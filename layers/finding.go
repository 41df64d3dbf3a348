package layers

// Severity of a finding.
type Severity string

// An error keeps a record out; a warning and a notice do not.
const (
	SeverityError   Severity = "error"
	SeverityWarning Severity = "warning"
	SeverityNotice  Severity = "notice"
)

// Finding is one fault found in a survey: the rule it breaks, where, what stands there
// and what may stand there. The rules are those of Rulebook.
type Finding struct {
	Rule     string      `json:"rule"`
	Severity Severity    `json:"severity"`
	Layer    string      `json:"layer"`
	File     string      `json:"file,omitempty"`
	Row      int64       `json:"row,omitempty"` // 1 is the first record; 0 speaks of the whole file
	Field    string      `json:"field,omitempty"`
	Value    string      `json:"value,omitempty"`
	Allowed  string      `json:"allowed,omitempty"`
	Place    *[2]float64 `json:"place,omitempty"` // longitude, latitude
	Message  Text        `json:"message"`
	Hint     Text        `json:"hint,omitzero"`    // what to do about it
	Repair   string      `json:"repair,omitempty"` // what could stand there instead, where it can be told; it is offered, never applied
	Object   string      `json:"object,omitempty"` // key of the record
	Area     string      `json:"area,omitempty"`   // county the record belongs to, six digits
	Table    string      `json:"table,omitempty"`  // census table the record was filed on, or its layer: see Rates
	Count    int64       `json:"count,omitempty"`  // of a finding without row: so many more records of Area and Table are at fault in this way and not listed
}

// find makes a finding with the severity and the hint that the rulebook has for its rule.
func (l *Layer) find(rule string, row int64, field, value, zh, en string) Finding {
	r := RuleOf(rule)
	return Finding{Rule: rule, Severity: r.Severity, Layer: l.ID, Row: row, Field: field, Value: value, Message: Text{Zh: zh, En: en}, Hint: r.Hint}
}

// With returns the finding with another severity; an empty one leaves it as it is.
func (f Finding) With(s Severity) Finding {
	if s != "" {
		f.Severity = s
	}
	return f
}
