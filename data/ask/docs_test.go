package ask_test

import (
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"strings"
	"testing"

	"onemap/data/ask"
)

var update = flag.Bool("update", false, "write the tables of inputs into docs/questions.md")

const (
	docsFile  = "../../docs/questions.md"
	docsBegin = "<!-- inputs: written by go test ./data/ask -run TestDocs -update -->\n"
)

// TestDocsHaveTheInputs holds the tables of docs/questions.md against the declarations.
func TestDocsHaveTheInputs(t *testing.T) {
	text, err := os.ReadFile(docsFile)
	if err != nil {
		t.Fatal(err)
	}
	head, tables, found := strings.Cut(string(text), docsBegin)
	if !found {
		t.Fatal("docs/questions.md does not say where its tables begin")
	}
	want := inputTables()
	if *update {
		if err := os.WriteFile(docsFile, []byte(head+docsBegin+want), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	if tables != want {
		t.Error("the tables of docs/questions.md are not those of the declarations; go test ./data/ask -run TestDocs -update writes them")
	}
}

func inputTables() string {
	var b strings.Builder
	for _, q := range ask.Questions() {
		fmt.Fprintf(&b, "\n### `%s` %s %s\n\n%s %s\n\n| Input | Kind | Unit, range, default | Meaning |\n|---|---|---|---|\n", q.ID, q.Title.Zh, q.Title.En, q.Description.Zh, q.Description.En)
		for _, in := range q.Inputs {
			kind := string(in.Kind)
			if in.Many {
				kind = "list of " + kind
			}
			if in.Required {
				kind += ", required"
			}
			var bounds []string
			if in.Unit != "" && in.Unit != "1" {
				bounds = append(bounds, in.Unit)
			}
			if in.Min != nil {
				bounds = append(bounds, fmt.Sprintf("≥ %v", *in.Min))
			}
			if in.Max != nil {
				bounds = append(bounds, fmt.Sprintf("≤ %v", *in.Max))
			}
			for _, o := range in.Choices {
				bounds = append(bounds, "`"+o.Code+"`")
			}
			for _, list := range in.Codes {
				bounds = append(bounds, "a code of `"+list+"`")
			}
			if in.Default != nil {
				text, _ := json.Marshal(in.Default)
				bounds = append(bounds, "default "+string(text))
			}
			meaning := strings.TrimSpace(in.Title.Zh + " " + in.Title.En + ". " + in.Description.Zh + " " + in.Description.En)
			fmt.Fprintf(&b, "| `%s` | %s | %s | %s |\n", in.Name, kind, strings.ReplaceAll(strings.Join(bounds, ", "), "|", "\\|"), strings.ReplaceAll(meaning, "|", "\\|"))
		}
	}
	return b.String()
}
