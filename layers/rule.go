package layers

// RuleCheck names what a declared rule tests. Some hold for every layer without being
// declared; a declaration then changes their measures, severity, or switches them off.
type RuleCheck string

// The checks, with the rules of the rulebook that they find, and the keys of Rule that they take.
const (
	CheckOrder     RuleCheck = "order"      // V4, V9: fields, in order; a field may be today, the day of checking
	CheckWhen      RuleCheck = "when"       // V8: if, then
	CheckSum       RuleCheck = "sum"        // V9: field is the sum of parts; tolerance, a share of it
	CheckUsual     RuleCheck = "usual"      // V5: field within min and max, or else it is in another unit
	CheckMeasure   RuleCheck = "measure"    // V5: field is the area or length of the geometry; tolerance, a share
	CheckRatio     RuleCheck = "ratio"      // X5: the first of fields by the second is within min and max
	CheckUnder     RuleCheck = "under"      // A5: the first of fields, a code, is under the second
	CheckCodeAt    RuleCheck = "code_at"    // V7: field is an administrative code of the date or year in at
	CheckArea      RuleCheck = "area"       // A1, A2, for every layer with an area field: within, metres; sea
	CheckSea       RuleCheck = "sea"        // A3, in place of area: not on land; within, metres
	CheckCoverage  RuleCheck = "coverage"   // T1: among equal by; over, m²; if
	CheckGaps      RuleCheck = "gaps"       // T2: among equal by; under, m²; if
	CheckConnects  RuleCheck = "connects"   // T3: ends within metres of another line's among equal by; or ends of equal nodes
	CheckOn        RuleCheck = "on"         // T4: within metres of a record of layer that meets where; if
	CheckInside    RuleCheck = "inside"     // T5: in the record of layer whose key is field; within, metres
	CheckSamePlace RuleCheck = "same_place" // U3, for points with a required label: within, metres
	CheckPile      RuleCheck = "pile"       // U4, for points: over, records
	CheckClear     RuleCheck = "clear"      // X3: not in a record of layer that meets where and whose key is in field; if
	CheckRegister  RuleCheck = "register"   // X4: field is a key of layer; same: fields that are equal; missing: ignore
	CheckChange    RuleCheck = "change"     // D1–D4, for every layer: count and gone, %; moved, m; jump, steps of fields
)

// Rule is one declared check beyond what fields say for themselves. Which keys a check
// takes is said at the checks.
type Rule struct {
	Check     RuleCheck         `yaml:"check" json:"check"`
	Severity  Severity          `yaml:"severity" json:"severity,omitempty"` // in place of the rulebook's
	Says      Text              `yaml:"says" json:"says,omitzero"`          // what is demanded, in words, for the finding
	Off       bool              `yaml:"off" json:"off,omitempty"`           // for checks that hold undeclared
	Field     string            `yaml:"field" json:"field,omitempty"`
	Fields    []string          `yaml:"fields" json:"fields,omitempty"`
	Parts     []string          `yaml:"parts" json:"parts,omitempty"` // numbers or quantities
	If        Condition         `yaml:"if" json:"if,omitempty"`
	Then      Condition         `yaml:"then" json:"then,omitempty"`
	At        string            `yaml:"at" json:"at,omitempty"`
	By        []string          `yaml:"by" json:"by,omitempty"`
	Nodes     []string          `yaml:"nodes" json:"nodes,omitempty"` // from and to
	Layer     string            `yaml:"layer" json:"layer,omitempty"`
	Key       string            `yaml:"key" json:"key,omitempty"` // field of Layer
	Where     Condition         `yaml:"where" json:"where,omitempty"`
	Same      map[string]string `yaml:"same" json:"same,omitempty"` // field → field of Layer
	Missing   string            `yaml:"missing" json:"missing,omitempty"`
	Sea       bool              `yaml:"sea" json:"sea,omitempty"` // a position at sea belongs to the coast within the layer's margin
	Within    *float64          `yaml:"within" json:"within,omitempty"`
	Over      *float64          `yaml:"over" json:"over,omitempty"`
	Under     *float64          `yaml:"under" json:"under,omitempty"`
	Tolerance *float64          `yaml:"tolerance" json:"tolerance,omitempty"`
	Min       *float64          `yaml:"min" json:"min,omitempty"`
	Max       *float64          `yaml:"max" json:"max,omitempty"`
	Count     *float64          `yaml:"count" json:"count,omitempty"`
	Gone      *float64          `yaml:"gone" json:"gone,omitempty"`
	Moved     *float64          `yaml:"moved" json:"moved,omitempty"`
	Jump      *float64          `yaml:"jump" json:"jump,omitempty"`
}

// today stands in an order for the day of checking, or its year.
const today = "today"

// RulesOf returns the declared rules of a check, those that are switched off left out.
func (l *Layer) RulesOf(check RuleCheck) []*Rule {
	var rules []*Rule
	for _, r := range l.Rules {
		if r.Check == check && !r.Off {
			rules = append(rules, r)
		}
	}
	return rules
}

// Rule returns the measures of a check that holds undeclared: the declared ones with the
// defaults in their gaps, or the defaults; nil when the check is switched off or does not
// apply to the layer.
func (l *Layer) Rule(check RuleCheck) *Rule {
	defaults, applies := l.undeclared(check)
	for _, r := range l.Rules {
		if r.Check != check {
			continue
		}
		if r.Off {
			return nil
		}
		own := *r
		fill := func(own **float64, other *float64) {
			if *own == nil {
				*own = other
			}
		}
		fill(&own.Within, defaults.Within)
		fill(&own.Over, defaults.Over)
		fill(&own.Count, defaults.Count)
		fill(&own.Gone, defaults.Gone)
		fill(&own.Moved, defaults.Moved)
		fill(&own.Jump, defaults.Jump)
		if len(own.Fields) == 0 {
			own.Fields = defaults.Fields
		}
		return &own
	}
	if !applies {
		return nil
	}
	return &defaults
}

// Defaults of the checks that hold undeclared. Provisional, as no source gives them:
// borders are good to some hundred metres, and a survey rarely changes by a fifth.
var (
	nearBorder  = 200.0  // m
	samePlace   = 50.0   // m
	pileOver    = 10.0   // records
	changeCount = 20.0   // %
	changeGone  = 5.0    // %
	changeMoved = 1000.0 // m
	changeJump  = 2.0    // steps
)

func (l *Layer) undeclared(check RuleCheck) (r Rule, applies bool) {
	r.Check = check
	label := l.byName[l.Label]
	switch check {
	case CheckArea:
		r.Within = &nearBorder
		return r, l.Area != "" && len(l.RulesOf(CheckSea)) == 0
	case CheckSamePlace:
		r.Within = &samePlace
		return r, l.Geometry == Point && label != nil && label.Required && label.Type == TypeText
	case CheckPile:
		r.Over = &pileOver
		return r, l.Geometry == Point
	case CheckChange:
		r.Count, r.Gone, r.Moved, r.Jump = &changeCount, &changeGone, &changeMoved, &changeJump
		if l.by != nil && l.by.List.Ordered {
			r.Fields = []string{l.by.Name}
		}
		return r, true
	}
	return r, false
}
