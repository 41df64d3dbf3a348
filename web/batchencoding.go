package web

import (
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"slices"
	"strings"
	"unicode/utf8"

	"onemap/data/read"
	"onemap/data/survey"
	"onemap/layers/fault"
)

// encodings are the character sets that a person chooses from, the likeliest first.
var encodings = []string{"UTF-8", "GB18030", "Big5", "Shift_JIS", "EUC-KR", "windows-1252"}

const (
	encodingSamples = 3
	encodingRows    = 500 // that are searched for samples
	encodingLetters = 40  // of a sample, at most
)

// encodingLook is how a file reads in a character set.
type encodingLook struct {
	Encoding string   `json:"encoding"`
	Samples  []string `json:"samples"` // names and values with more than ASCII, three at most
	Broken   bool     `json:"broken"`  // bytes stand in them that are no characters of the set
}

// getEncodings shows the same few texts of a batch's file in each character set; none where
// the file's format leaves no choice or its text is ASCII.
func (s *Server) getEncodings(w http.ResponseWriter, r *http.Request) error {
	if _, err := s.only(r); err != nil {
		return err
	}
	b, err := s.batchIn(r)
	if err != nil {
		return err
	}
	path, err := s.desk.Intake.Path(b)
	if err != nil {
		return err
	}
	var o survey.Options
	if err := json.Unmarshal(b.Options, &o); err != nil {
		return fault.Wrap(err, fault.Internal, "options of batch %d", b.ID)
	}
	list := []encodingLook{}
	differ := false
	encodings := encodings
	if in, err := read.Open(path, read.Options{Layer: o.Part, Temp: s.desk.Temp}); err == nil {
		if format := in.Format(); format == "XLSX" || format == "GeoPackage" {
			encodings = nil // their text is in UTF-8
		}
		in.Close()
	}
	for _, name := range encodings {
		if err := r.Context().Err(); err != nil {
			return err
		}
		samples := samplesIn(path, read.Options{Encoding: name, Layer: o.Part, Temp: s.desk.Temp})
		if len(samples) == 0 {
			continue
		}
		broken := slices.ContainsFunc(samples, func(text string) bool { return strings.ContainsRune(text, utf8.RuneError) })
		list = append(list, encodingLook{name, samples, broken})
		differ = differ || !slices.Equal(samples, list[0].Samples)
	}
	if !differ {
		list = []encodingLook{}
	}
	return reply(w, http.StatusOK, jsonType, struct {
		Encodings []encodingLook `json:"encodings"`
	}{list})
}

// samplesIn reads the first texts with more than ASCII; none where the file can't be read
// in this way.
func samplesIn(path string, o read.Options) []string {
	in, err := read.Open(path, o)
	if err != nil {
		return nil
	}
	defer in.Close()
	var list []string
	take := func(text string) {
		text = strings.TrimSpace(text)
		ascii := !strings.ContainsFunc(text, func(r rune) bool { return r >= utf8.RuneSelf })
		if ascii || len(list) == encodingSamples {
			return
		}
		if letters := []rune(text); len(letters) > encodingLetters {
			text = string(letters[:encodingLetters]) + "…"
		}
		if !slices.Contains(list, text) {
			list = append(list, text)
		}
	}
	for n := 0; n < encodingRows && len(list) < encodingSamples; n++ {
		row, err := in.Next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil
		}
		for _, v := range row.Values {
			take(v.Raw)
		}
	}
	for _, c := range in.Columns() { // where the values are ASCII, the names may tell
		take(c)
	}
	return list
}
