package web_test

import (
	"bufio"
	"bytes"
	"context"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"

	"golang.org/x/text/encoding/simplifiedchinese"

	"onemap/data"
	"onemap/data/survey"
	"onemap/data/upload"
	"onemap/web"
)

// counter is a world with the import over HTTP, seen by a client that brings surveys.
type counter struct {
	*world
	home string
}

// newCounter starts a server with the import in front of a database of its own.
func newCounter(t *testing.T, change ...func(*web.Survey)) *counter {
	t.Helper()
	return counterOn(t, newWorld(t), t.TempDir(), change...)
}

// counterOn starts a server over a database and a folder that there are, as after a restart.
func counterOn(t *testing.T, w *world, home string, change ...func(*web.Survey)) *counter {
	t.Helper()
	var server *web.Server
	w = worldOn(t, w.dsn, w.cat, func(c *web.Config) {
		in, err := survey.NewIntake(w.store, home)
		if err != nil {
			t.Fatal(err)
		}
		parts, err := upload.Open(filepath.Join(home, "parts"), upload.Limits{Size: 64 << 20})
		if err != nil {
			t.Fatal(err)
		}
		c.Survey = &web.Survey{Intake: in, Store: w.store, Uploads: parts, Temp: t.TempDir(), Access: web.AccessLocal}
		for _, f := range change {
			f(c.Survey)
		}
	})
	server = w.server
	t.Cleanup(server.Stop)
	return &counter{w, home}
}

// send makes a request with a body and returns the answer.
func (c *counter) send(method, path string, body []byte, headers ...string) answer {
	c.t.Helper()
	if strings.HasPrefix(path, "/") {
		path = c.url + path
	}
	r, err := http.NewRequestWithContext(c.t.Context(), method, path, bytes.NewReader(body))
	if err != nil {
		c.t.Fatal(err)
	}
	for i := 0; i+1 < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	response, err := c.http.Client().Do(r)
	if err != nil {
		c.t.Fatal(err)
	}
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	if err != nil {
		c.t.Fatal(err)
	}
	return answer{Response: response, body: text}
}

// ask sends a value as JSON, expects a status and reads the answer into a value.
func (c *counter) ask(method, path string, value any, status int, into any) answer {
	c.t.Helper()
	var body []byte
	var headers []string
	if value != nil {
		var err error
		if body, err = json.Marshal(value); err != nil {
			c.t.Fatal(err)
		}
		headers = []string{"Content-Type", "application/json"}
	}
	a := c.send(method, path, body, headers...)
	if a.StatusCode != status {
		c.t.Fatalf("%s %s: %s, want %d: %.500s", method, path, a.Status, status, a.body)
	}
	if into != nil {
		if err := json.Unmarshal(a.body, into); err != nil {
			c.t.Fatalf("%s %s: %v in %.300s", method, path, err, a.body)
		}
	}
	return a
}

// tus sends a request of the upload protocol.
func (c *counter) tus(method, path string, body []byte, headers ...string) answer {
	c.t.Helper()
	headers = append([]string{"Tus-Resumable", "1.0.0"}, headers...)
	if method == http.MethodPatch {
		headers = append([]string{"Content-Type", "application/offset+octet-stream"}, headers...)
	}
	return c.send(method, path, body, headers...)
}

func metadata(name string) string {
	return "filename " + base64.StdEncoding.EncodeToString([]byte(name))
}

// announce begins an upload and returns its path.
func (c *counter) announce(name string, length int) string {
	c.t.Helper()
	a := c.tus(http.MethodPost, "/uploads", nil, "Upload-Length", strconv.Itoa(length), "Upload-Metadata", metadata(name))
	if a.StatusCode != http.StatusCreated || !strings.HasPrefix(a.Header.Get("Location"), c.url+"/uploads/") {
		c.t.Fatalf("%s %v %s", a.Status, a.Header, a.body)
	}
	return strings.TrimPrefix(a.Header.Get("Location"), c.url)
}

// upload brings a file at once and returns its id.
func (c *counter) upload(name, text string) string {
	c.t.Helper()
	at := c.announce(name, len(text))
	if a := c.tus(http.MethodPatch, at, []byte(text), "Upload-Offset", "0"); a.StatusCode != http.StatusNoContent || a.Header.Get("Upload-Offset") != strconv.Itoa(len(text)) {
		c.t.Fatalf("%s %v %s", a.Status, a.Header, a.body)
	}
	return strings.TrimPrefix(at, "/uploads/")
}

