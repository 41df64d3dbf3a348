package web

import (
	"io/fs"
	"mime"
	"net/http"
	"path"
	"strings"

	"onemap/layers"
	"onemap/layers/fault"
	"onemap/tiles"
)

// page is the map page's files in memory, each compressed once.
type page struct {
	policy string // content security policy of index.html
	index  *tiles.Body
	files  map[string]file // by path below the page's root, as assets/index-1a2b.js
}

// mediaTypes are those of the page's files; the system's own table differs by machine.
var mediaTypes = map[string]string{
	".css":   "text/css; charset=utf-8",
	".html":  "text/html; charset=utf-8",
	".ico":   "image/x-icon",
	".js":    "text/javascript; charset=utf-8",
	".json":  "application/json",
	".mjs":   "text/javascript; charset=utf-8",
	".png":   "image/png",
	".svg":   "image/svg+xml",
	".webp":  "image/webp",
	".woff2": "font/woff2",
}

// loadPage reads the page's files. A program made without them, not built, still serves
// everything else.
func loadPage(root fs.FS, built bool, maps []BaseMap) (*page, error) {
	p := &page{policy: pagePolicy(maps), files: map[string]file{}}
	if !built {
		return p, nil
	}
	err := fs.WalkDir(root, ".", func(name string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		bytes, err := fs.ReadFile(root, name)
		if err != nil {
			return err
		}
		body := tiles.NewBody(bytes)
		body.As(tiles.Gzip) // now, not with the first who asks
		if name == "index.html" {
			p.index = body
			return nil
		}
		mediaType := mediaTypes[path.Ext(name)]
		if mediaType == "" {
			mediaType = mime.TypeByExtension(path.Ext(name))
		}
		if mediaType == "" {
			mediaType = "application/octet-stream"
		}
		p.files[name] = file{mediaType, body}
		return nil
	})
	return p, fault.Wrap(err, fault.Internal, "The map page in this program can't be read.")
}

// getPage answers with the map page. It is asked for anew each time: the names of all
// that it loads change with their content.
func (s *Server) getPage(w http.ResponseWriter, r *http.Request) error {
	if s.page.index == nil {
		return s.forms.send(w, r, http.StatusServiceUnavailable, "unbuilt.html", nil)
	}
	w.Header().Set("Content-Security-Policy", s.page.policy)
	send(w, r, mediaTypes[".html"], cacheAsk, s.page.index)
	return nil
}

// getAsset answers with one of the page's files, whose names carry a hash of the content.
func (s *Server) getAsset(w http.ResponseWriter, r *http.Request) error {
	f, ok := s.page.files["assets/"+pathValue(r, "file")]
	if !ok {
		return fault.New(fault.NotFound, "The map page has no such file.")
	}
	// A worker obeys the policy that came with its own file, not the page's.
	w.Header().Set("Content-Security-Policy", s.page.policy)
	send(w, r, f.mediaType, cacheLong, f.body)
	return nil
}

// pageInfo is /page.json: what the page has to know before the first request about layers.
type pageInfo struct {
	Version   string     `json:"version"`
	Synthetic bool       `json:"synthetic"`
	City      City       `json:"city"`
	BaseMaps  []BaseMap  `json:"basemaps"`
	Reader    readerInfo `json:"reader"`

	Archive *archiveInfo `json:"archive,omitempty"` // in place of a database
}

type readerInfo struct {
	Role layers.Role `json:"role"`
	Note layers.Text `json:"note"`
}

// getPageInfo answers with the page's own settings, and whether any record is of the
// synthetic sample city.
func (s *Server) getPageInfo(w http.ResponseWriter, r *http.Request) error {
	synthetic, err := s.synthetic(r)
	if err != nil {
		return err
	}
	info := pageInfo{
		Version:   s.config.Version,
		Synthetic: synthetic,
		City:      s.config.City,
		BaseMaps:  s.config.BaseMaps,
		Reader: readerInfo{Role: readerOf(r).Role, Note: layers.Text{
			Zh: "本机浏览，无需登录；可看公开和内部字段。",
			En: "Read on this machine without sign-in; public and internal fields are shown.",
		}},
	}
	if s.archive != nil {
		info.Archive = s.archive.info()
		info.Reader.Note = info.Archive.Notice
	}
	if info.BaseMaps == nil {
		info.BaseMaps = []BaseMap{}
	}
	return sendJSON(w, r, "application/json", info)
}

// synthetic asks layer by layer for one synthetic record and stops at the first.
func (s *Server) synthetic(r *http.Request) (found bool, err error) {
	if s.archive != nil {
		return s.archive.Baked.Synthetic, nil
	}
	for _, v := range s.catalogue.For(readerOf(r)) {
		source := v.Field("source")
		if source == nil {
			continue
		}
		q := layers.Query{View: v, Limit: 1, Filters: []layers.Predicate{
			layers.OneOf(source, layers.SourceSynthetic),
		}}
		err := s.store.Items(r.Context(), q, func(layers.Item) error {
			found = true
			return nil
		})
		if err != nil || found {
			return found, err
		}
	}
	return false, nil
}

// base returns what links begin with: the configured public address, or the address
// that the request was made to. Headers of proxies are not believed.
func (s *Server) base(r *http.Request) string {
	if s.config.PublicURL != "" {
		return s.config.PublicURL
	}
	scheme := "http"
	if r.TLS != nil {
		scheme = "https"
	}
	return scheme + "://" + strings.TrimSuffix(r.Host, "/")
}
