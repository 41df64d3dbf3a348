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
// and what may stand there. Rules are numbered by group: F file, S schema, V value,
// G geometry, U unique, C coordinates.
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
	Object   string      `json:"object,omitempty"` // key of the record
	Area     string      `json:"area,omitempty"`   // county the record belongs to, six digits
}
