// Package layers holds the declarations: what a layer is, its fields, code lists,
// drawing, thinning and access, read from YAML, and all that follows from them:
// table definitions, queries, tiles' SQL, schemas, style and legend. It touches no
// database; it turns a declaration and a question into SQL text and arguments.
package layers

import (
	"regexp"

	"onemap/geo"
)

// Text is something a person reads, in both languages of the product.
type Text struct {
	Zh string `yaml:"zh" json:"zh"`
	En string `yaml:"en" json:"en"`
}

// Geometry is an OGC simple-feature type name, as stored.
type Geometry string

// The geometry types a layer may declare. None is a table without positions.
const (
	Point           Geometry = "Point"
	LineString      Geometry = "LineString"
	MultiLineString Geometry = "MultiLineString"
	Polygon         Geometry = "Polygon"
	MultiPolygon    Geometry = "MultiPolygon"
)

// Dimension is 0 for points, 1 for lines, 2 for polygons (ISO 19107 topological dimension).
func (g Geometry) Dimension() int {
	switch g {
	case LineString, MultiLineString:
		return 1
	case Polygon, MultiPolygon:
		return 2
	}
	return 0
}

// Group is one of the five drawers that layers are kept in on the page.
type Group string

// The groups, in the page's order.
const (
	Safety   Group = "safety"   // 安全生产
	Hazard   Group = "hazard"   // 自然灾害
	Exposed  Group = "exposed"  // 承灾体
	Response Group = "response" // 应急力量
	Base     Group = "base"     // 基础
)

// Layer is one declaration. Everything else of a layer is derived from it.
type Layer struct {
	ID          string      `yaml:"id" json:"id"`
	Title       Text        `yaml:"title" json:"title"`
	Description Text        `yaml:"description" json:"description"`
	Group       Group       `yaml:"group" json:"group"`
	Order       int         `yaml:"order" json:"order"` // place within the group; the first of a page is drawn on top
	Geometry    Geometry    `yaml:"geometry" json:"geometry"`
	Key         []string    `yaml:"key" json:"key"`             // fields that identify a record from edition to edition; empty: source and source_id
	Label       string      `yaml:"label" json:"label"`         // field that names a record
	Area        string      `yaml:"area" json:"area,omitempty"` // field with the administrative code the record belongs to
	Valid       *Validity   `yaml:"valid" json:"valid,omitempty"`
	Zoom        ZoomRange   `yaml:"zoom" json:"zoom"`
	Visible     bool        `yaml:"visible" json:"visible"` // switched on when the page opens
	Fields      []*Field    `yaml:"fields" json:"fields"`
	CodeLists   []*CodeList `yaml:"codelists" json:"-"` // lists that only this layer uses
	Style       Style       `yaml:"style" json:"style"`
	Thin        *Thin       `yaml:"thin" json:"thin,omitempty"`
	Source      Source      `yaml:"source" json:"source"`
	Access      Access      `yaml:"access" json:"access"`
	Margin      float64     `yaml:"margin" json:"-"` // metres outside the city that a position may still have
	Size        *Range      `yaml:"size" json:"-"`   // of a geometry: m² of a polygon, m of a line, on the ellipsoid
	Rules       []*Rule     `yaml:"rules" json:"-"`  // checks beyond what fields say for themselves

	byName map[string]*Field
	by     *Field // the styled field
	table  *Field // the field with the census table, if there is one
	file   string
}

// Validity names the fields, if any, that carry a record's valid time (ISO 19108);
// without it the standard columns valid_from and valid_to are set by the importer.
type Validity struct {
	From string `yaml:"from" json:"from"`
	To   string `yaml:"to" json:"to"`
}

// ZoomRange is the first and last zoom at which a layer has tiles.
type ZoomRange struct {
	Min int `yaml:"min" json:"min"`
	Max int `yaml:"max" json:"max"`
}

// Type is a field's type.
type Type string