// batch is what the tests look at of a batch's document.
type batch struct {
	ID        int64
	State     data.BatchState
	Source    string
	Scope     string
	Reading   survey.Reading
	Tally     survey.Tally
	Way       []data.BatchStep
	Groups    []data.FindingGroup
	Since     *data.FindingChange
	Check     *check
	Open      *struct{ Code, Field, Detail string }
	Approvals []string
	Published *data.Edition
	Links     []weblink
}

type check struct {
	State       string
	Stage       string
	Done, Total int64
	Tally       *survey.Tally
	Error       *struct{ Code, Detail string }
}

type object = map[string]any

// bring uploads a file and notes it as a batch of dots.
func (c *counter) bring(name, text string, more object) batch {
	c.t.Helper()
	body := object{"upload": c.upload(name, text), "layer": "dot", "source": "county"}
	for k, v := range more {
		body[k] = v
	}
	var b batch
	c.ask(http.MethodPost, "/batches", body, http.StatusCreated, &b)
	return b
}

func (c *counter) path(id int64, rest string) string { return fmt.Sprintf("/batches/%d%s", id, rest) }

// event is a server-sent event.
type event struct {
	id, name string
	check
}

// listen reads the events of a check to their end; 204 gives none.
func (c *counter) listen(id int64, headers ...string) (list []event) {
	c.t.Helper()
	r, err := http.NewRequestWithContext(c.t.Context(), http.MethodGet, c.url+c.path(id, "/events"), nil)
	if err != nil {
		c.t.Fatal(err)
	}
	for i := 0; i+1 < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	response, err := c.http.Client().Do(r)
	if err != nil {
		c.t.Fatal(err)
	}
	defer response.Body.Close()
	if response.StatusCode == http.StatusNoContent {
		return nil
	}
	if response.StatusCode != http.StatusOK || response.Header.Get("Content-Type") != "text/event-stream" {
		c.t.Fatalf("%s %v", response.Status, response.Header)
	}
	var e event
	for lines := bufio.NewScanner(response.Body); lines.Scan(); {
		name, value, _ := strings.Cut(lines.Text(), ": ")
		switch name {
		case "id":
			e.id = value
		case "event":
			e.name = value
		case "data":
			if err := json.Unmarshal([]byte(value), &e.check); err != nil {
				c.t.Fatalf("%v in %s", err, value)
			}
		case "":
			if e.name != "" {
				list = append(list, e)
			}
			e = event{}
		}
	}
	if len(list) == 0 || list[len(list)-1].name != "end" {
		c.t.Fatalf("the events have no end: %+v", list)
	}
	return list
}

// check runs a check to its end.
func (c *counter) check(id int64) event {
	c.t.Helper()
	c.ask(http.MethodPost, c.path(id, "/check"), nil, http.StatusAccepted, nil)
	list := c.listen(id)
	return list[len(list)-1]
}

// publish takes a checked batch to an edition.
func (c *counter) publish(id int64) (b batch) {
	c.t.Helper()
	for _, to := range []string{"self_checked", "city_checked", "accepted", "published"} {
		c.ask(http.MethodPost, c.path(id, "/state"), object{"to": to}, http.StatusOK, &b)
	}
	return b
}

func dot(code, kind string, lon, lat float64) string {
	return fmt.Sprintf(`{"type":"Feature","properties":{"code":%q,"name":%q,"kind":%q,"size":5},"geometry":{"type":"Point","coordinates":[%.6f,%.6f]}}`, code, "点"+code, kind, lon, lat)
}

func dots(list ...string) string {
	return `{"type":"FeatureCollection","features":[` + strings.Join(list, ",\n") + `]}`
}

