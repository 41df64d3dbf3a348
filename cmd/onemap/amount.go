package main

import (
	"strconv"
	"strings"

	"onemap/layers/fault"
)

// amount is an amount of memory or storage, written as 512MiB, 2GiB or a plain number.
type amount int64

// UnmarshalText reads an amount.
func (b *amount) UnmarshalText(text []byte) error {
	s := strings.TrimSpace(string(text))
	shift := 0
	for unit, bits := range map[string]int{"KiB": 10, "MiB": 20, "GiB": 30} {
		if number, found := strings.CutSuffix(s, unit); found {
			s, shift = strings.TrimSpace(number), bits
		}
	}
	n, err := strconv.ParseInt(s, 10, 64)
	if err != nil || n < 0 || n > 1<<(62-shift) {
		return fault.New(fault.Invalid, "%q is no amount such as 512MiB or 2GiB.", string(text))
	}
	*b = amount(n << shift)
	return nil
}
