package read

import (
	"bytes"
	"slices"
	"strings"

	"onemap/layers/fault"
)

// The formats that GDAL's ogr2ogr reads for us, each by one driver of it alone.
const (
	driverGDB = "OpenFileGDB"
	driverMIF = "MapInfo File"
	driverDXF = "DXF"
	driverXLS = "XLS"
	driverODS = "ODS"
)

func sniffGDB(p *probe) bool { return len(p.gdb) > 0 }

// sniffMapInfo knows a .tab by its first word, and a .mif by its first lines.
func sniffMapInfo(p *probe) bool {
	if p.set != nil && len(p.head) == 0 && (p.set.lead == ".tab" || p.set.lead == ".mif") {
		if p.readHead() != nil {
			return false
		}
	}
	low := bytes.ToLower(bytes.TrimLeft(p.head, " \t\r\n"))
	return bytes.HasPrefix(low, []byte("!table")) || bytes.HasPrefix(low, []byte("version ")) && bytes.Contains(low, []byte("\ncolumns "))
}

func sniffDXF(p *probe) bool {
	if bytes.HasPrefix(p.head, []byte("AutoCAD Binary DXF\r\n")) {
		return true
	}
	lines := strings.Split(string(p.head[:min(len(p.head), 1024)]), "\n")
	for i := 0; i+1 < len(lines); i += 2 { // pairs of a code and a value
		switch code, value := strings.TrimSpace(lines[i]), strings.TrimSpace(lines[i+1]); {
		case code == "999":
		case code == "0" && value == "SECTION":
			return true
		default:
			return false
		}
	}
	return false
}

// sniffXLS knows the container of Office 97, and the bare streams of earlier versions by their first record.
func sniffXLS(p *probe) bool {
	return bytes.HasPrefix(p.head, []byte("\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1")) ||
		len(p.head) > 8 && p.head[0] == 9 && slices.Contains([]byte{0, 2, 4}, p.head[1]) && (p.head[2] == 4 || p.head[2] == 6) && p.head[3] == 0
}

func sniffODS(p *probe) bool {
	const kind = "mimetypeapplication/vnd.oasis.opendocument.spreadsheet"
	if len(p.head) > 100 && isZip(p.head) && bytes.Contains(p.head[:100], []byte(kind)) {
		return true
	}
	return p.inside != nil && p.has(func(name string) bool { return name == "content.xml" }) && p.has(func(name string) bool { return name == "mimetype" })
}

// missing is the error for a machine without the converter.
func missing(format string) error {
	return fault.New(fault.Unsupported, "%s is read with the help of ogr2ogr, which is not installed here. Install it (Debian's package gdal-bin), or send the data as shapefile, GeoPackage, XLSX or CSV", format)
}