// TestSurveyOverHTTP goes the whole way of the import page: a file, its reading, the
// check, the findings, the comparison, the edition, and back.
func TestSurveyOverHTTP(t *testing.T) {
	c := newCounter(t)
	text := dots(dot("A1", "a", 120.9, 32), dot("A2", "z", 120.91, 32), dot("A3", "b", 120.92, 32))
	b := c.bring("点.geojson", text, object{"options": object{"skip_bad": true}})
	if b.State != data.BatchParsed || b.Open != nil || b.Reading.Format != "GeoJSON" || len(b.Reading.Columns) != 4 || b.Scope != "source:county" || len(b.Way) < 2 || b.Way[0].Who != "local" {
		t.Fatalf("%+v", b)
	}
	end := c.check(b.ID)
	if end.State != "done" || end.Tally == nil || end.Tally.Rows != 3 || end.Tally.Good != 2 {
		t.Fatalf("%+v", end)
	}
	if again := c.listen(b.ID, "Last-Event-ID", end.id); again != nil {
		t.Errorf("one who knows the end gets %+v", again)
	}
	if again := c.listen(b.ID); len(again) != 1 || again[0].id != end.id {
		t.Errorf("a reload gets %+v", again)
	}
	c.read(c.path(b.ID, ""), &b)
	if b.State != data.BatchChecked || len(b.Groups) == 0 || b.Check.State != "done" || strings.Join(b.Approvals, " ") != "self_checked rejected" {
		t.Errorf("%+v", b)
	}
	for _, l := range b.Links {
		if l.Rel == "events" || l.Rel == "layer" {
			continue
		}
		if a := c.get(l.Href); a.StatusCode != http.StatusOK {
			t.Errorf("the link %s: %s %s", l.Rel, a.Status, a.body)
		}
	}
	var found struct {
		Findings []data.NumberedFinding
		Links    []weblink
	}
	c.read(c.path(b.ID, "/findings?severity=error&row=2&limit=1"), &found)
	if len(found.Findings) != 1 || found.Findings[0].Field != "kind" || found.Findings[0].Value != "z" {
		t.Errorf("%+v", found)
	}
	var places struct {
		Type     string
		Features []struct{ Geometry struct{ Type string } }
	}
	c.read(c.path(b.ID, "/findings?f=geojson"), &places)
	if places.Type != "FeatureCollection" {
		t.Errorf("%+v", places)
	}
	c.refused(c.path(b.ID, "/findings?severity=bad"), 400, "invalid", "severity")
	c.refused(c.path(999, "/findings"), 404, "not_found", "")

	var sum data.Comparison
	c.read(c.path(b.ID, "/comparison"), &sum)
	if sum.New != 2 || sum.Staged != 2 || sum.Gone != 0 {
		t.Errorf("%+v", sum)
	}
	var page struct {
		Differences []data.Difference
		Links       []weblink
	}
	c.read(c.path(b.ID, "/differences?kind=new&limit=1"), &page)
	if len(page.Differences) != 1 || page.Differences[0].Key != "A1" || rel(page.Links, "next") == "" {
		t.Fatalf("%+v", page)
	}
	c.read(rel(page.Links, "next"), &page)
	if len(page.Differences) != 1 || page.Differences[0].Key != "A3" || rel(page.Links, "next") != "" {
		t.Errorf("%+v", page)
	}
	c.read(c.path(b.ID, "/differences?f=geojson"), &places)
	if len(places.Features) != 2 || places.Features[0].Geometry.Type != "Point" {
		t.Errorf("%+v", places)
	}
	c.ask(http.MethodPost, c.path(b.ID, "/state"), object{"to": "published"}, http.StatusConflict, nil)
	c.ask(http.MethodPost, c.path(b.ID, "/state"), object{"to": "rejected"}, http.StatusBadRequest, nil)
	b = c.publish(b.ID)
	if b.State != data.BatchPublished || b.Published == nil || b.Published.Added != 2 {
		t.Fatalf("%+v", b)
	}
	var items struct{ NumberMatched int }
	c.read("/api/collections/dot/items?source=county", &items)
	if items.NumberMatched != 2 {
		t.Errorf("%d records are published", items.NumberMatched)
	}
	var editions struct{ Editions []data.EditionRecord }
	c.read("/editions?layer=dot&limit=1", &editions)
	if len(editions.Editions) != 1 || editions.Editions[0].ID != b.Published.ID || editions.Editions[0].PublishedBy != "local" {
		t.Errorf("%+v", editions)
	}
	page.Links, page.Differences = nil, nil
	c.read(fmt.Sprintf("/editions/%d/differences?kind=new&limit=1", b.Published.ID), &page)
	if len(page.Differences) != 1 || page.Differences[0].Kind != "new" || rel(page.Links, "next") == "" {
		t.Errorf("%+v", page)
	}
	c.ask(http.MethodGet, "/editions/99999/differences", nil, http.StatusNotFound, nil)
	c.ask(http.MethodPost, fmt.Sprintf("/editions/%d/revert", b.Published.ID), nil, http.StatusOK, nil)
	c.read("/api/collections/dot/items?source=county", &items)
	if items.NumberMatched != 0 {
		t.Errorf("%d records are there after the edition was taken back", items.NumberMatched)
	}
	c.ask(http.MethodPost, fmt.Sprintf("/editions/%d/revert", b.Published.ID), nil, http.StatusConflict, nil)
	var list struct{ Batches []batch }
	c.read("/batches?layer=dot&state=withdrawn", &list)
	if len(list.Batches) != 1 || list.Batches[0].ID != b.ID {
		t.Errorf("%+v", list)
	}
}

