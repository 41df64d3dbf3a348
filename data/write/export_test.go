package write

// Swell lets a shapefile believe that so many bytes of shapes are in it already.
func Swell(w Writer, bytes int64) { w.(*shapefile).shp.size += bytes }
