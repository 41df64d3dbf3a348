package web

import (
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/fstest"

	"onemap/geo"
	"onemap/layers"
	"onemap/layers/fault"
)

func TestSharingWithOtherOrigins(t *testing.T) {
	tests := []struct {
		name    string
		origins []string
		method  string
		origin  string
		allowed string
		status  int
	}{
		{"nobody by default", nil, http.MethodGet, "https://a.example", "", 200},
		{"one of the list", []string{"https://a.example"}, http.MethodGet, "https://a.example", "https://a.example", 200},
		{"another", []string{"https://a.example"}, http.MethodGet, "https://b.example", "", 200},
		{"same host, other scheme", []string{"https://a.example"}, http.MethodGet, "http://a.example", "", 200},
		{"everyone", []string{"*"}, http.MethodGet, "https://b.example", "*", 200},
		{"no origin", []string{"*"}, http.MethodGet, "", "", 200},
		{"a preflight", []string{"https://a.example"}, http.MethodOptions, "https://a.example", "https://a.example", 204},
		{"a preflight from another", []string{"https://a.example"}, http.MethodOptions, "https://b.example", "", 200},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			s := bare(Config{Origins: tt.origins}, io.Discard, func(http.ResponseWriter, *http.Request) {})
			r := httptest.NewRequest(tt.method, "/", nil)
			if tt.origin != "" {
				r.Header.Set("Origin", tt.origin)
			}
			r.Header.Set("Access-Control-Request-Method", "GET")
			w := httptest.NewRecorder()
			s.handler.ServeHTTP(w, r)
			h := w.Header()
			if w.Code != tt.status || h.Get("Access-Control-Allow-Origin") != tt.allowed || h.Get("Access-Control-Allow-Credentials") != "" {
				t.Errorf("%d %v", w.Code, h)
			}
			if tt.allowed != "" && tt.method == http.MethodGet && !strings.Contains(h.Get("Access-Control-Expose-Headers"), "Content-Crs") {
				t.Errorf("exposed: %v", h)
			}
			if len(tt.origins) > 0 && tt.origins[0] != "*" && h.Get("Vary") != "Origin" {
				t.Errorf("Vary %q", h.Get("Vary"))
			}
		})
	}
}

func TestBaseMapsAreChecked(t *testing.T) {
	good := BaseMap{ID: "img", Kind: "wmts", URL: "https://t0.tianditu.gov.cn/img_w/wmts?TILEMATRIX={z}&TILEROW={y}&TILECOL={x}&tk=0", Datum: geo.CGCS2000}
	tests := []struct {
		name   string
		change func(*BaseMap)
		reason string // empty: taken
	}{
		{"天地图", func(*BaseMap) {}, ""},
		{"a PMTiles archive of this server", func(b *BaseMap) { b.Kind, b.URL, b.Datum = "pmtiles", "/maps/base.pmtiles", geo.WGS84 }, ""},
		{"GCJ-02", func(b *BaseMap) { b.Datum = geo.GCJ02 }, "GCJ-02, which lies 463 to 486 m off"},
		{"BD-09", func(b *BaseMap) { b.Datum = geo.BD09 }, "BD-09, which lies 1,092 to 1,148 m off"},
		{"no datum", func(b *BaseMap) { b.Datum = "" }, "datum has to be declared"},
		{"a legacy datum", func(b *BaseMap) { b.Datum = geo.Xian1980 }, "datum has to be declared"},
		{"degrees", func(b *BaseMap) { b.URL = strings.Replace(b.URL, "img_w", "img_c", 1) }, "end in _w"},
		{"no row", func(b *BaseMap) { b.URL = "https://a.example/{z}/{x}" }, "no {y}"},
		{"a host to fill in", func(b *BaseMap) { b.URL = "https://{s}.example/{z}/{x}/{y}" }, "name one host"},
		{"script", func(b *BaseMap) { b.URL = "javascript:{z}{x}{y}" }, "neither a web address"},
		{"kind", func(b *BaseMap) { b.Kind = "wms" }, "not xyz, wmts or pmtiles"},
		{"id", func(b *BaseMap) { b.ID = "A B" }, "lower-case"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			b := good
			tt.change(&b)
			c := Config{BaseMaps: []BaseMap{b}}
			err := c.check()
			if tt.reason == "" {
				if err != nil {
					t.Error(err)
				}
				return
			}
			if fault.CodeOf(err) != fault.Invalid || !strings.Contains(err.Error(), tt.reason) {
				t.Errorf("got %v, want %q", err, tt.reason)
			}
		})
	}
	twice := Config{BaseMaps: []BaseMap{good, good}}
	if err := twice.check(); fault.CodeOf(err) != fault.Invalid {
		t.Errorf("two of one id: %v", err)
	}
}

func TestConfigIsChecked(t *testing.T) {
	tests := []struct {
		name string
		c    Config
		ok   bool
	}{
		{"nothing", Config{}, true},
		{"public address", Config{PublicURL: "https://map.example.cn"}, true},
		{"public address without a scheme", Config{PublicURL: "map.example.cn"}, false},
		{"public address with a query", Config{PublicURL: "https://map.example.cn/?a=b"}, false},
		{"origins", Config{Origins: []string{"https://a.example", "http://127.0.0.1:5173"}}, true},
		{"an origin with a path", Config{Origins: []string{"https://a.example/"}}, false},
		{"an origin without a scheme", Config{Origins: []string{"a.example"}}, false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if err := tt.c.check(); (err == nil) != tt.ok {
				t.Errorf("got %v", err)
			}
		})
	}
}

func TestPagePolicyNamesTheBaseMapsHostsOnly(t *testing.T) {
	plain := pagePolicy(nil)
	for _, unwanted := range []string{"unsafe", "http", "*", "worker-src 'self' blob:"} {
		if strings.Contains(plain, unwanted) {
			t.Errorf("the policy has %s: %s", unwanted, plain)
		}
	}
	with := pagePolicy([]BaseMap{
		{URL: "https://a.example/{z}/{x}/{y}.png"}, {URL: "https://a.example/other/{z}/{x}/{y}.png"}, {URL: "/own.pmtiles"},
	})
	if strings.Count(with, "https://a.example") != 2 || !strings.Contains(with, "connect-src 'self' https://a.example;") {
		t.Errorf("%s", with)
	}
}

func TestFieldsMayNotHideBehindParameters(t *testing.T) {
	const text = `id: thing
title: {zh: 物, en: Thing}
group: base
geometry: Point
label: limit
zoom: {min: 4, max: 16}
fields:
  - {name: limit, title: {zh: 限, en: Limit}, type: text, sensitivity: public}
style: {colour: "#445566"}
thin: {until: 12, cells: 8}
source: {name: {zh: 测试, en: Test}, status: provisional, fresh: P1Y}
access: {read: [public, viewer]}
`
	c, err := layers.Load(fstest.MapFS{"thing.yaml": {Data: []byte(text)}})
	if err != nil {
		t.Fatal(err)
	}
	if err := checkFields(c); fault.CodeOf(err) != fault.Invalid {
		t.Errorf("got %v", err)
	}
}
