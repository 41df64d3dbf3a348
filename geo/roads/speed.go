package roads

import "maps"

// Class is how fast a class of roads is passed where an edge declares no speed.
type Class struct {
	Kmh    float64
	OnFoot bool // may be walked along
}

// Speeds gives each code of the list road_class its speed; a class that is not in it is
// taken as "unknown".
type Speeds map[string]Class

// defaultSpeeds are assumptions of this product, to be replaced by measured ones: running
// speeds of a loaded fire engine or lorry outside rush hours, about 0.8 of the usual limits.
// They hold along the edge; time lost at junctions and lights is not counted.
var defaultSpeeds = Speeds{
	"motorway":   {90, false},
	"trunk":      {65, true},
	"expressway": {60, false},
	"primary":    {55, true},
	"arterial":   {40, true},
	"secondary":  {45, true},
	"tertiary":   {35, true},
	"village":    {25, true},
	"service":    {15, true},
	"ferry":      {10, true}, // the crossing; waiting is not counted
	"unknown":    {25, true},
}

// DefaultSpeeds returns a copy of the built-in table, to change and hand over in Conditions.
func DefaultSpeeds() Speeds { return maps.Clone(defaultSpeeds) }

// of returns the class's row, and whether it has one of its own.
func (s Speeds) of(class string) (Class, bool) {
	if c, ok := s[class]; ok {
		return c, true
	}
	if c, ok := s["unknown"]; ok {
		return c, false
	}
	return defaultSpeeds["unknown"], false
}