// The field types and what they are in SQL and JSON.
const (
	TypeText       Type = "text"       // text; string
	TypeInteger    Type = "integer"    // bigint; integer
	TypeNumber     Type = "number"     // double precision; number
	TypeBoolean    Type = "boolean"    // boolean
	TypeDate       Type = "date"       // date; string RFC 3339 full-date
	TypeDateTime   Type = "datetime"   // timestamptz; string RFC 3339
	TypeCode       Type = "code"       // text, one of a code list
	TypeCodes      Type = "codes"      // text[], each one of a code list
	TypeQuantities Type = "quantities" // jsonb: code of a code list → number, such as a stock
)

// Sensitivity says who may see a field at all, before roles are looked at.
type Sensitivity string

// The four steps of sensitivity.
const (
	Public     Sensitivity = "public"
	Internal   Sensitivity = "internal"
	Restricted Sensitivity = "restricted"
	Personal   Sensitivity = "personal" // never in a tile
)

// Search says how a field's text is looked up.
type Search string

// Names are searched by any substring, codes from their beginning.
const (
	SearchSubstring Search = "substring"
	SearchPrefix    Search = "prefix"
)

// Check is a named test of meaning that a type and a pattern can't express.
type Check string

// The named checks.
const (
	CheckCreditCode Check = "credit_code" // GB 32100-2015 with its check character
	CheckAdminCode  Check = "admin_code"  // 6, 9 or 12 digits, a unit known at the record's date
)

// Field is one attribute of a layer.
type Field struct {
	Name        string      `yaml:"name" json:"name"`
	Title       Text        `yaml:"title" json:"title"`
	Description Text        `yaml:"description" json:"description,omitzero"`
	Type        Type        `yaml:"type" json:"type"`
	Required    bool        `yaml:"required" json:"required"`
	Unique      bool        `yaml:"unique" json:"unique,omitempty"`
	Length      int         `yaml:"length" json:"length,omitempty"` // longest text, in characters
	Pattern     string      `yaml:"pattern" json:"pattern,omitempty"`
	Range       *Range      `yaml:"range" json:"range,omitempty"`
	Unit        string      `yaml:"unit" json:"unit,omitempty"`   // UCUM, such as m2
	Codes       string      `yaml:"codes" json:"codes,omitempty"` // code list id
	Check       Check       `yaml:"check" json:"check,omitempty"`
	Default     string      `yaml:"default" json:"default,omitempty"` // a code: what an empty cell means, such as ungraded
	Aliases     []string    `yaml:"aliases" json:"aliases,omitempty"` // column names met in survey files
	Sensitivity Sensitivity `yaml:"sensitivity" json:"sensitivity"`
	Tile        *int        `yaml:"tile" json:"tile,omitempty"` // first zoom at which the field rides in tiles; absent: never
	Filter      bool        `yaml:"filter" json:"filter"`       // offered in the page's filter panel
	Search      Search      `yaml:"search" json:"search,omitempty"`
	Index       bool        `yaml:"index" json:"-"`

	List    *CodeList `yaml:"-" json:"-"`
	pattern *regexp.Regexp
	pos     int // place among the layer's fields
}

// Range bounds a number, both ends included; a missing end is open.
type Range struct {
	Min *float64 `yaml:"min" json:"min,omitempty"`
	Max *float64 `yaml:"max" json:"max,omitempty"`
}

// Style says how a layer is drawn. The legend is drawn from the same lines.
type Style struct {
	By      string  `yaml:"by" json:"by,omitempty"` // code field whose list gives colour and symbol
	Colour  string  `yaml:"colour" json:"colour"`   // #rrggbb where By gives none
	Symbol  Symbol  `yaml:"symbol" json:"symbol,omitempty"`
	Size    float64 `yaml:"size" json:"size,omitempty"` // px at zoom 14
	Width   float64 `yaml:"width" json:"width,omitempty"`
	Opacity float64 `yaml:"opacity" json:"opacity,omitempty"`
	Labels  int     `yaml:"labels" json:"labels,omitempty"`   // first zoom with labels; 0: none
	Pattern string  `yaml:"pattern" json:"pattern,omitempty"` // hatch for areas: "" or diagonal
	Extrude bool    `yaml:"-" json:"-"`
}

