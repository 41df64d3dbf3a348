package cql2

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"math"
	"sort"
	"strconv"
	"strings"
)

// ParseJSON reads a filter in CQL2 JSON.
func ParseJSON(src []byte) (Node, error) {
	if len(src) > MaxLength {
		return nil, tooLong(len(src))
	}
	var v any
	d := json.NewDecoder(bytes.NewReader(src))
	if err := d.Decode(&v); err != nil {
		var syntax *json.SyntaxError
		if errors.As(err, &syntax) {
			return nil, failure(At{Character: int(syntax.Offset)}, "The filter is no JSON: %s.", strings.TrimPrefix(syntax.Error(), "json: "))
		}
		return nil, failure(At{}, "The filter is no JSON: it is empty, ends too early or has a number that is too large.")
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return nil, failure(At{Character: int(d.InputOffset())}, "Something follows the filter.")
	}
	r := &reader{}
	n, err := r.node(v, "")
	if err != nil {
		return nil, err
	}
	return finish(n)
}

// reader makes a tree of decoded JSON.
type reader struct{ budget }

func (r *reader) node(v any, at string) (Node, error) {
	if err := r.budget.node(); err != nil {
		return nil, err
	}
	if err := r.enter(); err != nil {
		return nil, err
	}
	defer r.leave()
	place := At{Pointer: at}
	switch v := v.(type) {
	case string:
		return newText(place, v)
	case float64:
		return &Number{place, v}, nil
	case bool:
		return &Boolean{place, v}, nil
	case []any:
		items, err := r.nodes(v, at)
		return &Array{place, items}, err
	case map[string]any:
		return r.object(v, at)
	}
	return nil, failure(place, "null is no value; ask with isNull.")
}

