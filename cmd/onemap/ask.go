package main

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"os"
	"slices"
	"strings"

	"onemap/data/ask"
	"onemap/layers"
	"onemap/layers/fault"
	"onemap/tiles/mirror"
)

type askCommand struct {
	Question string `arg:"" optional:"" help:"Which question; without it all are listed."`

	Input      []string `help:"An input: its value as JSON, or a plain text." placeholder:"NAME=VALUE" sep:"none"`
	Inputs     string   `help:"JSON file with an object of inputs; --input comes before it." type:"existingfile" placeholder:"FILE"`
	Scenario   string   `help:"A scenario to ask in: a saved one's name, or a JSON file." placeholder:"NAME|FILE"`
	Compare    bool     `help:"Answer as things are and in the scenario, side by side."`
	HelpInputs bool     `help:"Print the inputs of the question and ask nothing."`

	Format string `name:"f" help:"text, json, html, xlsx, geojson or gpkg; default: what the file's name says, else text."`
	Out    string `help:"File to write; default: standard output." short:"o" placeholder:"FILE"`
	Lang   string `help:"Language of text: zh or en." enum:"zh,en" default:"zh"`
	Role   string `help:"Whose layers and fields are used: public, viewer, duty, planner, census, reviewer, editor or admin." enum:"public,viewer,duty,planner,census,reviewer,editor,admin" default:"viewer"`
}

func (askCommand) Help() string {
	return `Answers a planner's question with tables, the layers used with their editions and ages, and what was assumed.

Examples:
  onemap ask
  onemap ask around --help-inputs
  onemap ask around --input shape='{"type":"Point","coordinates":[120.86,32.01]}' --input radius=3000
  onemap ask around --inputs here.json --scenario typhoon --compare --f json -o answer.json`
}

// Run asks, or says what can be asked.
func (c askCommand) Run(ctx context.Context, p *program) error {
	q := ask.ByID(c.Question)
	switch {
	case c.Question == "":
		return listQuestions(p.out, c.Lang)
	case q == nil:
		return fault.In("question", "There is no question %q; there are %s.", c.Question, strings.Join(questionIDs(), ", "))
	case c.HelpInputs:
		return listInputs(p.out, q, c.Lang)
	}
	inputs, err := c.inputs(q)
	if err != nil {
		return err
	}
	if err := q.Check(inputs); err != nil {
		return err
	}
	form, err := c.form()
	if err != nil {
		return err
	}
	d, err := p.prepared(ctx, false)
	if err != nil {
		return err
	}
	defer d.close(ctx)
	request := ask.Request{Question: q.ID, Inputs: inputs, Reader: layers.Reader{Role: layers.Role(c.Role)}}
	if request.Scenario, err = c.scenario(ctx, d, request.Reader); err != nil {
		return err
	}
	request.Progress = func(share float64, at layers.Text) {
		fmt.Fprintf(p.err, "%3.0f %% %s\n", 100*share, ask.In(c.Lang, at))
	}
	asker := ask.New(d.Store, mirror.New(d.Catalogue(), d.Store, mirror.Options{Log: p.log}))
	answer, err := c.ask(ctx, asker, request)
	if err != nil {
		return err
	}
	out, err := exportCommand{}.begin(p, orDash(c.Out))
	if err != nil {
		return err
	}
	defer out.discard()
	if err := form(out, answer, c.Lang); err != nil {
		return fault.Wrap(err, fault.Unavailable, "The answer can't be written")
	}
	return out.keep()
}

func orDash(name string) string {
	if name == "" {
		return "-"
	}
	return name
}

func (c askCommand) ask(ctx context.Context, asker *ask.Asker, r ask.Request) (*ask.Answer, error) {
	if c.Compare {
		return asker.Compare(ctx, r)
	}
	return asker.Ask(ctx, r)
}

// inputs are those of the file and of the command line. A value that is no JSON is a text,
// as is that of an input of texts.
func (c askCommand) inputs(q *ask.Question) (map[string]json.RawMessage, error) {
	inputs := map[string]json.RawMessage{}
	if c.Inputs != "" {
		text, err := os.ReadFile(c.Inputs)
		if err != nil {
			return nil, fault.Wrap(err, fault.Invalid, "The file of inputs can't be read")
		}
		if err := json.Unmarshal(text, &inputs); err != nil || inputs == nil {
			return nil, fault.In("inputs", "%s has no JSON object of inputs.", c.Inputs)
		}
	}
	for _, given := range c.Input {
		name, value, ok := strings.Cut(given, "=")
		if !ok {
			return nil, fault.In("input", "%q is not NAME=VALUE.", given)
		}
		inputs[name] = json.RawMessage(value)
		if !json.Valid([]byte(value)) || isText(q, name) && !strings.ContainsAny(value[:1], `"[{`) {
			inputs[name], _ = json.Marshal(value) // a text is always written
		}
	}
	return inputs, nil
}

