package ask

import (
	"bytes"
	"encoding/json"
	"errors"

	"github.com/paulmach/orb"
)

// position is a place in JSON that has both its numbers: a missing one would read as 0.
type position orb.Point

func (p *position) UnmarshalJSON(text []byte) error {
	var xy []float64
	if err := json.Unmarshal(text, &xy); err != nil || len(xy) != 2 {
		return errors.New("a place is [longitude, latitude]")
	}
	*p = position{xy[0], xy[1]}
	return nil
}

// strictly reads JSON without unknown members.
func strictly(text []byte, into any) error {
	d := json.NewDecoder(bytes.NewReader(text))
	d.DisallowUnknownFields()
	return d.Decode(into)
}

// UnmarshalJSON reads an added record.
func (a *Added) UnmarshalJSON(text []byte) error {
	type plain Added
	in := struct {
		*plain
		Place *position `json:"place"`
	}{(*plain)(a), (*position)(&a.Place)}
	return strictly(text, &in)
}

// UnmarshalJSON reads a moved record.
func (m *Moved) UnmarshalJSON(text []byte) error {
	type plain Moved
	in := struct {
		*plain
		Place *position `json:"place"`
	}{(*plain)(m), (*position)(&m.Place)}
	return strictly(text, &in)
}

// UnmarshalJSON reads a closure.
func (c *Closure) UnmarshalJSON(text []byte) error {
	type plain Closure
	in := struct {
		*plain
		Area []position `json:"area"`
	}{plain: (*plain)(c)}
	if err := strictly(text, &in); err != nil {
		return err
	}
	for _, p := range in.Area {
		c.Area = append(c.Area, orb.Point(p))
	}
	return nil
}
