package layers

// What tests look at from inside.
var (
	AreaOf      = areaOf
	LengthOf    = lengthOf
	Doubtful    = doubtful
	Placeholder = placeholder
	Nearest     = nearest
)
