// Package fault is the one error type of the project: a code that programs
// read, a sentence that people read, and the field it speaks of.
package fault

import (
	"errors"
	"fmt"
)

// Code classifies an error for programs. The HTTP face maps each code to one status.
type Code string

// The codes. Anything without a code counts as Internal.
const (
	Invalid     Code = "invalid"     // the input is wrong; the message says what would be right
	NotFound    Code = "not_found"   // no such thing, or none that the reader may know of
	Conflict    Code = "conflict"    // the state does not allow it now
	Forbidden   Code = "forbidden"   // the reader may not do this
	TooLarge    Code = "too_large"   // over a stated limit
	Unavailable Code = "unavailable" // a part that is needed is down; trying again may help
	Unsupported Code = "unsupported" // a known thing that this build does not do
	Cancelled   Code = "cancelled"   // the caller went away
	Internal    Code = "internal"    // our own mistake
)

// Error is what packages return. Message is a whole sentence for a person: what is
// wrong and what to do. Field names the parameter, column or key at fault, if one is.
type Error struct {
	Code    Code
	Message string
	Field   string
	Err     error // cause, for logs; never shown to a client
}

// Error returns the message, with the field before it and the cause after it where there are any.
func (e *Error) Error() string {
	s := e.Message
	if e.Field != "" {
		s = e.Field + ": " + s
	}
	if e.Err != nil {
		s += ": " + e.Err.Error()
	}
	return s
}

// Unwrap returns the cause.
func (e *Error) Unwrap() error { return e.Err }

// New makes an Error with a formatted message.
func New(code Code, format string, args ...any) *Error {
	return &Error{Code: code, Message: fmt.Sprintf(format, args...)}
}

// In makes an Invalid error about one field.
func In(field, format string, args ...any) *Error {
	return &Error{Code: Invalid, Field: field, Message: fmt.Sprintf(format, args...)}
}

// Wrap puts a code and a sentence over a cause. A nil cause gives nil.
func Wrap(err error, code Code, format string, args ...any) error {
	if err == nil {
		return nil
	}
	return &Error{Code: code, Message: fmt.Sprintf(format, args...), Err: err}
}

// CodeOf returns the code of the first Error in err's chain; Internal for any other error.
func CodeOf(err error) Code {
	var e *Error
	if errors.As(err, &e) {
		return e.Code
	}
	return Internal
}

// MessageOf returns the sentence and the field to show to a person. An error
// without a code gives a general sentence: a driver's text never reaches a client.
func MessageOf(err error) (message, field string) {
	var e *Error
	if errors.As(err, &e) && e.Code != Internal {
		return e.Message, e.Field
	}
	return "An internal error has happened. It has been logged with the request's id.", ""
}