// isText reports whether an input takes texts.
func isText(q *ask.Question, name string) bool {
	return slices.ContainsFunc(q.Inputs, func(in ask.Input) bool {
		return in.Name == name && slices.Contains([]ask.Kind{ask.Word, ask.Choice, ask.Layer, ask.Filter, ask.Moment}, in.Kind)
	})
}

// scenario is the one of a file or, where there is no such file, the saved one.
func (c askCommand) scenario(ctx context.Context, d *database, reader layers.Reader) (*ask.Scenario, error) {
	if c.Scenario == "" {
		return nil, nil
	}
	text, err := os.ReadFile(c.Scenario)
	name := ""
	if os.IsNotExist(err) {
		saved, err := d.ScenarioNamed(ctx, c.Scenario)
		if err != nil {
			return nil, err
		}
		text, name = saved.Content, saved.Name
	} else if err != nil {
		return nil, fault.Wrap(err, fault.Invalid, "The scenario can't be read")
	}
	scenario, err := ask.ParseScenario(text)
	if err != nil {
		return nil, err
	}
	if name != "" {
		scenario.Name = name
	}
	return scenario, scenario.Check(d.Catalogue(), reader)
}

// form is how the answer is written.
func (c askCommand) form() (func(io.Writer, *ask.Answer, string) error, error) {
	name := c.Format
	if name == "" {
		for _, f := range ask.Forms() {
			if strings.HasSuffix(strings.ToLower(c.Out), f.Extension) {
				name = f.ID
			}
		}
	}
	if name == "" || name == "text" {
		return writeAnswer, nil
	}
	if f := ask.FormByName(name); f != nil {
		return f.Write, nil
	}
	return nil, fault.In("f", "There is no form %q; there are text, %s.", name, ask.FormNames())
}

func questionIDs() []string {
	ids := make([]string, 0, len(ask.Questions()))
	for _, q := range ask.Questions() {
		ids = append(ids, q.ID)
	}
	return ids
}

func listQuestions(w io.Writer, lang string) error {
	out := bufio.NewWriter(w)
	for _, q := range ask.Questions() {
		fmt.Fprintf(out, "%-14s %s\n", q.ID, ask.In(lang, q.Title))
		fmt.Fprintf(out, "%-14s %s\n", "", ask.In(lang, q.Description))
	}
	return out.Flush()
}

// listInputs explains the inputs of a question.
func listInputs(w io.Writer, q *ask.Question, lang string) error {
	out := bufio.NewWriter(w)
	fmt.Fprintf(out, "%s %s\n", q.ID, ask.In(lang, q.Title))
	for _, in := range q.Inputs {
		kind := string(in.Kind)
		if in.Many {
			kind = "[" + kind + "]"
		}
		fmt.Fprintf(out, "  %-14s %-10s %s\n", in.Name, kind, strings.Join(inputNotes(in, lang), "; "))
		if t := ask.In(lang, in.Description); t != "" {
			fmt.Fprintf(out, "  %-14s %-10s %s\n", "", "", t)
		}
	}
	return out.Flush()
}

func inputNotes(in ask.Input, lang string) []string {
	notes := []string{ask.In(lang, in.Title)}
	if in.Required {
		notes = append(notes, ask.In(lang, layers.Text{Zh: "必填", En: "required"}))
	}
	if in.Unit != "" && in.Unit != "1" {
		notes = append(notes, in.Unit)
	}
	if in.Min != nil || in.Max != nil {
		low, high := "", ""
		if in.Min != nil {
			low = fmt.Sprint(*in.Min)
		}
		if in.Max != nil {
			high = fmt.Sprint(*in.Max)
		}
		notes = append(notes, low+".."+high)
	}
	if in.Default != nil {
		text, _ := json.Marshal(in.Default)
		notes = append(notes, "= "+string(text))
	}
	codes := make([]string, len(in.Choices))
	for i, o := range in.Choices {
		codes[i] = o.Code
	}
	if len(codes) > 0 {
		notes = append(notes, strings.Join(codes, " | "))
	}
	return notes
}

// inputsText is the inputs of an answer on one line.
func inputsText(inputs map[string]json.RawMessage) string {
	parts := make([]string, 0, len(inputs))
	for _, name := range slices.Sorted(maps.Keys(inputs)) {
		text := string(inputs[name])
		if runes := []rune(text); len(runes) > 120 {
			text = string(runes[:117]) + "..."
		}
		parts = append(parts, name+"="+text)
	}
	return strings.Join(parts, " ")
}
