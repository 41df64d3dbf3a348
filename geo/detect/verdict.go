package detect

import "onemap/geo"

// Outcome is what a verdict comes to.
type Outcome string

// The outcomes.
const (
	// Decided: exactly one reading fits, by evidence or by the person's word. It can be taken.
	Decided Outcome = "decided"
	// Trusted: the reading is what the file says of itself. Nothing speaks against it, but
	// nothing here could tell if it were false. It can be taken if that is shown; who wants certainty asks.
	Trusted Outcome = "trusted"
	// Ask: two or more readings fit, or none. The person must choose or say.
	Ask Outcome = "ask"
	// Refused: the datum is unknown, or needs local parameters. Evidence says why.
	Refused Outcome = "refused"
)

// Verdict is how a file's positions are understood.
type Verdict struct {
	Outcome    Outcome
	Reading    Reading    // what is taken, when Decided or Trusted
	Told       bool       // part of it is the person's word
	Candidates []Reading  // ranked, the best first; when Decided the alternatives considered are in it too
	Question   Text       // what to ask the person, when Ask
	Evidence   []Text     // what the verdict rests on
	Warnings   []Text     // what contradicts the file's or the person's word, and what is wrong with the numbers
	Rows       int        // pairs looked at
	Unusable   int        // of them without numbers, or 0, 0
	Resolution geo.Metres // step of the last digit that the numbers are written with
}
