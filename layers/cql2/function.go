package cql2

import (
	"regexp"
	"strings"
)

// standard are the functions of the standard with their number of arguments and their
// names in JSON.
var standard = map[string]struct {
	args int
	json string
}{
	"casei": {1, "casei"}, "accenti": {1, "accenti"},

	"s_contains": {2, "s_contains"}, "s_crosses": {2, "s_crosses"}, "s_disjoint": {2, "s_disjoint"}, "s_equals": {2, "s_equals"},
	"s_intersects": {2, "s_intersects"}, "s_overlaps": {2, "s_overlaps"}, "s_touches": {2, "s_touches"}, "s_within": {2, "s_within"},

	"t_after": {2, "t_after"}, "t_before": {2, "t_before"}, "t_contains": {2, "t_contains"}, "t_disjoint": {2, "t_disjoint"},
	"t_during": {2, "t_during"}, "t_equals": {2, "t_equals"}, "t_finishedby": {2, "t_finishedBy"}, "t_finishes": {2, "t_finishes"},
	"t_intersects": {2, "t_intersects"}, "t_meets": {2, "t_meets"}, "t_metby": {2, "t_metBy"}, "t_overlappedby": {2, "t_overlappedBy"},
	"t_overlaps": {2, "t_overlaps"}, "t_startedby": {2, "t_startedBy"}, "t_starts": {2, "t_starts"},

	"a_containedby": {2, "a_containedBy"}, "a_contains": {2, "a_contains"}, "a_equals": {2, "a_equals"}, "a_overlaps": {2, "a_overlaps"},
}

// takesArrays reports whether a function's arguments are arrays.
func takesArrays(name string) bool {
	return name == "a_containedby" || name == "a_contains" || name == "a_equals" || name == "a_overlaps"
}

// reserved are the words that name no property and no function unless quoted.
var reserved = map[string]bool{
	"and": true, "or": true, "not": true, "like": true, "between": true, "in": true, "is": true,
	"null": true, "true": true, "false": true, "div": true,
}

// literal are the words that begin a literal where a parenthesis follows.
var literal = map[string]bool{
	"date": true, "timestamp": true, "interval": true, "bbox": true, "point": true, "linestring": true, "polygon": true,
	"multipoint": true, "multilinestring": true, "multipolygon": true, "geometrycollection": true,
}

// operators that JSON writes as op and that are no functions.
var operators = map[string]bool{
	"and": true, "or": true, "not": true, "like": true, "between": true, "in": true, "isnull": true,
	"=": true, "<>": true, "<": true, "<=": true, ">": true, ">=": true,
	"+": true, "-": true, "*": true, "/": true, "%": true, "div": true, "^": true,
}

var nameForm = regexp.MustCompile(`^[a-z_][a-z0-9_.:]*$`)

// functionName is a name in lower case, and whether a function can have it.
func functionName(s string) (string, bool) {
	s = strings.ToLower(s)
	return s, nameForm.MatchString(s) && !reserved[s] && !literal[s] && !operators[s]
}

// checkCall says what is wrong with the arguments of a function of the standard.
func checkCall(c *Call) error {
	want, ok := standard[c.Name]
	if ok && len(c.Args) != want.args {
		return failure(c.At, "%s takes %d arguments, not %d.", strings.ToUpper(c.Name), want.args, len(c.Args))
	}
	return nil
}
