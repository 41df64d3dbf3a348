package layers

import (
	"fmt"
	"regexp"
	"slices"
)

var (
	nameForm   = regexp.MustCompile(`^[a-z][a-z0-9_]{0,40}$`)
	codeForm   = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9_.-]{0,40}$`)
	colourForm = regexp.MustCompile(`^#[0-9a-f]{6}$`)
	freshForm  = regexp.MustCompile(`^P(\d+[YMWD])*(T(\d+[HMS])+)?$`)

	groups     = []Group{Safety, Hazard, Exposed, Response, Base}
	geometries = []Geometry{Point, LineString, MultiLineString, Polygon, MultiPolygon}
	types      = []Type{TypeText, TypeInteger, TypeNumber, TypeBoolean, TypeDate, TypeDateTime, TypeCode, TypeCodes, TypeQuantities}
	sensitive  = []Sensitivity{Public, Internal, Restricted, Personal}
	checks     = []Check{CheckCreditCode, CheckAdminCode}
	searches   = []Search{SearchSubstring, SearchPrefix}
	symbols    = []Symbol{Diamond, Triangle, Square, Circle, Ring, Pentagon, Hexagon, Star, Cross, House, Drop, Turbine, Flag, Badge}
	roles      = []Role{RolePublic, RoleViewer, RoleDuty, RolePlanner, RoleCensus, RoleReviewer, RoleEditor, RoleAdmin}

	// computed are the table's columns that neither declarations nor records name.
	computed = []string{"id", "geom", "wx", "wy", "extent"}
)

// Symbols returns every form that a declaration may ask for.
func Symbols() []Symbol { return symbols }

func groupOrder(g Group) int { return slices.Index(groups, g) }

// Groups returns the groups with their titles, in page order.
func Groups() []GroupTitle {
	return []GroupTitle{
		{Safety, Text{Zh: "安全生产", En: "Work safety"}},
		{Hazard, Text{Zh: "自然灾害", En: "Natural hazards"}},
		{Exposed, Text{Zh: "承灾体", En: "Exposed elements"}},
		{Response, Text{Zh: "应急力量", En: "Response"}},
		{Base, Text{Zh: "基础", En: "Base"}},
	}
}

// GroupTitle is a group and what it is called.
type GroupTitle struct {
	ID    Group `json:"id"`
	Title Text  `json:"title"`
}

func (c *Catalogue) addCodeList(doc *document, at string, list *CodeList) error {
	switch {
	case !nameForm.MatchString(list.ID):
		return doc.at(at+".id", "a code list id is lower-case letters, digits and underscores, not %q", list.ID)
	case c.codes[list.ID] != nil:
		return doc.at(at+".id", "the code list %s is declared twice", list.ID)
	case list.Title.Zh == "" || list.Title.En == "":
		return doc.at(at+".title", "the title is needed in zh and en")
	case len(list.Items) == 0:
		return doc.at(at, "the code list %s has no items", list.ID)
	case list.Status != "official" && list.Status != "provisional":
		return doc.at(at+".status", "status is official or provisional, not %q", list.Status)
	}
	list.byCode = map[string]*Code{}
	for i, item := range list.Items {
		here := fmt.Sprintf("%s.items[%d]", at, i)
		switch {
		case !codeForm.MatchString(item.Code):
			return doc.at(here+".code", "a code is letters, digits, points, dashes and underscores, not %q", item.Code)
		case list.byCode[item.Code] != nil:
			return doc.at(here+".code", "the code %s stands twice", item.Code)
		case item.Title.Zh == "" || item.Title.En == "":
			return doc.at(here+".title", "the title of %s is needed in zh and en", item.Code)
		case item.Colour != "" && !colourForm.MatchString(item.Colour):
			return doc.at(here+".colour", "a colour is #rrggbb in lower case, not %q", item.Colour)
		case item.Symbol != "" && !slices.Contains(symbols, item.Symbol):
			return doc.at(here+".symbol", "there is no symbol %q; there are %v", item.Symbol, symbols)
		}
		list.byCode[item.Code] = item
	}
	list.spelt = list.spellings()
	c.codes[list.ID] = list
	return nil
}

