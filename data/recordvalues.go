package data

import (
	"encoding/binary"

	"onemap/layers"
)

// recordValues are some columns of a record, as places in RecordColumns, each in
// PostgreSQL's binary form; nil is null.
func recordValues(l *layers.Layer, r layers.Record, columns []int) ([][]byte, error) {
	w := rowWriter{layer: l}
	if err := w.append(r); err != nil {
		return nil, err
	}
	buf := w.row.buf[2:] // the number of fields
	all := make([][]byte, 0, len(l.RecordColumns()))
	for range l.RecordColumns() {
		n := int32(binary.BigEndian.Uint32(buf))
		buf = buf[4:]
		if n < 0 {
			all = append(all, nil)
			continue
		}
		all = append(all, buf[:n:n])
		buf = buf[n:]
	}
	values := make([][]byte, len(columns))
	for i, at := range columns {
		values[i] = all[at]
	}
	return values, nil
}

func int8Value(n int64) []byte { return binary.BigEndian.AppendUint64(nil, uint64(n)) }
