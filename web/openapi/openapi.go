// Package openapi has the parts of an OpenAPI 3.1 document as plain structs, as far as the
// project's API needs them. Schemas are JSON Schema 2020-12 objects.
package openapi

import "onemap/layers"

// Version is the OpenAPI version that the structs write.
const Version = "3.1.0"

// Schema is a JSON Schema 2020-12 object.
type Schema = layers.Object

// Document is the whole.
type Document struct {
	OpenAPI    string               `json:"openapi"`
	Info       Info                 `json:"info"`
	Servers    []Server             `json:"servers"`
	Tags       []Tag                `json:"tags"`
	Paths      map[string]*PathItem `json:"paths"`
	Components Components           `json:"components"`
}

// Info says what the API is.
type Info struct {
	Title       string `json:"title"`
	Description string `json:"description,omitempty"`
	Version     string `json:"version"`
}

// Server is an address that the paths hang on.
type Server struct {
	URL string `json:"url"`
}

// Tag groups operations.
type Tag struct {
	Name        string `json:"name"`
	Description string `json:"description,omitempty"`
}

// PathItem is what one path answers to. HEAD answers as GET does, without a body, where
// there is no operation of its own.
type PathItem struct {
	Get     *Operation `json:"get,omitempty"`
	Head    *Operation `json:"head,omitempty"`
	Post    *Operation `json:"post,omitempty"`
	Put     *Operation `json:"put,omitempty"`
	Patch   *Operation `json:"patch,omitempty"`
	Delete  *Operation `json:"delete,omitempty"`
	Options *Operation `json:"options,omitempty"`
}

// Body is what a request carries.
type Body struct {
	Required bool                 `json:"required,omitempty"`
	Content  map[string]MediaType `json:"content"`
}

// Operation is one kind of request.
type Operation struct {
	ID          string              `json:"operationId"`
	Summary     string              `json:"summary"`
	Description string              `json:"description,omitempty"`
	Tags        []string            `json:"tags,omitempty"`
	Parameters  []*Parameter        `json:"parameters,omitempty"`
	Body        *Body               `json:"requestBody,omitempty"`
	Responses   map[string]Response `json:"responses"`
}

// Parameter is a part of a path or query string, or a reference to one of the components.
type Parameter struct {
	Ref         string `json:"$ref,omitempty"`
	Name        string `json:"name,omitempty"`
	In          string `json:"in,omitempty"`
	Description string `json:"description,omitempty"`
	Required    bool   `json:"required,omitempty"`
	AllowEmpty  bool   `json:"allowEmptyValue,omitempty"`
	Style       string `json:"style,omitempty"`
	Explode     *bool  `json:"explode,omitempty"`
	Schema      Schema `json:"schema,omitempty"`
}

// Response is one kind of answer, or a reference to one of the components.
type Response struct {
	Ref         string               `json:"$ref,omitempty"`
	Description string               `json:"description,omitempty"`
	Headers     map[string]Header    `json:"headers,omitempty"`
	Content     map[string]MediaType `json:"content,omitempty"`
}

// Header is one of an answer's headers.
type Header struct {
	Description string `json:"description,omitempty"`
	Schema      Schema `json:"schema,omitempty"`
}

// MediaType is the form of a body. Without a schema it is bytes.
type MediaType struct {
	Schema Schema `json:"schema,omitempty"`
}

// Components are the parts that others refer to.
type Components struct {
	Schemas    map[string]Schema     `json:"schemas,omitempty"`
	Parameters map[string]*Parameter `json:"parameters,omitempty"`
	Responses  map[string]Response   `json:"responses,omitempty"`
}

// Ref is a schema that refers to one of the components.
func Ref(name string) Schema { return Schema{"$ref": "#/components/schemas/" + name} }

// ParameterRef is a parameter that refers to one of the components.
func ParameterRef(name string) *Parameter {
	return &Parameter{Ref: "#/components/parameters/" + name}
}

// ResponseRef is a response that refers to one of the components.
func ResponseRef(name string) Response {
	return Response{Ref: "#/components/responses/" + name}
}

// Array is the schema of a list.
func Array(items Schema) Schema { return Schema{"type": "array", "items": items} }

// Of is the schema of a plain type: string, integer, number, boolean or object.
func Of(kind string) Schema { return Schema{"type": kind} }
