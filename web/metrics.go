package web

import (
	"net/http"
	"strconv"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"onemap/tiles"
	"onemap/tiles/mirror"
)

// metrics are the program's figures, in a registry of its own. Other parts say what
// happened by the methods; nobody else touches a counter.
type metrics struct {
	registry *prometheus.Registry
	requests *prometheus.CounterVec
	seconds  *prometheus.HistogramVec
	running  prometheus.Gauge
	tiles    *prometheus.CounterVec
	bytes    prometheus.Histogram

	// Those of tiles, found once.
	tileGot     prometheus.Counter
	tileSeconds prometheus.Observer
	tileWays    map[tiles.Way]prometheus.Counter
}

func newMetrics(version, revision string, others []prometheus.Collector) *metrics {
	m := &metrics{
		registry: prometheus.NewRegistry(),
		requests: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "onemap_http_requests_total", Help: "Requests answered, by route, method and status.",
		}, []string{"route", "method", "status"}),
		seconds: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name: "onemap_http_request_seconds", Help: "Time from a request's head to its answer's end, by route.",
			Buckets: []float64{.001, .0025, .005, .01, .025, .05, .1, .25, .5, 1, 2.5, 5, 10, 30},
		}, []string{"route"}),
		running: prometheus.NewGauge(prometheus.GaugeOpts{
			Name: "onemap_http_requests_running", Help: "Requests being answered now.",
		}),
		tiles: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "onemap_tiles_total", Help: "Tiles handed out, by whether they were made for the request, shared with one under way, or kept from before.",
		}, []string{"way"}),
		bytes: prometheus.NewHistogram(prometheus.HistogramOpts{
			Name: "onemap_tile_bytes", Help: "Size of tiles before compression.",
			Buckets: []float64{0, 1 << 10, 1 << 12, 1 << 14, 1 << 16, 1 << 18, 1 << 20, 1 << 22},
		}),
	}
	info := prometheus.NewGauge(prometheus.GaugeOpts{
		Name: "onemap_build_info", Help: "Always 1; the labels say which program this is.",
		ConstLabels: prometheus.Labels{"version": version, "revision": revision},
	})
	info.Set(1)
	m.registry.MustRegister(m.requests, m.seconds, m.running, m.tiles, m.bytes, info,
		collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	m.registry.MustRegister(others...)
	m.tileGot = m.requests.WithLabelValues("tile", http.MethodGet, "200")
	m.tileSeconds = m.seconds.WithLabelValues("tile")
	m.tileWays = map[tiles.Way]prometheus.Counter{}
	for _, way := range []tiles.Way{tiles.Made, tiles.Shared, tiles.Kept} {
		m.tileWays[way] = m.tiles.WithLabelValues(string(way))
	}
	return m
}

// begin counts a request in.
func (m *metrics) begin() { m.running.Inc() }

// end counts a request out.
func (m *metrics) end(route, method string, status int, took time.Duration) {
	m.running.Dec()
	if route == "tile" && method == http.MethodGet && status == http.StatusOK {
		m.tileGot.Inc()
		m.tileSeconds.Observe(took.Seconds())
		return
	}
	if route == "" {
		route = "none"
	}
	m.requests.WithLabelValues(route, knownMethod(method), strconv.Itoa(status)).Inc()
	m.seconds.WithLabelValues(route).Observe(took.Seconds())
}

// tile counts a tile that was handed out.
func (m *metrics) tile(bytes int, way tiles.Way) {
	m.tileWays[way].Inc()
	m.bytes.Observe(float64(bytes))
}

// handler answers in the Prometheus text format.
func (m *metrics) handler() http.Handler {
	return promhttp.HandlerFor(m.registry, promhttp.HandlerOpts{Registry: m.registry})
}

// knownMethod keeps strangers' words out of the labels.
func knownMethod(method string) string {
	switch method {
	case http.MethodGet, http.MethodHead, http.MethodOptions, http.MethodPost, http.MethodPut, http.MethodPatch, http.MethodDelete:
		return method
	}
	return "other"
}

// mirrorFigures are the figures of the layers in memory.
type mirrorFigures struct {
	mirror          *mirror.Mirror
	bytes, features *prometheus.Desc
	up              *prometheus.Desc
}

func newMirrorFigures(m *mirror.Mirror) mirrorFigures {
	label := []string{"layer"}
	return mirrorFigures{
		mirror:   m,
		bytes:    prometheus.NewDesc("onemap_mirror_bytes", "Memory that a layer takes for tiles.", label, nil),
		features: prometheus.NewDesc("onemap_mirror_features", "Features of a layer in memory.", label, nil),
		up:       prometheus.NewDesc("onemap_mirror_up", "1 where tiles of a layer come from memory, 0 where from PostGIS.", label, nil),
	}
}

// Describe implements prometheus.Collector.
func (f mirrorFigures) Describe(to chan<- *prometheus.Desc) {
	to <- f.bytes
	to <- f.features
	to <- f.up
}

// Collect implements prometheus.Collector.
func (f mirrorFigures) Collect(to chan<- prometheus.Metric) {
	for _, s := range f.mirror.Status() {
		up := 0.0
		if s.State == mirror.Up {
			up = 1
		}
		to <- prometheus.MustNewConstMetric(f.bytes, prometheus.GaugeValue, float64(s.Bytes), s.Layer)
		to <- prometheus.MustNewConstMetric(f.features, prometheus.GaugeValue, float64(s.Features), s.Layer)
		to <- prometheus.MustNewConstMetric(f.up, prometheus.GaugeValue, up, s.Layer)
	}
}