// Symbol is a form that tells kinds apart without colour.
type Symbol string

// The forms the sprite has.
const (
	Diamond  Symbol = "diamond"
	Triangle Symbol = "triangle"
	Square   Symbol = "square"
	Circle   Symbol = "circle"
	Ring     Symbol = "ring" // hollow
	Pentagon Symbol = "pentagon"
	Hexagon  Symbol = "hexagon"
	Star     Symbol = "star"
	Cross    Symbol = "cross"
	House    Symbol = "house"
	Drop     Symbol = "drop"
	Turbine  Symbol = "turbine"
	Flag     Symbol = "flag"
	Badge    Symbol = "badge"
)

// Thin says how a layer gathers at low zooms. Up to and including zoom Until, features
// that measure less than Under pixels (points always do) gather by a grid of Cells × Cells
// a tile into counted points; a cell with one feature shows the feature itself.
type Thin struct {
	Until int     `yaml:"until" json:"until"`
	Cells int     `yaml:"cells" json:"cells"`           // a power of two, 4 to 64
	Under float64 `yaml:"under" json:"under,omitempty"` // px of 512 a tile
}

// Source says where a layer comes from and how fresh it must be.
type Source struct {
	Name       Text   `yaml:"name" json:"name"`
	Department Text   `yaml:"department" json:"department,omitzero"`
	Licence    string `yaml:"licence" json:"licence,omitempty"`
	Standard   string `yaml:"standard" json:"standard,omitempty"` // what the fields follow
	Status     string `yaml:"status" json:"status"`               // official or provisional
	Fresh      string `yaml:"fresh" json:"fresh"`                 // ISO 8601 duration within which it counts as fresh
}

// Access lists the roles that may read, edit, import and publish.
type Access struct {
	Read    []Role `yaml:"read" json:"read"`
	Edit    []Role `yaml:"edit" json:"edit"`
	Import  []Role `yaml:"import" json:"import"`
	Publish []Role `yaml:"publish" json:"publish"`
}

// Role is what an account may be.
type Role string

// The roles.
const (
	RolePublic   Role = "public"
	RoleViewer   Role = "viewer"
	RoleDuty     Role = "duty"
	RolePlanner  Role = "planner"
	RoleCensus   Role = "census"
	RoleReviewer Role = "reviewer"
	RoleEditor   Role = "editor"
	RoleAdmin    Role = "admin"
)

// CodeList is a closed list of values, ordered where rank matters.
type CodeList struct {
	ID      string  `yaml:"id" json:"id"`
	Title   Text    `yaml:"title" json:"title"`
	Source  string  `yaml:"source" json:"source"`   // the standard or document it is taken from
	Status  string  `yaml:"status" json:"status"`   // official or provisional
	Ordered bool    `yaml:"ordered" json:"ordered"` // items run from most to least severe, or from high to low
	Items   []*Code `yaml:"items" json:"items"`

	byCode map[string]*Code
	spelt  map[string]*Code // by folded spelling
}

// Code is one value of a code list.
type Code struct {
	Code    string   `yaml:"code" json:"code"`
	Title   Text     `yaml:"title" json:"title"`
	Colour  string   `yaml:"colour" json:"colour,omitempty"`
	Symbol  Symbol   `yaml:"symbol" json:"symbol,omitempty"`
	Aliases []string `yaml:"aliases" json:"aliases,omitempty"` // spellings met in survey files

	value any // Code, ready to be a value
}

// Field returns the field of that name, or nil.
func (l *Layer) Field(name string) *Field { return l.byName[name] }

// By returns the field that gives colour and symbol, or nil.
func (l *Layer) By() *Field { return l.by }

// Datum of every stored geometry.
const StoredDatum = geo.CGCS2000

// SRID of every stored geometry: CGCS2000 geographic, x = longitude.
const SRID = 4490
