package read

// Axis is what the heading of a column says of the ordinate in it.
type Axis string

// The axes. X and Y alone do not say which of them is the northing: surveyors call it X, others Y.
const (
	Longitude Axis = "longitude"
	Latitude  Axis = "latitude"
	Easting   Axis = "easting"
	Northing  Axis = "northing"
	XAxis     Axis = "x"
	YAxis     Axis = "y"
)

// Positions say which columns the geometries of a table were made from. Each
// geometry has the ordinates as they are written: those of the first axis as x, of the second as y.
// Nothing is swapped or taken off beyond what the headings say.
type Positions struct {
	// Columns are two, in the order of Axes, or one with both numbers, or one with well-known text and
	// those that it goes on in where it is too long for a cell.
	Columns []int
	// WKT says that the columns have well-known text.
	WKT bool
	// Axes are what the headings say of the first and second ordinate: Longitude and Latitude,
	// Easting and Northing, or XAxis and YAxis. WKT has XAxis and YAxis.
	Axes [2]Axis
	// Degrees says that the numbers seen when the file was opened all were degrees, by their size or signs.
	Degrees bool
	// Contradicted says that those numbers, as degrees of this country, were the other way round
	// than the headings say.
	Contradicted bool
}
