package layers

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"strings"
)

// Stamp is what a workbook of the program's own says of the template it was made from. The
// zero value is that of any other file.
type Stamp struct {
	Own     bool   // it has the sheets of a template
	Layer   string // empty in templates older than the stamp
	Version string
}

// TemplateVersion tells the templates of a layer apart: it changes when the fields do, by
// name, title, type, unit, bounds or codes.
func (l *Layer) TemplateVersion() string {
	h := sha256.New()
	for _, f := range l.Fields {
		fmt.Fprintln(h, f.Name, f.Title.Zh, f.Type, f.Unit, f.Required, f.Default, f.Length)
		if f.Range != nil {
			fmt.Fprintln(h, f.Range.String())
		}
		if f.List != nil {
			for _, c := range f.List.Items {
				fmt.Fprintln(h, c.Code, c.Title.Zh)
			}
		}
	}
	return hex.EncodeToString(h.Sum(nil))[:8]
}

// Template judges by its stamp and columns the template that a file was made from (F5):
// that of another layer, which is an error, or one of this layer from before its fields
// changed, which is a warning that names the columns that are new or gone. positions are the
// columns that positions were made from.
func (c *Catalogue) Template(l *Layer, columns []string, positions []int, stamp Stamp) []Finding {
	switch other := c.Layer(stamp.Layer); {
	case stamp.Layer == l.ID && stamp.Version == l.TemplateVersion():
		return nil
	case other != nil && other != l:
		f := l.find("F5", 0, "", other.ID, fmt.Sprintf("文件由“%s”的模板填写，不是“%s”的", other.Title.Zh, l.Title.Zh),
			fmt.Sprintf("The file was made from the template of the layer %s, not of %s", other.ID, l.ID))
		f.Allowed, f.Repair = l.ID, other.ID
		return []Finding{f}
	case stamp.Own:
		if found := c.another(l, columns); len(found) > 0 {
			return found
		}
		return l.outdated(columns, positions, stamp)
	}
	return c.another(l, columns)
}

// outdated names the columns in which a workbook differs from the layer's template of today.
func (l *Layer) outdated(columns []string, positions []int, stamp Stamp) []Finding {
	m, _, err := l.Match(columns, Hints{Positions: positions})
	if err != nil {
		return nil
	}
	var lackZh, lackEn []string
	for _, f := range l.Fields {
		if _, ok := m.Of[f.Name]; !ok {
			lackZh, lackEn = append(lackZh, f.Title.Zh), append(lackEn, f.Name)
		}
	}
	if len(lackZh)+len(m.Unknown) == 0 && stamp.Version == "" {
		return nil // from before templates had a version, and none of it matters
	}
	zh, en := "文件由旧版模板填写", "The file was made from an older template"
	severity := SeverityNotice
	if len(lackZh) > 0 {
		severity = SeverityWarning
		zh += "；没有现有的列：" + strings.Join(lackZh, "、")
		en += "; it lacks the columns " + strings.Join(lackEn, ", ")
	}
	if len(m.Unknown) > 0 {
		severity = SeverityWarning
		zh += "；现已没有的列：" + strings.Join(m.Unknown, "、")
		en += "; the layer has no such columns any more: " + strings.Join(m.Unknown, ", ")
	}
	f := l.find("F5", 0, "", stamp.Version, zh, en).With(severity)
	f.Allowed = l.TemplateVersion()
	return []Finding{f}
}

// another names a file that looks like one for another layer: most of its columns are
// unknown to the layer it is brought for, and another layer knows most of them, and twice as
// many. Names and addresses are columns of many.
func (c *Catalogue) another(l *Layer, columns []string) []Finding {
	const few = 4
	own := l.knows(columns)
	if len(columns) < few || 2*own >= len(columns) {
		return nil
	}
	best, most := l, own
	for _, other := range c.layers {
		if n := other.knows(columns); n > most {
			best, most = other, n
		}
	}
	if best == l || most < few || 2*most < len(columns) || most < 2*own {
		return nil
	}
	f := l.find("F5", 0, "", best.ID, fmt.Sprintf("文件像是“%s”的模板：%d 列中 %d 列属于它，只有 %d 列属于“%s”", best.Title.Zh, len(columns), most, own, l.Title.Zh),
		fmt.Sprintf("The file looks like one of layer %s: it knows %d of %d columns, %s only %d", best.ID, most, len(columns), l.ID, own))
	f.Allowed, f.Repair = l.ID, best.ID
	return []Finding{f}
}

// knows counts the columns that the layer has a field for.
func (l *Layer) knows(columns []string) int {
	m, _, err := l.Match(columns, Hints{})
	if err != nil {
		return 0
	}
	return len(m.Of)
}