func TestFileBroughtTwiceAndMended(t *testing.T) {
	c := newCounter(t)
	text := dots(dot("A1", "z", 120.9, 32), dot("A2", "a", 120.91, 32))
	first := c.bring("a.geojson", text, nil)
	c.check(first.ID)
	var p problem
	body := object{"upload": c.upload("b.geojson", text), "layer": "dot", "source": "county"}
	a := c.ask(http.MethodPost, "/batches", body, http.StatusConflict, &p)
	if p.Code != "conflict" || p.Field != "file" || !strings.Contains(p.Detail, fmt.Sprint(first.ID)) {
		t.Errorf("the same file twice: %s", a.body)
	}
	c.ask(http.MethodPost, c.path(first.ID, "/state"), object{"to": "self_checked"}, http.StatusBadRequest, &p) // it has errors
	c.ask(http.MethodPost, c.path(first.ID, "/state"), object{"to": "rejected", "note": "类型 z 不在代码表中"}, http.StatusOK, nil)
	second := c.bring("a.geojson", dots(dot("A1", "b", 120.9, 32), dot("A2", "a", 120.91, 32)), nil)
	c.check(second.ID)
	c.read(c.path(second.ID, ""), &second)
	if s := second.Since; s == nil || s.Before != first.ID || s.Mended != 1 || s.Appears != 0 {
		t.Errorf("%+v", second.Since)
	}
}

// TestQuestionIsAnswered brings a file that can't be understood without a person's word.
func TestQuestionIsAnswered(t *testing.T) {
	c := newCounter(t)
	text := "编号甲,名称,kind\r\nA1,公园,a\r\nA2,学校,b\r\n"
	b := c.bring("点.csv", text, object{"options": object{"columns": object{"code": "没有这列"}}})
	if b.Open == nil || b.State != data.BatchUploaded {
		t.Fatalf("%+v", b)
	}
	c.read(c.path(b.ID, ""), &b)
	if b.Open == nil || b.Open.Detail == "" {
		t.Errorf("a reload does not know what is open: %+v", b)
	}
	c.ask(http.MethodPost, c.path(b.ID, "/check"), nil, http.StatusConflict, nil)
	c.ask(http.MethodPut, c.path(b.ID, "/options"), object{"columns": object{"code": "编号甲", "name": "名称"}}, http.StatusOK, &b)
	if b.Open != nil || b.State != data.BatchParsed || b.Reading.Columns[0].Field != "code" {
		t.Fatalf("%+v", b)
	}
	if end := c.check(b.ID); end.State != "done" || end.Tally.Good != 2 {
		t.Errorf("%+v", end)
	}
	var without batch
	c.ask(http.MethodPut, c.path(b.ID, "/options"), object{"columns": object{"code": "编号甲", "name": ""}}, http.StatusOK, &without)
	if got := without.Reading.Columns[1]; got.Name != "名称" || got.Field != "" {
		t.Errorf("the column is not left out: %+v", got)
	}
}

func TestEncodingIsChosenByEye(t *testing.T) {
	c := newCounter(t)
	gbk, err := simplifiedchinese.GBK.NewEncoder().String("code,name,kind\r\nA1,人民公园,a\r\nA2,第二小学,b\r\n")
	if err != nil {
		t.Fatal(err)
	}
	var a struct {
		Encodings []struct {
			Encoding string
			Samples  []string
			Broken   bool
		}
	}
	b := c.bring("点.csv", gbk, nil)
	c.ask(http.MethodGet, c.path(b.ID, "/encodings"), nil, http.StatusOK, &a)
	seen := map[string]string{}
	for _, e := range a.Encodings {
		seen[e.Encoding] = fmt.Sprint(e.Samples, e.Broken)
	}
	if seen["GB18030"] != "[人民公园 第二小学] false" || seen["windows-1252"] == "" || seen["Big5"] == seen["GB18030"] || seen["UTF-8"] != "" && !strings.HasSuffix(seen["UTF-8"], "true") {
		t.Errorf("%v", seen)
	}
	b = c.bring("plain.csv", "code,name,kind\r\nA3,park,a\r\n", object{"source": "plain"})
	c.ask(http.MethodGet, c.path(b.ID, "/encodings"), nil, http.StatusOK, &a)
	if len(a.Encodings) != 0 {
		t.Errorf("ASCII leaves a choice: %+v", a.Encodings)
	}
}

