package geo

import (
	"fmt"
	"math"
	"strings"
)

// sphereName marks the base of old Web Mercator texts, which is a system for them only.
const sphereName = "sphere"

// ParsePRJ reads a coordinate system text, as in a .prj file, and finds its system by
// the parameters (ellipsoid, projection, central meridian, false easting), because
// names differ between programs. The result's Datum is what the text says, which for
// vendor files need not be true. A Gauss–Krüger or UTM projection whose parameters
// no registry code has, such as a city's own meridian, comes back without a code.
// Where the text holds an EPSG code, it must agree with the parameters. A 3° and a 6° zone on
// one meridian have the same numbers; without a code it is named as the 3° zone.
// The order of axes in the text is not looked at: files are x, y.
//
// It is an error if the text is broken, over 64 KiB or nested over 24 deep, and if the system
// is not one of this country, WGS 84, or Web Mercator. Xian 1980 and
// Beijing 1954 are found, but not Usable.
func ParsePRJ(text string) (CRS, error) {
	root, err := parseWKT(text)
	if err != nil {
		return CRS{}, err
	}
	root = horizontal(root)
	var c CRS
	switch root.keyword {
	case "GEOGCS", "GEOGCRS", "GEOGRAPHICCRS", "GEODCRS", "GEODETICCRS":
		c, err = geographicFromWKT(root)
		if err == nil && c.Name == sphereName {
			err = fmt.Errorf("degrees on a sphere are not known here")
		}
	case "PROJCS", "PROJCRS", "PROJECTEDCRS":
		c, err = projectedFromWKT(root)
	default:
		err = fmt.Errorf("a %.20s is not a system of positions on the ground", root.keyword)
	}
	if err != nil {
		return CRS{}, fmt.Errorf("coordinate system %.80q: %w", root.text(0), err)
	}
	return c, nil
}

// horizontal goes from a compound or bound system to its part in the plane.
func horizontal(n *wktNode) *wktNode {
	for range maxWKTDepth {
		var inner *wktNode
		switch n.keyword {
		case "COMPD_CS", "COMPOUNDCRS":
			inner = n.child("GEOGCS", "GEOGCRS", "GEOGRAPHICCRS", "GEODCRS", "GEODETICCRS", "PROJCS", "PROJCRS", "PROJECTEDCRS", "BOUNDCRS")
		case "BOUNDCRS":
			if source := n.child("SOURCECRS"); source != nil && len(source.args) > 0 {
				inner = source.args[0].node
			}
		}
		if inner == nil {
			return n
		}
		n = inner
	}
	return n
}

// geographicFromWKT finds the datum by its ellipsoid and checks meridian and unit.
func geographicFromWKT(n *wktNode) (CRS, error) {
	datum := n.child("DATUM", "GEODETICDATUM", "TRF", "ENSEMBLE")
	spheroid := datum.child("SPHEROID", "ELLIPSOID")
	axis, okAxis := spheroid.number(1)
	flattening, okFlattening := spheroid.number(2)
	if !okAxis || !okFlattening {
		return CRS{}, fmt.Errorf("no ellipsoid is given")
	}
	if greenwich, ok := n.child("PRIMEM", "PRIMEMERIDIAN").number(1); ok && greenwich != 0 {
		return CRS{}, fmt.Errorf("longitudes count from %v°, not from Greenwich", greenwich)
	}
	if unit, ok := n.child("UNIT", "ANGLEUNIT").number(1); ok && math.Abs(unit-math.Pi/180) > 1e-9 {
		return CRS{}, fmt.Errorf("the unit of angle is %v radians, not a degree", unit)
	}
	e := Ellipsoid{axis, flattening}
	switch {
	case e.near(CGCS2000Ellipsoid):
		if code := epsgCode(n); foreignDatum(datum.text(0)) || code != 0 && code != 4490 && code != 4480 {
			return CRS{}, fmt.Errorf("%.60q is not a datum known here; transform the file to CGCS2000 first", datum.text(0))
		}
		return EPSG4490, nil
	case e.near(WGS84Ellipsoid):
		return EPSG4326, nil
	case e.near(IAG1975Ellipsoid):
		return EPSG(4610)
	case e.near(KrasovskyEllipsoid):
		return EPSG(4214)
	case axis == 6378137 && flattening == 0: // the sphere of old Web Mercator texts
		return CRS{Name: sphereName, Datum: WGS84, Ellipsoid: e, Axes: AxesLonLat}, nil
	}
	return CRS{}, fmt.Errorf("the ellipsoid with axis %v m and inverse flattening %v belongs to no datum known here; transform the file to CGCS2000 first", axis, flattening)
}

