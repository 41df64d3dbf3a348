package main

import (
	"archive/zip"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"io"
	"math"
	"os"
	"path/filepath"
	"time"

	"github.com/paulmach/orb/encoding/wkb"

	"onemap/data/sample"
	"onemap/data/write"
	"onemap/layers"
	"onemap/layers/fault"
)

// buildingFiles writes the buildings of a city as a county would send them, without what
// the database adds: a shapefile in GBK with Chinese names of ten bytes, .prj and .cpg,
// and GeoJSON. It returns the paths of the .shp and the .geojson, in a folder each.
func buildingFiles(plan *sample.Plan, view *layers.View, folder string) (shp, geojson string, err error) {
	own := view.Declared()
	shp, geojson = filepath.Join(folder, "shapefile", "building.shp"), filepath.Join(folder, "geojson", "building.geojson")
	for _, name := range []string{shp, geojson} {
		if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
			return "", "", fault.Wrap(err, fault.Unavailable, "The folder for the benchmark's files can't be made")
		}
	}
	archive := filepath.Join(folder, "building.zip")
	var writers []write.Writer
	var files []*os.File
	for _, f := range []struct {
		format, path string
		options      write.Options
	}{{"shp", archive, write.Options{Encoding: "GBK", Titles: true}}, {"geojson", geojson, write.Options{}}} {
		file, err := os.Create(f.path)
		if err != nil {
			return "", "", fault.Wrap(err, fault.Unavailable, "The benchmark's files can't be written")
		}
		defer file.Close()
		w, err := write.New(f.format, file, own, f.options)
		if err != nil {
			return "", "", err
		}
		defer w.Discard()
		writers, files = append(writers, w), append(files, file)
	}
	id := int64(0)
	for r, err := range plan.Records(view.ID) {
		if err != nil {
			return "", "", err
		}
		id++
		it, err := itemOf(own, id, r)
		if err != nil {
			return "", "", err
		}
		for _, w := range writers {
			if err := w.Add(it); err != nil {
				return "", "", err
			}
		}
	}
	for i, w := range writers {
		if err := w.Close(); err != nil {
			return "", "", err
		}
		if err := files[i].Close(); err != nil {
			return "", "", fault.Wrap(err, fault.Unavailable, "The benchmark's files can't be written")
		}
	}
	defer os.Remove(archive)
	return shp, geojson, unpack(archive, filepath.Dir(shp))
}

// unpack writes the files of an archive into a folder.
func unpack(archive, folder string) error {
	z, err := zip.OpenReader(archive)
	if err != nil {
		return fault.Wrap(err, fault.Internal, "The benchmark's shapefile can't be unpacked")
	}
	defer z.Close()
	for _, entry := range z.File {
		if err := unpackOne(entry, filepath.Join(folder, filepath.Base(entry.Name))); err != nil {
			return fault.Wrap(err, fault.Unavailable, "The benchmark's shapefile can't be unpacked")
		}
	}
	return nil
}

func unpackOne(entry *zip.File, path string) error {
	r, err := entry.Open()
	if err != nil {
		return err
	}
	defer r.Close()
	w, err := os.Create(path)
	if err != nil {
		return err
	}
	if _, err := io.Copy(w, r); err != nil {
		w.Close()
		return err
	}
	return w.Close()
}

// itemOf is a record of the plan as the database would hand it out.
func itemOf(v *layers.View, id int64, r layers.Record) (layers.Item, error) {
	it := layers.Item{View: v, ID: id, Raw: make([][]byte, len(v.Fields))}
	if r.Geometry != nil {
		var err error
		if it.WKB, err = wkb.Marshal(r.Geometry, binary.LittleEndian); err != nil {
			return it, fault.Wrap(err, fault.Internal, "geometry of %s", r.SourceID)
		}
	}
	for i, f := range v.Fields {
		var err error
		if it.Raw[i], err = binaryOf(f, r.Value(f)); err != nil {
			return it, err
		}
	}
	return it, nil
}

// binaryOf is a value in PostgreSQL's binary form; nil is null.
func binaryOf(f *layers.Field, value any) ([]byte, error) {
	epoch := time.Date(2000, 1, 1, 0, 0, 0, 0, time.UTC)
	switch v := value.(type) {
	case nil:
		return nil, nil
	case string:
		return []byte(v), nil
	case int64:
		return binary.BigEndian.AppendUint64(nil, uint64(v)), nil
	case float64:
		return binary.BigEndian.AppendUint64(nil, math.Float64bits(v)), nil
	case bool:
		if v {
			return []byte{1}, nil
		}
		return []byte{0}, nil
	case time.Time:
		if f.Type == layers.TypeDate {
			return binary.BigEndian.AppendUint32(nil, uint32(int32(v.Sub(epoch)/(24*time.Hour)))), nil
		}
		return binary.BigEndian.AppendUint64(nil, uint64(v.UnixMicro()-epoch.UnixMicro())), nil
	case map[string]float64:
		text, err := json.Marshal(v)
		return append([]byte{1}, text...), err
	}
	return nil, fault.New(fault.Internal, "A %T is written into no file of the benchmark.", value)
}

// sizeOf is the size of a file and of those beside it, for the message.
func sizeOf(folder string) string {
	var sum int64
	entries, _ := os.ReadDir(folder)
	for _, e := range entries {
		if info, err := e.Info(); err == nil {
			sum += info.Size()
		}
	}
	return fmt.Sprintf("%d MB", sum/1_000_000)
}