// TestTwoImportTheSameLayer publishes two sources of one layer at once.
func TestTwoImportTheSameLayer(t *testing.T) {
	c := newCounter(t)
	var all sync.WaitGroup
	results := make([]batch, 2)
	for i, source := range []string{"east", "west"} {
		b := c.bring(source+".geojson", dots(dot(source+"1", "a", 120.9, 32), dot(source+"2", "b", 120.91, 32)), object{"source": source})
		c.check(b.ID)
		for _, to := range []string{"self_checked", "city_checked", "accepted"} {
			c.ask(http.MethodPost, c.path(b.ID, "/state"), object{"to": to}, http.StatusOK, nil)
		}
		results[i] = b
	}
	for i := range results {
		all.Go(func() {
			body := []byte(`{"to":"published"}`)
			if a := c.send(http.MethodPost, c.path(results[i].ID, "/state"), body, "Content-Type", "application/json"); a.StatusCode != http.StatusOK {
				t.Errorf("%s %s", a.Status, a.body)
			}
		})
	}
	all.Wait()
	for i, source := range []string{"east", "west"} {
		var b batch
		c.read(c.path(results[i].ID, ""), &b)
		var items struct{ NumberMatched int }
		c.read("/api/collections/dot/items?source="+source, &items)
		if b.State != data.BatchPublished || items.NumberMatched != 2 {
			t.Errorf("%s: %s, %d records", source, b.State, items.NumberMatched)
		}
	}
}

func TestCheckIsCancelledAndRunAgain(t *testing.T) {
	c := newCounter(t, func(s *web.Survey) { s.Checks = 1 })
	var many []string
	for i := range 30_000 {
		many = append(many, dot(fmt.Sprint("N", i), "a", 120.9+float64(i)/1e6, 32))
	}
	b := c.bring("many.geojson", dots(many...), nil)
	var first, second check
	c.ask(http.MethodPost, c.path(b.ID, "/check"), nil, http.StatusAccepted, &first)
	c.ask(http.MethodPost, c.path(b.ID, "/check"), nil, http.StatusAccepted, &second) // joins
	c.ask(http.MethodPut, c.path(b.ID, "/options"), object{}, http.StatusConflict, nil)
	var end check
	c.ask(http.MethodDelete, c.path(b.ID, "/check"), nil, http.StatusOK, &end)
	if end.State != "cancelled" {
		t.Fatalf("%+v", end)
	}
	c.read(c.path(b.ID, ""), &b)
	if b.State != data.BatchParsed || b.Check.State != "cancelled" {
		t.Errorf("%+v", b)
	}
	if end := c.check(b.ID); end.State != "done" || end.Tally.Good != 30_000 {
		t.Errorf("%+v", end)
	}
}

// TestBrokenOffCheckSaysSo looks at a batch whose check ended with its process.
func TestBrokenOffCheckSaysSo(t *testing.T) {
	c := newCounter(t)
	b := c.bring("a.geojson", dots(dot("A1", "a", 120.9, 32)), nil)
	if err := c.store.NoteBatch(context.Background(), b.ID, "local", "check begun"); err != nil { // as the process that died has left it
		t.Fatal(err)
	}
	after := counterOn(t, c.world, c.home)
	after.read(after.path(b.ID, ""), &b)
	if b.Check == nil || b.Check.State != "broken_off" || b.State != data.BatchParsed {
		t.Errorf("%+v", b.Check)
	}
	if list := after.listen(b.ID); len(list) != 1 || list[0].State != "broken_off" {
		t.Errorf("%+v", list)
	}
	if end := after.check(b.ID); end.State != "done" {
		t.Errorf("%+v", end)
	}
}