// check completes a layer and refuses what does not fit together.
func (c *Catalogue) check(doc *document, l *Layer) error {
	switch {
	case !nameForm.MatchString(l.ID):
		return doc.at("$.id", "a layer id is lower-case letters, digits and underscores, not %q", l.ID)
	case l.Title.Zh == "" || l.Title.En == "":
		return doc.at("$.title", "the title is needed in zh and en")
	case !slices.Contains(groups, l.Group):
		return doc.at("$.group", "group is one of %v, not %q", groups, l.Group)
	case !slices.Contains(geometries, l.Geometry):
		return doc.at("$.geometry", "geometry is one of %v, not %q", geometries, l.Geometry)
	case l.Zoom.Min < 0 || l.Zoom.Max > 22 || l.Zoom.Min > l.Zoom.Max:
		return doc.at("$.zoom", "zoom runs from min to max within 0 to 22, not %d to %d", l.Zoom.Min, l.Zoom.Max)
	case l.Source.Name.Zh == "" || l.Source.Name.En == "":
		return doc.at("$.source", "the source needs a name in zh and en")
	case l.Source.Status != "official" && l.Source.Status != "provisional":
		return doc.at("$.source.status", "status is official or provisional, not %q", l.Source.Status)
	case !freshForm.MatchString(l.Source.Fresh) || l.Source.Fresh == "P":
		return doc.at("$.source.fresh", "fresh is an ISO 8601 duration such as P1Y or PT10M, not %q", l.Source.Fresh)
	}
	l.byName = map[string]*Field{}
	for i, f := range l.Fields {
		if err := c.checkField(doc, fmt.Sprintf("$.fields[%d]", i), l, f); err != nil {
			return err
		}
		l.byName[f.Name], f.pos = f, i
		if f.Codes == surveyTables && f.Type == TypeCode && l.table == nil {
			l.table = f
		}
	}
	for i, k := range l.Key {
		f := l.byName[k]
		if f == nil || !f.Required {
			return doc.at(fmt.Sprintf("$.key[%d]", i), "key names a required field, not %q", k)
		}
	}
	if l.Label != "" && l.byName[l.Label] == nil {
		return doc.at("$.label", "there is no field %q", l.Label)
	}
	if l.Area != "" && (l.byName[l.Area] == nil || l.byName[l.Area].Check != CheckAdminCode) {
		return doc.at("$.area", "area names a field with check: admin_code, not %q", l.Area)
	}
	if v := l.Valid; v != nil {
		for key, name := range map[string]string{"from": v.From, "to": v.To} {
			if f := l.byName[name]; name != "" && (f == nil || f.Type != TypeDateTime && f.Type != TypeDate) {
				return doc.at("$.valid."+key, "valid names a date or datetime field, not %q", name)
			}
		}
	}
	if err := c.checkDrawing(doc, l); err != nil {
		return err
	}
	if err := c.checkRules(doc, l); err != nil {
		return err
	}
	for key, list := range map[string][]Role{"read": l.Access.Read, "edit": l.Access.Edit, "import": l.Access.Import, "publish": l.Access.Publish} {
		for i, r := range list {
			if !slices.Contains(roles, r) {
				return doc.at(fmt.Sprintf("$.access.%s[%d]", key, i), "a role is one of %v, not %q", roles, r)
			}
		}
	}
	if len(l.Access.Read) == 0 {
		return doc.at("$.access", "access.read names at least one role")
	}
	return nil
}

