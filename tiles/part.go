package tiles

import (
	"encoding/binary"
	"slices"

	"onemap/layers/fault"
)

// Part returns the layers of a tile that have one of the names, as they are in it. The
// error is Invalid where the bytes are no vector tile (MVT 2.1, section 4.1).
func Part(body []byte, names ...string) ([]byte, error) {
	var part []byte
	for rest := body; len(rest) > 0; {
		field, value, n := protoField(rest)
		if n == 0 {
			return nil, fault.New(fault.Invalid, "A tile of the archive is damaged.")
		}
		if field == tileLayers && slices.Contains(names, layerName(value)) {
			part = append(part, rest[:n]...)
		}
		rest = rest[n:]
	}
	return part, nil
}

// Protobuf fields of a tile and of a layer in it.
const (
	tileLayers = 3
	nameField  = 1
)

// layerName is the name of an encoded layer; empty where it has none.
func layerName(layer []byte) string {
	for len(layer) > 0 {
		field, value, n := protoField(layer)
		if n == 0 {
			return ""
		}
		if field == nameField {
			return string(value)
		}
		layer = layer[n:]
	}
	return ""
}

// protoField reads the first field of a protobuf message: its number, its content where
// it is of a length, and how many bytes it takes in all; 0 where it is not whole.
func protoField(b []byte) (field uint64, value []byte, n int) {
	key, n := binary.Uvarint(b)
	if n <= 0 {
		return 0, nil, 0
	}
	size, head := uint64(0), 0
	switch key & 7 {
	case 0: // a number
		_, head = binary.Uvarint(b[n:])
	case 1:
		size, head = 8, 0
	case 2:
		size, head = binary.Uvarint(b[n:])
	case 5:
		size, head = 4, 0
	default:
		return 0, nil, 0
	}
	if key&7 != 1 && key&7 != 5 && head <= 0 || size > uint64(len(b)-n-head) {
		return 0, nil, 0
	}
	end := n + head + int(size)
	return key >> 3, b[n+head : end], end
}
