package layers

import (
	"fmt"
	"slices"
	"strings"

	"onemap/layers/fault"
)

// Reader is who asks. Every read is made through one.
type Reader struct {
	Role Role
}

// mayRead says which sensitivities a role sees; personal fields need admin.
var mayRead = map[Role]map[Sensitivity]bool{
	RolePublic:   {Public: true},
	RoleViewer:   {Public: true, Internal: true},
	RoleDuty:     {Public: true, Internal: true, Restricted: true},
	RolePlanner:  {Public: true, Internal: true, Restricted: true},
	RoleCensus:   {Public: true, Internal: true},
	RoleReviewer: {Public: true, Internal: true, Restricted: true},
	RoleEditor:   {Public: true, Internal: true, Restricted: true},
	RoleAdmin:    {Public: true, Internal: true, Restricted: true, Personal: true},
}

// View is a layer as one class of readers may see it: the fields they may name.
// A field that is not in Fields does not exist for them, in answers and filters alike.
type View struct {
	*Layer
	Fields   []*Field // declared fields that may be seen
	Standard []*Field // standard fields that may be seen
	Class    string   // readers with the same class share answers

	columns  []*Field // Fields, then Standard
	openings []string // of a JSON object, what stands before each column's value
	visible  map[string]*Field
}

// View returns a layer as the reader may see it. The error is NotFound both for a
// layer that does not exist and for one the reader may not know of.
func (c *Catalogue) View(r Reader, id string) (*View, error) {
	l := c.Layer(id)
	if l == nil || !l.Access.reads(r.Role) {
		return nil, &fault.Error{Code: fault.NotFound, Field: "layer", Message: "There is no layer " + quote(id) + "."}
	}
	return c.view(l, r), nil
}

// view is the view of a layer for the reader's class, made once: views don't change.
func (c *Catalogue) view(l *Layer, r Reader) *View {
	key := viewKey{l, r.Role}
	if v, known := c.views.Load(key); known {
		return v.(*View)
	}
	v, _ := c.views.LoadOrStore(key, newView(l, r))
	return v.(*View)
}

type viewKey struct {
	layer *Layer
	role  Role
}

// For returns all layers the reader may see, in page order.
func (c *Catalogue) For(r Reader) []*View {
	var views []*View
	for _, l := range c.layers {
		if l.Access.reads(r.Role) {
			views = append(views, c.view(l, r))
		}
	}
	return views
}

func newView(l *Layer, r Reader) *View {
	v := &View{Layer: l, Class: string(r.Role), visible: map[string]*Field{}}
	for _, f := range l.Fields {
		if mayRead[r.Role][f.Sensitivity] {
			v.Fields = append(v.Fields, f)
			v.visible[f.Name] = f
		}
	}
	for _, f := range standard {
		if mayRead[r.Role][f.Sensitivity] {
			v.Standard = append(v.Standard, f)
			v.visible[f.Name] = f
		}
	}
	v.line()
	return v
}

// Pick reads a properties parameter (OGC API Features Part 6), a comma list of fields that
// the reader may see, and returns the view with these alone in answers, in the order of the
// declaration; an empty list leaves none. All can be asked for in filters still. The error
// is Invalid.
func (v *View) Pick(text string) (*View, error) {
	wanted := map[*Field]bool{}
	if text != "" {
		for name := range strings.SplitSeq(text, ",") {
			f := v.Field(name)
			if f == nil {
				return nil, fault.In("properties", "%s", v.unknown(name))
			}
			wanted[f] = true
		}
	}
	return v.only(func(f *Field) bool { return wanted[f] }), nil
}

// Declared returns the view with the declared fields alone in answers, for items that are
// no records of a table.
func (v *View) Declared() *View {
	return v.only(func(f *Field) bool { return slices.Contains(v.Fields, f) })
}

// only is the view with some of its fields in answers.
func (v *View) only(wanted func(*Field) bool) *View {
	some := *v
	others := func(f *Field) bool { return !wanted(f) }
	some.Fields = slices.DeleteFunc(slices.Clone(v.Fields), others)
	some.Standard = slices.DeleteFunc(slices.Clone(v.Standard), others)
	some.line()
	return &some
}

// line puts the columns in their order.
func (v *View) line() {
	v.columns = slices.Concat(v.Fields, v.Standard)
	v.openings = make([]string, len(v.columns))
	for i, f := range v.columns {
		v.openings[i] = `,"` + f.Name + `":`
		if i == 0 {
			v.openings[i] = `{"` + f.Name + `":`
		}
	}
}

// unknown says that there is no field of a name, and which is meant perhaps.
func (v *View) unknown(name string) string {
	names := make([]string, len(v.columns))
	for i, f := range v.columns {
		names[i] = f.Name
	}
	if like := nearest(name, append([]string{"geometry"}, names...)); like != "" {
		return fmt.Sprintf("The layer %s has no field %s; did you mean %s?", v.ID, quote(name), like)
	}
	return fmt.Sprintf("The layer %s has no field %s. It has %s.", v.ID, quote(name), strings.Join(names, ", "))
}

// Field returns the field of that name, declared or standard, if the reader may see it, or nil.
func (v *View) Field(name string) *Field { return v.visible[name] }

// By returns the styled field if the reader may see it, or nil.
func (v *View) By() *Field {
	if v.by == nil {
		return nil
	}
	return v.visible[v.by.Name]
}

// Named returns the label field if the reader may see it, or nil.
func (v *View) Named() *Field { return v.visible[v.Label] }

// TileFields returns the declared fields that ride in tiles at zoom z, the styled field first.
func (v *View) TileFields(z int) []*Field {
	var fields []*Field
	by := v.By()
	if by != nil {
		fields = append(fields, by)
	}
	for _, f := range v.Fields {
		if f != by && f.Tile != nil && *f.Tile <= z && f.Sensitivity != Personal {
			fields = append(fields, f)
		}
	}
	return fields
}

func (a Access) reads(r Role) bool {
	for _, role := range a.Read {
		if role == r {
			return true
		}
	}
	return false
}