// foreignDatum reports whether a name is that of a datum that shares CGCS2000's ellipsoid (as
// GRS 1980) but is another country's or continent's: the one thing that only a name can tell.
func foreignDatum(name string) bool {
	flat := strings.ToLower(strings.NewReplacer("_", "", " ", "", "-", "").Replace(name))
	for _, mark := range []string{
		"northamerican", "nad83", "etrs", "europeanterrestrial", "jgd", "japanesegeodetic", "gda94", "gda2020",
		"geocentricdatumofaustralia", "sirgas", "sistemadereferencia", "korea", "kgd", "twd97", "taiwan", "rgf93",
		"reseaugeodesique", "nzgd", "newzealand", "posgar", "hartebeesthoek", "ireland", "irenet", "moznet", "pulkovo",
	} {
		if strings.Contains(flat, mark) {
			return true
		}
	}
	return false
}

// projectedFromWKT finds projection and parameters over the geographic base.
func projectedFromWKT(n *wktNode) (CRS, error) {
	base, err := geographicFromWKT(n.child("GEOGCS", "BASEGEOGCRS", "BASEGEODCRS"))
	if err != nil {
		return CRS{}, err
	}
	conversion := n
	if c := n.child("CONVERSION"); c != nil {
		conversion = c
	}
	if unit, ok := n.child("UNIT", "LENGTHUNIT").number(1); ok && math.Abs(unit-1) > 1e-9 {
		return CRS{}, fmt.Errorf("the unit of length is %v m, not a metre", unit)
	}
	method := parameterKey(conversion.child("PROJECTION", "METHOD").text(0))
	p, err := readParameters(conversion)
	if err != nil {
		return CRS{}, err
	}
	switch {
	case method == "transversemercator" || method == "gausskruger":
		if base.Name == sphereName {
			return CRS{}, fmt.Errorf("a transverse Mercator projection of a sphere is not known here")
		}
		return p.transverseMercator(base, epsgCode(n))
	case method == "mercatorauxiliarysphere" || method == "popularvisualisationpseudomercator" ||
		strings.HasPrefix(method, "mercator") && (base.Name == sphereName || strings.Contains(n.child("EXTENSION").text(1), "+nadgrids=@null")):
		if p != (wktParameters{scale: 1}) {
			return CRS{}, fmt.Errorf("a Web Mercator with its own origin is not known here")
		}
		return EPSG3857, nil
	}
	return CRS{}, fmt.Errorf("the projection %.40q is not known here; transform the file to CGCS2000 first", method)
}

// wktParameters are the five numbers of a Mercator projection.
type wktParameters struct{ latitude, meridian, scale, easting, northing float64 }

// parameterKey makes the spellings of programs alike: no spaces, underscores, capitals.
func parameterKey(name string) string {
	return strings.ToLower(strings.NewReplacer("_", "", " ", "", "-", "", "(", "", ")", "").Replace(name))
}

