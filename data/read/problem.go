package read

import "fmt"

// Severity says what a problem means for the data.
type Severity string

// The severities.
const (
	Notice  Severity = "notice"  // something was done or assumed that one should know
	Warning Severity = "warning" // a value or shape was repaired or may be wrong
	Error   Severity = "error"   // a value or shape could not be read
)

// Rule names a kind of problem, for programs.
type Rule string

// The rules of reading. Checks against a layer's declaration have their own.
const (
	CutCharacter    Rule = "cut_character"    // a multi-byte character was cut by the field's width
	BadEncoding     Rule = "bad_encoding"     // bytes that are no text in the file's character set
	EncodingGuessed Rule = "encoding_guessed" // the file does not say its character set
	EncodingDoubted Rule = "encoding_doubted" // what the file says of its character set does not fit its bytes
	BadNumber       Rule = "bad_number"       // a number cell that is no number
	BadDate         Rule = "bad_date"         // a date cell that is no date
	BadBoolean      Rule = "bad_boolean"      // a logical cell that is neither true nor false
	ColumnRenamed   Rule = "column_renamed"   // an empty, repeated or cut column name
	ColumnUnread    Rule = "column_unread"    // a column of a type that is not read
	DuplicateMember Rule = "duplicate_member" // a property that a feature has twice
	HeightDropped   Rule = "height_dropped"   // Z or M ordinates were left out
	BadGeometry     Rule = "bad_geometry"     // a shape that could not be read
	EmptyGeometry   Rule = "empty_geometry"   // a shape without points
	RingClosed      Rule = "ring_closed"      // a ring was open and has been closed
	PartDropped     Rule = "part_dropped"     // a line or ring with too few points was left out
	CountMismatch   Rule = "count_mismatch"   // the parts of a file differ in their number of records
	RecordsDeleted  Rule = "records_deleted"  // records marked as deleted were left out
	PartMissing     Rule = "part_missing"     // a part of a file set is not there
	IndexIgnored    Rule = "index_ignored"    // a .shx that does not fit its .shp
	CRSUnknown      Rule = "crs_unknown"      // a coordinate system that is stated but not known
	CurveLinearised Rule = "curve_linearised" // an arc became a line of points
	TimesDropped    Rule = "times_dropped"    // the times of a track's points were left out
	PartUnread      Rule = "part_unread"      // something in the file is not read
	TrailingBytes   Rule = "trailing_bytes"   // bytes after the end of the content
)

// Problem is one finding, with what a person needs to mend it.
type Problem struct {
	Rule     Rule
	Severity Severity
	Column   string // empty for geometry and for the file as a whole
	Raw      string // the text at fault, where there is one
	ZH, EN   string // the sentence, in Chinese and in English
}

// String is the English sentence with its column.
func (p Problem) String() string {
	if p.Column == "" {
		return p.EN
	}
	return p.Column + ": " + p.EN
}

// about makes a problem without column and raw text. args fill both sentences alike.
func about(r Rule, s Severity, zh, en string, args ...any) Problem {
	return Problem{Rule: r, Severity: s, ZH: fmt.Sprintf(zh, args...), EN: fmt.Sprintf(en, args...)}
}

func (p Problem) of(column, raw string) Problem {
	p.Column, p.Raw = column, raw
	return p
}