func (c *Catalogue) checkField(doc *document, at string, l *Layer, f *Field) error {
	coded := f.Type == TypeCode || f.Type == TypeCodes || f.Type == TypeQuantities
	switch {
	case !nameForm.MatchString(f.Name):
		return doc.at(at+".name", "a field name is lower-case letters, digits and underscores, not %q", f.Name)
	case l.byName[f.Name] != nil:
		return doc.at(at+".name", "the field %s is declared twice", f.Name)
	case isStandard(f.Name) || slices.Contains(computed, f.Name):
		return doc.at(at+".name", "every record has %s already; leave it out", f.Name)
	case f.Title.Zh == "" || f.Title.En == "":
		return doc.at(at+".title", "the title of %s is needed in zh and en", f.Name)
	case !slices.Contains(types, f.Type):
		return doc.at(at+".type", "type is one of %v, not %q", types, f.Type)
	case !slices.Contains(sensitive, f.Sensitivity):
		return doc.at(at, "%s needs a sensitivity: one of %v", f.Name, sensitive)
	case coded && c.codes[f.Codes] == nil:
		return doc.at(at, "%s needs a code list (codes:); there is none called %q", f.Name, f.Codes)
	case !coded && f.Codes != "":
		return doc.at(at+".codes", "%s is of type %s and can't have a code list", f.Name, f.Type)
	case f.Check != "" && (!slices.Contains(checks, f.Check) || f.Type != TypeText):
		return doc.at(at+".check", "check is one of %v, on a text", checks)
	case f.Search != "" && (!slices.Contains(searches, f.Search) || f.Type != TypeText):
		return doc.at(at+".search", "search is one of %v, on a text", searches)
	case f.Length < 0 || f.Length > 0 && f.Type != TypeText:
		return doc.at(at+".length", "length is a positive number, on a text")
	case f.Tile != nil && (*f.Tile < 0 || *f.Tile > 22):
		return doc.at(at+".tile", "tile is a zoom from 0 to 22")
	case f.Tile != nil && (f.Sensitivity == Personal || f.Type == TypeQuantities || f.Type == TypeCodes):
		return doc.at(at+".tile", "personal fields and fields of several values do not ride in tiles")
	case f.Range != nil && f.Type != TypeInteger && f.Type != TypeNumber:
		return doc.at(at+".range", "range stands on an integer or a number")
	case f.Range != nil && f.Range.Min != nil && f.Range.Max != nil && *f.Range.Min > *f.Range.Max:
		return doc.at(at+".range", "the range ends before it begins")
	case f.Range != nil && f.Range.Min == nil && f.Range.Max == nil:
		return doc.at(at+".range", "the range has neither min nor max")
	}
	f.List = c.codes[f.Codes]
	if f.Default != "" && (f.Type != TypeCode || f.List.Code(f.Default) == nil) {
		return doc.at(at+".default", "default is one of the field's codes, not %q", f.Default)
	}
	if f.Pattern != "" {
		if f.Type != TypeText {
			return doc.at(at+".pattern", "pattern stands on a text")
		}
		re, err := regexp.Compile(`^(?:` + f.Pattern + `)$`)
		if err != nil {
			return doc.at(at+".pattern", "the pattern is no regular expression (RE2): %v", err)
		}
		f.pattern = re
	}
	return nil
}

func (c *Catalogue) checkDrawing(doc *document, l *Layer) error {
	if l.Style.By != "" {
		l.by = l.byName[l.Style.By]
		if l.by == nil || l.by.Type != TypeCode || l.by.Sensitivity == Personal {
			return doc.at("$.style.by", "by names a field of type code that is not personal, not %q", l.Style.By)
		}
		if l.by.Tile == nil || *l.by.Tile > l.Zoom.Min {
			return doc.at("$.style.by", "the styled field %s must ride in tiles from the first zoom (tile: %d or less)", l.Style.By, l.Zoom.Min)
		}
	}
	switch {
	case !colourForm.MatchString(l.Style.Colour):
		return doc.at("$.style", "style needs a colour #rrggbb in lower case, not %q", l.Style.Colour)
	case l.Style.Symbol != "" && !slices.Contains(symbols, l.Style.Symbol):
		return doc.at("$.style.symbol", "there is no symbol %q; there are %v", l.Style.Symbol, symbols)
	case l.Style.Pattern != "" && (l.Style.Pattern != "diagonal" || l.Geometry.Dimension() != 2):
		return doc.at("$.style.pattern", "the one pattern is diagonal, on polygons")
	case l.Style.Labels != 0 && l.Label == "":
		return doc.at("$.style.labels", "labels need a label field")
	}
	t := l.Thin
	if t == nil {
		if l.Geometry == Point {
			return doc.at("$", "a layer of points needs thin: (until, cells)")
		}
		return nil
	}
	switch {
	case t.Until < 0 || t.Until > 22:
		return doc.at("$.thin.until", "until is a zoom from 0 to 22")
	case t.Cells < 4 || t.Cells > 64 || t.Cells&(t.Cells-1) != 0:
		return doc.at("$.thin", "cells is a power of two from 4 to 64, not %d", t.Cells)
	case l.Geometry != Point && (t.Under <= 0 || t.Under > 512):
		return doc.at("$.thin", "under is a size in pixels, over 0 and at most 512")
	case l.Geometry == Point && t.Under != 0:
		return doc.at("$.thin.under", "points have no size; leave under out")
	}
	return nil
}

func isStandard(name string) bool {
	return slices.ContainsFunc(standard, func(f *Field) bool { return f.Name == name })
}
