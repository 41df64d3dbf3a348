package web

import (
	"net/http/httptest"
	"net/url"
	"testing"

	"onemap/tiles"
)

func TestEncodings(t *testing.T) {
	const all = tiles.Gzip | tiles.Zstd | tiles.Brotli
	tests := []struct {
		header string
		want   tiles.Encodings
	}{
		{"", 0},
		{"gzip", tiles.Gzip},
		{"GZIP", tiles.Gzip},
		{"x-gzip", tiles.Gzip},
		{"gzip, deflate, br, zstd", all},
		{"br", tiles.Brotli},
		{"identity", 0},
		{"*", all},
		{"*;q=0", 0},
		{"gzip;q=0", 0},
		{"gzip;q=0, *", tiles.Zstd | tiles.Brotli},
		{"gzip;q=0.5, identity", tiles.Gzip},
		{"gzip ; q=0.001", tiles.Gzip},
		{"gzip;q=x", 0},
		{"br;q=1.0, gzip;q=0.8, *;q=0.1", all},
		{"gzipped", 0},
		{"*;q=0, gzip", tiles.Gzip},
	}
	for _, tt := range tests {
		t.Run(tt.header, func(t *testing.T) {
			if got := codings(tt.header); got != tt.want {
				t.Errorf("got %v", got)
			}
		})
	}
}

func TestHasTag(t *testing.T) {
	tests := []struct {
		name    string
		headers []string
		want    bool
	}{
		{"none", nil, false},
		{"the same", []string{`"a"`}, true},
		{"weak", []string{`W/"a"`}, true},
		{"another", []string{`"b"`}, false},
		{"in a list", []string{`"b", W/"c","a"`}, true},
		{"any", []string{"*"}, true},
		{"in a second line", []string{`"b"`, `"a"`}, true},
		{"without quotes", []string{"a"}, false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := hasTag(tt.headers, `"a"`); got != tt.want {
				t.Errorf("got %v", got)
			}
		})
	}
}

func TestFormOf(t *testing.T) {
	tests := []struct{ accept, want string }{
		{"", formJSON},
		{"*/*", formJSON},
		{"text/html", formHTML},
		{"application/json", formJSON},
		{"application/geo+json, application/json", formJSON},
		{"text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8", formHTML},
		{"application/json;q=0.5, text/html;q=0.4", formJSON},
		{"application/geo+json;q=0.9, text/html", formHTML},
		{"text/*", formHTML},
		{"text/html;q=0, */*", formJSON},
		{"image/png", formJSON},
		{"text/html;q=9", formJSON},
	}
	for _, tt := range tests {
		t.Run(tt.accept, func(t *testing.T) {
			r := httptest.NewRequest("GET", "/", nil)
			r.Header.Set("Accept", tt.accept)
			got, err := formOf(httptest.NewRecorder(), r, nil)
			if err != nil || got != tt.want {
				t.Errorf("got %s, %v", got, err)
			}
		})
	}
}

func TestAcceptedLang(t *testing.T) {
	tests := []struct{ header, want string }{
		{"", "zh"},
		{"zh-CN,zh;q=0.9,en;q=0.8", "zh"},
		{"en", "en"},
		{"en-US,en;q=0.9", "en"},
		{"fr,de", "zh"},
		{"fr, en;q=0.3, zh;q=0.2", "en"},
		{"en;q=0, zh;q=0.1", "zh"},
		{"ZH-hans", "zh"},
		{"*", "zh"},
	}
	for _, tt := range tests {
		t.Run(tt.header, func(t *testing.T) {
			if got := acceptedLang(tt.header); got != tt.want {
				t.Errorf("got %s", got)
			}
		})
	}
}

func TestSpellDuration(t *testing.T) {
	for iso, want := range map[string][2]string{
		"P1Y": {"1 年", "1 year"}, "P6M": {"6 个月", "6 months"}, "P30D": {"30 天", "30 days"}, "PT15M": {"15 分钟", "15 minutes"},
		"PT1H": {"1 小时", "1 hour"}, "P1Y6M": {"P1Y6M", "P1Y6M"}, "": {"", ""}, "PT": {"PT", "PT"}, "year": {"year", "year"},
	} {
		if got := [2]string{spellDuration("zh", iso), spellDuration("en", iso)}; got != want {
			t.Errorf("%s is %q, want %q", iso, got, want)
		}
	}
}

func TestSpellCount(t *testing.T) {
	for n, want := range map[int64]string{0: "0", 999: "999", 1000: "1,000", 33782: "33,782", 168000: "168,000", 1234567: "1,234,567"} {
		if got := spellCount(n); got != want {
			t.Errorf("%d is %s, want %s", n, got, want)
		}
	}
}

func FuzzHeaders(f *testing.F) {
	f.Add("gzip;q=0.5, *;q=0")
	f.Add("text/html,application/xhtml+xml,*/*;q=0.8")
	f.Add(`W/"abc", "def", *`)
	f.Add(";;,=,q=;q=;")
	f.Fuzz(func(t *testing.T, header string) {
		codings(header)
		hasTag([]string{header}, `"a"`)
		if w := weight(header, "text/html"); !(w >= 0 && w <= 1) {
			t.Errorf("weight %v", w)
		}
		if lang := acceptedLang(header); lang != "zh" && lang != "en" {
			t.Errorf("language %q", lang)
		}
		requestHarmless := harmless(header)
		if requestHarmless && (len(header) > 64 || header == "") {
			t.Errorf("%q counts as harmless", header)
		}
	})
}

func FuzzBox(f *testing.F) {
	f.Add("120.2,31.6,122,32.8", "")
	f.Add("31.6,120.2,32.8,122", "http://www.opengis.net/def/crs/EPSG/0/4490")
	f.Add("3500000,500000,3600000,600000", "EPSG:4549")
	f.Add("1,2,3,4,5,6", "EPSG:3857")
	f.Add("NaN,Inf,-Inf,1e400", "CRS84")
	f.Fuzz(func(t *testing.T, bbox, crs string) {
		box, err := boxIn(url.Values{"bbox": {bbox}, "bbox-crs": {crs}})
		if err != nil || box == nil {
			return
		}
		if !(box.Min[1] <= box.Max[1]) || !(box.Min[0] >= -180 && box.Max[0] <= 180 && box.Min[1] >= -90 && box.Max[1] <= 90) {
			t.Errorf("%q in %q is %v", bbox, crs, box)
		}
	})
}

func TestTilePath(t *testing.T) {
	tests := []struct {
		path string
		want [4]string
		ok   bool
	}{
		{"/tiles/a,b/3/2/1.mvt", [4]string{"a,b", "3", "2", "1"}, true},
		{"/tiles/a/3/2/.mvt", [4]string{}, false},
		{"/tiles//3/2/1.mvt", [4]string{}, false},
		{"/tiles/a/3/2.mvt", [4]string{}, false},
		{"/tiles/a/3/2/1/0.mvt", [4]string{}, false},
		{"/tiles/a/3/2/1.png", [4]string{}, false},
		{"/tiles/a.json", [4]string{}, false},
		{"/a/3/2/1.mvt", [4]string{}, false},
	}
	for _, tt := range tests {
		t.Run(tt.path, func(t *testing.T) {
			got, ok := tilePath(tt.path)
			if ok != tt.ok || ok && got != tt.want {
				t.Errorf("got %q, %v", got, ok)
			}
		})
	}
}
