package web

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"maps"
	"mime"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"onemap/layers/fault"
)

// mergePatchType is the media type of RFC 7396.
const mergePatchType = "application/merge-patch+json"

// featureIn reads a request's JSON object of one of some media types.
func (s *Server) featureIn(r *http.Request, kinds ...string) (object map[string]any, status int, err error) {
	kind, _, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	if err != nil || !slices.Contains(kinds, kind) {
		return nil, http.StatusUnsupportedMediaType, fault.In("Content-Type", "The request is a GeoJSON feature with the content type %s.", strings.Join(kinds, " or "))
	}
	text, err := io.ReadAll(r.Body)
	var large *http.MaxBytesError
	switch {
	case errors.As(err, &large):
		return nil, 0, fault.New(fault.TooLarge, "The request is larger than %d bytes.", large.Limit)
	case err != nil:
		return nil, 0, fault.Wrap(err, fault.Cancelled, "The request broke off")
	}
	object, err = decodeObject(text)
	return object, 0, err
}

// decodeObject reads a JSON object, numbers as json.Number. The error is Invalid.
func decodeObject(text []byte) (object map[string]any, err error) {
	if !utf8.Valid(text) {
		return nil, fault.New(fault.Invalid, "The request is not in UTF-8.")
	}
	d := json.NewDecoder(bytes.NewReader(text))
	d.UseNumber()
	var value any
	if err := d.Decode(&value); err != nil {
		return nil, fault.New(fault.Invalid, "The request is no JSON: %.100s.", err)
	}
	if _, err := d.Token(); err != io.EOF {
		return nil, fault.New(fault.Invalid, "The request is one JSON object; something follows it.")
	}
	object, ok := value.(map[string]any)
	if !ok {
		return nil, fault.New(fault.Invalid, "The request is a JSON object.")
	}
	return object, nil
}

// checkFeature checks the members of a GeoJSON feature (RFC 7946, section 3.2); id is 0
// where the server gives it.
func checkFeature(feature map[string]any, id int64) error {
	if feature["type"] != "Feature" {
		return fault.In("type", "The request is a GeoJSON object of the type Feature.")
	}
	for _, name := range slices.Sorted(maps.Keys(feature)) {
		switch name {
		case "type", "geometry", "properties", "bbox", "links", "findings":
		case "id":
			if given, ok := feature["id"].(json.Number); id != 0 && (!ok || string(given) != strconv.FormatInt(id, 10)) {
				return fault.In("id", "The feature has another id than the address, which is of the record %d.", id)
			}
		case "crs":
			return fault.In("crs", "GeoJSON has no crs; say the coordinate system in the header Content-Crs.")
		default:
			return fault.In(name, "A feature has no member of this name; fields are in properties.")
		}
	}
	for _, name := range []string{"geometry", "properties"} {
		value, said := feature[name]
		if _, object := value.(map[string]any); !said || !object && value != nil {
			return fault.In(name, "A feature has the member %s, an object or null.", name)
		}
	}
	return nil
}

// mergePatch applies a JSON merge patch (RFC 7396, section 2). Neither argument is changed.
func mergePatch(target, patch any) any {
	changes, ok := patch.(map[string]any)
	if !ok {
		return patch
	}
	object, _ := target.(map[string]any)
	if object = maps.Clone(object); object == nil {
		object = map[string]any{}
	}
	for name, value := range changes {
		if value == nil {
			delete(object, name)
		} else {
			object[name] = mergePatch(object[name], value)
		}
	}
	return object
}
