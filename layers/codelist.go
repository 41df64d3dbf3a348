package layers

import "strings"

// Code returns the item with that code, or nil.
func (c *CodeList) Code(code string) *Code {
	if c.byCode == nil {
		for _, item := range c.Items {
			if item.Code == code {
				return item
			}
		}
		return nil
	}
	return c.byCode[code]
}

// Codes returns all codes in order.
func (c *CodeList) Codes() []string {
	codes := make([]string, len(c.Items))
	for i, item := range c.Items {
		codes[i] = item.Code
	}
	return codes
}

// Match finds the code that a survey cell means: a code itself, a title in either
// language or an alias, with white space trimmed and without regard to case and to
// full-width forms. It returns nil when nothing fits.
func (c *CodeList) Match(cell string) *Code {
	spelt := c.spelt
	if spelt == nil {
		spelt = c.spellings()
	}
	return spelt[folded(cell)]
}

// spellings maps every spelling of a list to its code; the first code of a spelling counts.
func (c *CodeList) spellings() map[string]*Code {
	spelt := map[string]*Code{}
	for _, item := range c.Items {
		item.value = item.Code
		for _, name := range append([]string{item.Code, item.Title.Zh, item.Title.En}, item.Aliases...) {
			if key := folded(name); spelt[key] == nil {
				spelt[key] = item
			}
		}
	}
	return spelt
}

// folded makes spellings of a code comparable.
func folded(s string) string { return strings.ToLower(strings.TrimSpace(halfWidth(s))) }

// known lists the codes for a message, the first dozen of them.
func (c *CodeList) known() string {
	const most = 12
	codes := c.Codes()
	if len(codes) > most {
		return strings.Join(codes[:most], ", ") + ", …"
	}
	return strings.Join(codes, ", ")
}