// newText makes a literal that has a form in CQL2 text too.
func newText(at At, s string) (Node, error) {
	switch {
	case strings.ContainsRune(s, 0):
		return nil, failure(at, "A text has no NUL characters.")
	case strings.HasSuffix(s, `\`):
		return nil, failure(at, "A text can't end in a backslash.")
	}
	return &Text{at, s}, nil
}

func (r *reader) nodes(list []any, at string) ([]Node, error) {
	out := make([]Node, len(list))
	for i, v := range list {
		n, err := r.node(v, at+"/"+strconv.Itoa(i))
		if err != nil {
			return nil, err
		}
		out[i] = n
	}
	return out, nil
}

// object reads what is told from its members.
func (r *reader) object(o map[string]any, at string) (Node, error) {
	place := At{Pointer: at}
	for _, form := range []struct {
		member string
		others []string
		read   func() (Node, error)
	}{
		{"op", []string{"args"}, func() (Node, error) { return r.operation(o, at) }},
		{"property", nil, func() (Node, error) {
			name, ok := o["property"].(string)
			if !ok || name == "" || strings.ContainsRune(name, 0) {
				return nil, failure(place, "property is the name of a property.")
			}
			return &Property{place, name}, nil
		}},
		{"date", nil, func() (Node, error) { return r.instant(o["date"], at+"/date", true) }},
		{"timestamp", nil, func() (Node, error) { return r.instant(o["timestamp"], at+"/timestamp", false) }},
		{"interval", nil, func() (Node, error) { return r.interval(o["interval"], at) }},
		{"type", []string{"coordinates", "geometries", "bbox"}, func() (Node, error) {
			g, err := r.geometry(o, at)
			return &Geometry{place, g}, err
		}},
		{"bbox", nil, func() (Node, error) {
			b, err := r.numbers(o["bbox"], at+"/bbox")
			if err != nil {
				return nil, err
			}
			return newBox(place, b)
		}},
	} {
		if _, ok := o[form.member]; !ok {
			continue
		}
		for _, name := range sorted(o) {
			if name != form.member && !contains(form.others, name) {
				return nil, failure(place, "%q does not belong here; beside %q there may be only %s.", shorten(name), form.member, listed(form.others))
			}
		}
		return form.read()
	}
	return nil, failure(place, "An object has one of op, property, date, timestamp, interval, type or bbox.")
}

func sorted(o map[string]any) []string {
	names := make([]string, 0, len(o))
	for name := range o {
		names = append(names, name)
	}
	sort.Strings(names)
	return names
}

func contains(list []string, s string) bool {
	for _, l := range list {
		if l == s {
			return true
		}
	}
	return false
}

func listed(names []string) string {
	if len(names) == 0 {
		return "nothing"
	}
	return strings.Join(names, ", ")
}

func (r *reader) operation(o map[string]any, at string) (Node, error) {
	place := At{Pointer: at}
	name, ok := o["op"].(string)
	if !ok {
		return nil, failure(place, "op is the name of an operator or function.")
	}
	list, ok := o["args"].([]any)
	if !ok {
		return nil, failure(place, "args is an array.")
	}
	low := strings.ToLower(name)
	want := func(n int, what string) error {
		if len(list) != n {
			return failure(place, "%s takes %s, not %d arguments.", name, what, len(list))
		}
		return nil
	}
	var err error
	switch {
	case low == "and" || low == "or":
		if len(list) < 2 {
			return nil, failure(place, "%s takes two conditions or more.", name)
		}
	case low == "not" || low == "isnull":
		err = want(1, "one argument")
	case low == "between":
		err = want(3, "a value, the least and the greatest")
	case low == "in":
		return r.in(place, list, at, want(2, "a value and an array"))
	case operators[low]:
		err = want(2, "two arguments")
	}
	if err != nil {
		return nil, err
	}
	args, err := r.nodes(list, at+"/args")
	if err != nil {
		return nil, err
	}
	switch {
	case low == "and" || low == "or" || low == "not":
		return &Logic{place, low, args}, nil
	case comparisons[low]:
		return &Comparison{place, low, args[0], args[1]}, nil
	case low == "like":
		return &Like{place, args[0], args[1]}, nil
	case low == "between":
		return &Between{place, args[0], args[1], args[2]}, nil
	case low == "isnull":
		return &IsNull{place, args[0]}, nil
	case operators[low]:
		return &Arith{place, low, args[0], args[1]}, nil
	}
	low, ok = functionName(name)
	if !ok {
		return nil, failure(place, "There is no operator %q, and no function can have that name.", shorten(name))
	}
	c := &Call{place, low, args}
	return c, checkCall(c)
}

func (r *reader) in(place At, list []any, at string, err error) (Node, error) {
	if err != nil {
		return nil, err
	}
	values, ok := list[1].([]any)
	if !ok {
		return nil, failure(place, "in takes a value and an array.")
	}
	of, err := r.node(list[0], at+"/args/0")
	if err != nil {
		return nil, err
	}
	items, err := r.nodes(values, at+"/args/1")
	return &InList{place, of, items}, err
}

// instant reads a day or a time.
func (r *reader) instant(v any, at string, day bool) (Node, error) {
	s, ok := v.(string)
	if !ok {
		return nil, failure(At{Pointer: at}, "A date or timestamp is a string.")
	}
	n, err := moment(At{Pointer: at}, s)
	if err != nil {
		return nil, err
	}
	if _, is := n.(*Date); is != day {
		return nil, failure(At{Pointer: at}, "date is a day such as 2021-04-30, timestamp a time such as 2021-04-30T12:00:00Z.")
	}
	return n, nil
}

func (r *reader) interval(v any, at string) (Node, error) {
	place := At{Pointer: at}
	list, ok := v.([]any)
	if !ok || len(list) != 2 {
		return nil, failure(place, "interval is an array of two.")
	}
	var ends [2]Node
	for i, v := range list {
		var err error
		inner := at + "/interval/" + strconv.Itoa(i)
		if s, ok := v.(string); ok {
			ends[i], err = intervalText(At{Pointer: inner}, s)
		} else {
			ends[i], err = r.node(v, inner)
		}
		if err != nil {
			return nil, err
		}
	}
	i := &Interval{place, ends[0], ends[1]}
	return i, checkInterval(i)
}

// numbers reads an array of numbers.
func (r *reader) numbers(v any, at string) ([]float64, error) {
	list, ok := v.([]any)
	if !ok {
		return nil, failure(At{Pointer: at}, "An array of numbers must stand here.")
	}
	out := make([]float64, len(list))
	for i, v := range list {
		x, ok := v.(float64)
		if !ok || math.IsInf(x, 0) {
			return nil, failure(At{Pointer: at}, "An array of numbers must stand here.")
		}
		out[i] = x
	}
	return out, nil
}
