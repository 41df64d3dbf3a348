package report

import (
	"embed"
	"fmt"
	"html/template"
	"io"
	"sync"
	"time"

	"onemap/data"
	"onemap/layers"
	"onemap/layers/fault"
)

//go:embed signoff.html
var pages embed.FS

var signOffPage = sync.OnceValues(func() (*template.Template, error) {
	return template.New("signoff.html").Funcs(template.FuncMap{
		"both": both, "dash": orDash, "severity": severityName, "state": stateName, "time": beijing,
		"percent": func(x float64) string { return fmt.Sprintf("%.2f%%", 100*x) },
		"rule":    func(id string) layers.Text { return layers.RuleOf(id).Title },
	}).ParseFS(pages, "signoff.html")
})

// mostGroups is how many lines of findings a page to sign has.
const mostGroups = 60

// signOff writes the page that county and city sign.
func (s *subject) signOff(w io.Writer) error {
	page, err := signOffPage()
	if err != nil {
		return fault.Wrap(err, fault.Internal, "the sign-off page")
	}
	type rate struct {
		layers.ErrorRate
		Name string
	}
	value := struct {
		Title  layers.Text
		Facts  []fact
		Rates  []rate
		Pass   float64
		Passed bool
		Groups []data.FindingGroup
		More   int
		Field  func(string) string
		Way    []data.BatchStep
		Now    time.Time
	}{Title: s.layer.Title, Facts: s.facts(), Pass: s.pass, Passed: true, Groups: s.groups, Field: s.fieldName, Way: s.way, Now: time.Now()}
	for _, r := range s.rates {
		if r.Rule == "" {
			value.Rates = append(value.Rates, rate{r, s.table(r.Table)})
			value.Passed = value.Passed && r.Passed
		}
	}
	if value.More = len(value.Groups) - mostGroups; value.More > 0 {
		value.Groups = value.Groups[:mostGroups]
	}
	return unwritable(page.Execute(w, value))
}
