package web

import (
	"fmt"
	"net/url"
	"regexp"
	"strings"
	"time"

	"onemap/geo"
	"onemap/layers"
	"onemap/layers/fault"
	"onemap/tiles/mirror"
)

// Config is what the HTTP face is told at its start. The zero value of a limit means
// its default.
type Config struct {
	Version   string    // of the program, as in /version
	Revision  string    // of the source, empty when not known
	PublicURL string    // scheme, host and path that links begin with; empty: as the request names them
	City      City      // what the page opens with
	BaseMaps  []BaseMap // under the layers, none by default
	Origins   []string  // other web origins whose pages may read, or "*"; none by default

	Mirror *mirror.Mirror // layers in memory, for tiles; nil: none
	Keep   int64          // bytes of finished tiles that are kept; default 256 MiB

	Survey    *Survey    // the import over HTTP; nil: there is none
	Questions *Questions // planners' questions; nil: there are none

	RequestLimit time.Duration // longest time for one answer; default 30 s
	ExportLimit  time.Duration // longest time for a file of a whole layer; default 1 h
	StopLimit    time.Duration // longest time for running requests after a stop; default 20 s
	BodyLimit    int64         // largest request body in bytes; default 1 MiB
}

// City is the place that the page shows at its start. Positions are longitude and
// latitude of CGCS2000.
type City struct {
	Title  layers.Text `json:"title"`
	Center [2]float64  `json:"center"`
	Bounds [4]float64  `json:"bounds"` // west, south, east, north
	Zoom   float64     `json:"zoom"`
}

// BaseMap is a picture under the layers that comes from elsewhere.
type BaseMap struct {
	ID          string      `json:"id" yaml:"id"`
	Title       layers.Text `json:"title" yaml:"title"`
	Kind        string      `json:"kind" yaml:"kind"` // xyz, wmts (Web Mercator matrix set) or pmtiles
	URL         string      `json:"url" yaml:"url"`   // with {z}, {x} and {y}, besides pmtiles
	Attribution string      `json:"attribution,omitempty" yaml:"attribution"`
	Datum       geo.Datum   `json:"datum" yaml:"datum"` // CGCS2000 or WGS84
}

func (c *Config) fill() {
	if c.RequestLimit == 0 {
		c.RequestLimit = 30 * time.Second
	}
	if c.ExportLimit == 0 {
		c.ExportLimit = time.Hour
	}
	if c.StopLimit == 0 {
		c.StopLimit = 20 * time.Second
	}
	if c.Keep == 0 {
		c.Keep = 256 << 20
	}
	if c.BodyLimit == 0 {
		c.BodyLimit = 1 << 20
	}
	c.PublicURL = strings.TrimRight(c.PublicURL, "/")
}

func (c *Config) check() error {
	if c.PublicURL != "" {
		u, err := url.Parse(c.PublicURL)
		if err != nil || u.Host == "" || (u.Scheme != "http" && u.Scheme != "https") || u.RawQuery != "" {
			return fault.In("public-url", "%q is not an address such as https://map.example.cn.", c.PublicURL)
		}
	}
	for _, origin := range c.Origins {
		u, err := url.Parse(origin)
		if origin != "*" && (err != nil || u.Host == "" || u.Scheme+"://"+u.Host != origin) {
			return fault.In("cors", "%q is not a web origin such as https://map.example.cn, nor *.", origin)
		}
	}
	seen := map[string]bool{}
	for _, b := range c.BaseMaps {
		if seen[b.ID] {
			return fault.In("basemaps", "The base map %q is there twice.", b.ID)
		}
		seen[b.ID] = true
		if err := b.check(); err != nil {
			return err
		}
	}
	return nil
}

var baseMapID = regexp.MustCompile(`^[a-z][a-z0-9_-]{0,40}$`)

// check refuses a base map that would lie beside the data, or that a page cannot load.
func (b BaseMap) check() error {
	refuse := func(format string, args ...any) error {
		return fault.In("basemaps", "The base map %q is refused: %s", b.ID, fmt.Sprintf(format, args...))
	}
	if !baseMapID.MatchString(b.ID) {
		return refuse("its id has to be lower-case letters, digits, - and _.")
	}
	switch b.Datum {
	case geo.CGCS2000, geo.WGS84:
	case geo.GCJ02:
		return refuse("its tiles are in GCJ-02, which lies 463 to 486 m off here. A picture can't be shifted back without distorting it, and every record would be seen at a wrong place. Use a service in CGCS2000 or WGS 84, such as 天地图.")
	case geo.BD09:
		return refuse("its tiles are in BD-09, which lies 1,092 to 1,148 m off here. A picture can't be shifted back without distorting it, and every record would be seen at a wrong place. Use a service in CGCS2000 or WGS 84, such as 天地图.")
	default:
		return refuse("its datum has to be declared as CGCS2000 or WGS84, not %q.", b.Datum)
	}
	u, err := url.Parse(strings.NewReplacer("{", "", "}", "").Replace(b.URL))
	if err != nil || !(u.Scheme == "https" || u.Scheme == "http") && !strings.HasPrefix(b.URL, "/") {
		return refuse("%q is neither a web address nor a path of this server.", b.URL)
	}
	if strings.Contains(b.URL, "{s}") {
		return refuse("{s} is not filled in; name one host.")
	}
	switch b.Kind {
	case "pmtiles":
		return nil
	case "xyz", "wmts":
	default:
		return refuse("its kind is %q, not xyz, wmts or pmtiles.", b.Kind)
	}
	for _, part := range []string{"{z}", "{x}", "{y}"} {
		if !strings.Contains(b.URL, part) {
			return refuse("its address has no %s.", part)
		}
	}
	if strings.Contains(u.Host, "tianditu") && strings.Contains(u.Path, "_c/") {
		return refuse("the _c services of 天地图 are in degrees; the map needs the Web Mercator ones, which end in _w.")
	}
	return nil
}

// origin is the web origin a base map loads from; empty for this server's own.
func (b BaseMap) origin() string {
	u, err := url.Parse(strings.NewReplacer("{", "", "}", "").Replace(b.URL))
	if err != nil || u.Host == "" {
		return ""
	}
	return u.Scheme + "://" + u.Host
}
