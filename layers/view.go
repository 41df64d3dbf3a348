package layers

import (
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

	visible map[string]*Field
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
	return v
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
