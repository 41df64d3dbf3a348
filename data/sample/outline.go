package sample

import (
	"embed"
	"fmt"
	"strconv"
	"strings"

	"github.com/paulmach/orb"
	"github.com/paulmach/orb/geojson"
)

//go:embed districts.geojson surroundings.geojson names.tsv
var files embed.FS

// area is a unit as it stands in an outline file.
type area struct {
	code, name string
	shape      orb.MultiPolygon
}

// outlines reads one of the embedded outline files.
func outlines(file string) ([]area, error) {
	text, err := files.ReadFile(file)
	if err != nil {
		return nil, err
	}
	collection, err := geojson.UnmarshalFeatureCollection(text)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", file, err)
	}
	var areas []area
	for _, f := range collection.Features {
		shape, ok := f.Geometry.(orb.MultiPolygon)
		if !ok {
			return nil, fmt.Errorf("%s: a %s where a MultiPolygon should be", file, f.Geometry.GeoJSONType())
		}
		areas = append(areas, area{f.Properties.MustString("code"), f.Properties.MustString("name"), shape})
	}
	return areas, nil
}

// listedTown is a line of names.tsv: a township and its villages.
type listedTown struct {
	code, name string
	near       xy // where the real one is, roughly
	villages   []listedVillage
}

type listedVillage struct{ code, name string }

func listedTowns() ([]listedTown, error) {
	text, err := files.ReadFile("names.tsv")
	if err != nil {
		return nil, err
	}
	var towns []listedTown
	for i, line := range strings.Split(strings.TrimSpace(string(text)), "\n") {
		cells := strings.Split(line, "\t")
		if len(cells) < 4 {
			return nil, fmt.Errorf("names.tsv:%d: %d cells, not 4 or 5", i+1, len(cells))
		}
		lon, err := strconv.ParseFloat(cells[2], 64)
		if err != nil {
			return nil, fmt.Errorf("names.tsv:%d: %w", i+1, err)
		}
		lat, err := strconv.ParseFloat(cells[3], 64)
		if err != nil {
			return nil, fmt.Errorf("names.tsv:%d: %w", i+1, err)
		}
		town := listedTown{code: cells[0], name: cells[1], near: at(lon, lat)}
		if len(cells) > 4 {
			for _, v := range strings.Fields(cells[4]) {
				town.villages = append(town.villages, listedVillage{cells[0] + v[:3], v[3:]})
			}
		}
		towns = append(towns, town)
	}
	return towns, nil
}
