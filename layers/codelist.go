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
// language or an alias, with white space trimmed and without regard to case. It
// returns nil when nothing fits.
func (c *CodeList) Match(cell string) *Code {
	cell = strings.ToLower(strings.TrimSpace(cell))
	for _, item := range c.Items {
		if cell == strings.ToLower(item.Code) || cell == strings.ToLower(item.Title.Zh) || cell == strings.ToLower(item.Title.En) {
			return item
		}
		for _, a := range item.Aliases {
			if cell == strings.ToLower(a) {
				return item
			}
		}
	}
	return nil
}

// known lists the codes for a message, the first dozen of them.
func (c *CodeList) known() string {
	const most = 12
	codes := c.Codes()
	if len(codes) > most {
		return strings.Join(codes[:most], ", ") + ", …"
	}
	return strings.Join(codes, ", ")
}
