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
	HeaderSkipped   Rule = "header_skipped"   // rows above or below the header that are no records were left out
	HeaderMissing   Rule = "header_missing"   // a table without a header; its columns are numbered
	HeaderRepeated  Rule = "header_repeated"  // a row that repeats the header was left out
	RowRagged       Rule = "row_ragged"       // a row with more or fewer cells than the header
	QuoteDoubted    Rule = "quote_doubted"    // a quoted cell so long that its end may be missing
	TotalRow        Rule = "total_row"        // a row that looks like a sum and not like a record
	PlaceholderNull Rule = "placeholder_null" // a sign for "no value", read as that
	WidthChanged    Rule = "width_changed"    // full-width characters became half-width
	UnitDropped     Rule = "unit_dropped"     // a unit behind a number was left out
	UnitDiffers     Rule = "unit_differs"     // a unit other than in the rest of the column
	DigitsLost      Rule = "digits_lost"      // a code of which a spreadsheet dropped digits
	CodeRestored    Rule = "code_restored"    // a code that is shown in powers of ten, restored
	ZerosRestored   Rule = "zeros_restored"   // leading zeros of a code, restored by its format
	MergedFilled    Rule = "merged_filled"    // a merged cell took its area's value
	HiddenRow       Rule = "hidden_row"       // a hidden row that is read
	HiddenPart      Rule = "hidden_part"      // hidden columns or sheets
	FormulaUncached Rule = "formula_uncached" // a formula without a stored result
	CellError       Rule = "cell_error"       // a cell that shows an error of the spreadsheet
	BadPosition     Rule = "bad_position"     // coordinate cells that are no coordinates
	PositionColumns Rule = "position_columns" // the columns that positions were taken from
	CRSMissing      Rule = "crs_missing"      // the file states no coordinate system
	ConverterSays   Rule = "converter_says"   // a warning of the program that reads rarer formats
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
