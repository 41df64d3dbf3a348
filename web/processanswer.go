package web

import (
	"bytes"
	"mime"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"onemap/data/ask"
	"onemap/layers/fault"
)

// formOfType returns the kind of file of a media type, or nil.
func formOfType(mediaType string) *ask.Form {
	name, _, _ := mime.ParseMediaType(mediaType)
	for _, f := range ask.Forms() {
		if own, _, _ := mime.ParseMediaType(f.MediaType); own == name {
			return f
		}
	}
	return nil
}

// answerForm chooses how an answer is sent: by the parameter f, else as the question was
// asked, else by the Accept header; JSON where all are as welcome.
func answerForm(w http.ResponseWriter, r *http.Request, params url.Values, order execution) (*ask.Form, error) {
	w.Header().Add("Vary", "Accept")
	name, err := single(params, "f")
	if err != nil {
		return nil, err
	}
	form := ask.FormByName(name)
	switch {
	case name != "" && form == nil:
		return nil, fault.In("f", "An answer can be had as %s.", ask.FormNames())
	case name == "" && order.media != "":
		form = formOfType(order.media)
	case name == "":
		best := 0.0
		for _, f := range ask.Forms() {
			mediaType, _, _ := strings.Cut(f.MediaType, ";")
			if q := weight(r.Header.Get("Accept"), mediaType); q > best || form == nil {
				form, best = f, q
			}
		}
	}
	if order.document && form.MediaType != jsonType {
		return nil, fault.In("response", "A document of outputs is JSON.")
	}
	return form, nil
}

// sendAnswer answers with the answer, or with all outputs of which it is the only one
// (18-062r2, 7.11.4 and 7.13).
func sendAnswer(w http.ResponseWriter, form *ask.Form, answer *ask.Answer, lang string, document bool) error {
	if document {
		type qualified struct {
			Value     *ask.Answer `json:"value"`
			MediaType string      `json:"mediaType"`
		}
		return reply(w, http.StatusOK, jsonType, map[string]qualified{answerOutput: {answer, jsonType}})
	}
	var body bytes.Buffer
	if err := form.Write(&body, answer, lang); err != nil {
		return err
	}
	h := w.Header()
	how := "attachment"
	if form.ID == formHTML {
		how = "inline"
		h.Set("Content-Security-Policy", ask.PagePolicy())
	}
	if form.ID != formJSON {
		name := answer.Question + "-" + answer.AskedAt.UTC().Format("20060102T150405Z") + form.Extension
		h.Set("Content-Disposition", mime.FormatMediaType(how, map[string]string{"filename": name}))
	}
	h.Set("Content-Type", form.MediaType)
	h.Set("Content-Length", strconv.Itoa(body.Len()))
	w.WriteHeader(http.StatusOK)
	_, _ = w.Write(body.Bytes()) // the client may have left
	return nil
}