func readParameters(conversion *wktNode) (wktParameters, error) {
	p := wktParameters{scale: 1}
	for _, a := range conversion.args {
		if a.node == nil || a.node.keyword != "PARAMETER" {
			continue
		}
		v, ok := a.node.number(1)
		if !ok {
			return p, fmt.Errorf("the parameter %.40q has no number", a.node.text(0))
		}
		switch key := parameterKey(a.node.text(0)); key {
		case "latitudeoforigin", "latitudeofnaturalorigin", "latitudeofcenter", "standardparallel1":
			p.latitude = v
		case "centralmeridian", "longitudeofnaturalorigin", "longitudeoforigin", "longitudeofcenter":
			p.meridian = v
		case "scalefactor", "scalefactoratnaturalorigin":
			p.scale = v
		case "falseeasting":
			p.easting = v
		case "falsenorthing":
			p.northing = v
		case "auxiliaryspheretype": // says which radius, which for Web Mercator is always the same
		default:
			return p, fmt.Errorf("the projection parameter %.40q is not known here", key)
		}
	}
	if math.Abs(p.meridian) > 180 || p.scale < 0.9 || p.scale > 1.1 || math.Abs(p.easting) > 1e9 || math.Abs(p.northing) > 1e9 {
		return p, fmt.Errorf("the parameters of the projection are out of range: %+v", p)
	}
	return p, nil
}

// transverseMercator makes the system and gives it the registry's code if one has the same numbers.
func (p wktParameters) transverseMercator(base CRS, said int) (CRS, error) {
	if p.latitude != 0 {
		return CRS{}, fmt.Errorf("the latitude of origin is %v; only the equator is known here", p.latitude)
	}
	c := CRS{
		Name:  fmt.Sprintf("%s / transverse Mercator %v°, false easting %v m", base.Datum, p.meridian, p.easting),
		Datum: base.Datum, Ellipsoid: base.Ellipsoid, Axes: AxesEastNorth, Projection: TransverseMercatorProjection,
		CentralMeridian: Degrees(p.meridian), Scale: p.scale, FalseEasting: Metres(p.easting), FalseNorthing: Metres(p.northing),
	}
	if registered, err := EPSG(said); err == nil {
		if !registered.sameNumbers(c) {
			return CRS{}, fmt.Errorf("the text says %s, but its parameters are those of %s", registered, c.Name)
		}
		return registered, nil
	}
	for _, code := range candidateCodes(c) {
		if registered, err := EPSG(code); err == nil && registered.sameNumbers(c) {
			return registered, nil
		}
	}
	return c, nil
}

// candidateCodes are the codes that a transverse Mercator with these parameters could have,
// 3° zones before 6° ones.
func candidateCodes(c CRS) []int {
	var codes []int
	for _, width := range []int{3, 6} {
		for _, b := range epsgBlocks {
			if b.width != width || b.datum != c.Datum {
				continue
			}
			if i := int(math.Round((float64(c.CentralMeridian) - 75) / float64(b.width))); i >= 0 && i < b.count {
				codes = append(codes, b.first+i)
			}
		}
	}
	if zone := int(math.Round((float64(c.CentralMeridian) + 183) / 6)); zone >= 1 && zone <= 60 {
		codes = append(codes, 32600+zone, 32700+zone)
	}
	return codes
}

// sameNumbers reports whether two transverse Mercator systems give a place the same numbers.
func (c CRS) sameNumbers(o CRS) bool {
	return c.Datum == o.Datum && c.Projection == o.Projection &&
		math.Abs(float64(c.CentralMeridian-o.CentralMeridian)) < 1e-9 && math.Abs(c.Scale-o.Scale) < 1e-9 &&
		math.Abs(float64(c.FalseEasting-o.FalseEasting)) < 1e-3 && math.Abs(float64(c.FalseNorthing-o.FalseNorthing)) < 1e-3
}

// epsgCode is the EPSG code that a text gives for the whole system, or 0.
func epsgCode(n *wktNode) int {
	id := n.child("AUTHORITY", "ID")
	if !strings.EqualFold(id.text(0), "EPSG") {
		return 0
	}
	code, _ := id.number(1)
	if code != math.Trunc(code) || code < 0 || code > 1e6 {
		return 0
	}
	return int(code)
}
