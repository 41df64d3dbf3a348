package web

import (
	"net/http"
	"slices"

	"onemap/layers"
)

var (
	apiTitle = layers.Text{Zh: "一张图要素服务", En: "One Map features"}
	apiNote  = layers.Text{
		Zh: "应急管理一张图各图层的要素：OGC API Features 第 1、2、3、5 部分。",
		En: "The features of the city's emergency-management map: OGC API Features parts 1, 2, 3 and 5.",
	}
)

// landing is the start of the feature API (OGC 17-069r4, section 7.2).
type landing struct {
	Title       string `json:"title"`
	Description string `json:"description"`
	Links       []link `json:"links"`
}

// getLanding answers with the start of the feature API.
func (s *Server) getLanding(w http.ResponseWriter, r *http.Request) error {
	ask, err := s.ask(w, r)
	if err != nil {
		return err
	}
	text := func(zh, en string) string { return in(ask.lang, layers.Text{Zh: zh, En: en}) }
	base := s.base(r)
	answer := landing{
		Title: in(ask.lang, apiTitle), Description: in(ask.lang, apiNote),
		Links: append(
			s.selfLinks(r, ask.params, ask.form, jsonType),
			link{base + "/api/openapi.json", "service-desc", openAPIType, text("接口定义（OpenAPI 3.1）", "The API's definition (OpenAPI 3.1)")},
			link{base + "/docs/layers", "service-doc", "text/html", text("图层说明", "The layers explained")},
			link{base + "/api/conformance", "conformance", jsonType, text("符合的标准", "Conformance classes")},
			link{base + "/api/conformance", relConformance, jsonType, text("符合的标准", "Conformance classes")},
			link{base + "/api/collections", "data", jsonType, text("图层", "The layers")},
			link{base + "/api/collections", relData, jsonType, text("图层", "The layers")},
		),
	}
	if s.questions != nil {
		answer.Links = append(answer.Links, link{base + "/api/processes", relProcesses, jsonType, text("分析", "Questions")},
			link{base + "/api/jobs", relJobs, jsonType, text("任务", "Jobs")})
	}
	return s.answer(w, r, ask, jsonType, "landing.html", answer.Title, answer)
}

// conformance lists the requirement classes that hold (OGC 17-069r4, section 7.4).
type conformance struct {
	ConformsTo []string `json:"conformsTo"`
}

var conformsTo = []string{
	"http://www.opengis.net/spec/ogcapi-common-1/1.0/conf/core",
	"http://www.opengis.net/spec/ogcapi-common-1/1.0/conf/html",
	"http://www.opengis.net/spec/ogcapi-common-1/1.0/conf/json",
	"http://www.opengis.net/spec/ogcapi-common-2/1.0/conf/collections",
	"http://www.opengis.net/spec/ogcapi-features-1/1.0/conf/core",
	"http://www.opengis.net/spec/ogcapi-features-1/1.0/conf/geojson",
	"http://www.opengis.net/spec/ogcapi-features-1/1.0/conf/html",
	"http://www.opengis.net/spec/ogcapi-features-2/1.0/conf/crs",
	"http://www.opengis.net/spec/ogcapi-features-3/1.0/conf/queryables",
	"http://www.opengis.net/spec/ogcapi-features-3/1.0/conf/queryables-query-parameters",
	"http://www.opengis.net/spec/ogcapi-features-3/1.0/conf/filter",
	"http://www.opengis.net/spec/ogcapi-features-3/1.0/conf/features-filter",
	"http://www.opengis.net/spec/ogcapi-features-5/1.0/conf/schemas",
	"http://www.opengis.net/spec/ogcapi-features-5/1.0/conf/returnables-and-receivables",
	"http://www.opengis.net/spec/ogcapi-features-5/1.0/conf/queryables",
	"http://www.opengis.net/spec/ogcapi-features-5/1.0/conf/sortables",
	"http://www.opengis.net/spec/ogcapi-features-8/0.0/conf/sorting", // a draft
	"http://www.opengis.net/spec/ogcapi-features-8/0.0/conf/features-sorting",
	"http://www.opengis.net/spec/cql2/1.0/conf/cql2-text",
	"http://www.opengis.net/spec/cql2/1.0/conf/cql2-json",
	"http://www.opengis.net/spec/cql2/1.0/conf/basic-cql2",
	"http://www.opengis.net/spec/cql2/1.0/conf/advanced-comparison-operators",
	"http://www.opengis.net/spec/cql2/1.0/conf/case-insensitive-comparison",
	"http://www.opengis.net/spec/cql2/1.0/conf/accent-insensitive-comparison",
	"http://www.opengis.net/spec/cql2/1.0/conf/basic-spatial-functions",
	"http://www.opengis.net/spec/cql2/1.0/conf/basic-spatial-functions-plus",
	"http://www.opengis.net/spec/cql2/1.0/conf/spatial-functions",
	"http://www.opengis.net/spec/cql2/1.0/conf/temporal-functions",
	"http://www.opengis.net/spec/cql2/1.0/conf/array-functions",
	"http://www.opengis.net/spec/cql2/1.0/conf/property-property",
	"http://www.opengis.net/spec/cql2/1.0/conf/functions",
	"http://www.opengis.net/spec/cql2/1.0/conf/arithmetic",
}

// getConformance answers with the requirement classes that hold.
func (s *Server) getConformance(w http.ResponseWriter, r *http.Request) error {
	ask, err := s.ask(w, r)
	if err != nil {
		return err
	}
	classes := conformsTo
	if s.editable() {
		classes = slices.Concat(conformsTo, editConformance)
	}
	if s.questions != nil {
		classes = slices.Concat(classes, processConformance)
	}
	title := in(ask.lang, layers.Text{Zh: "符合的标准", En: "Conformance"})
	return s.answer(w, r, ask, jsonType, "conformance.html", title, conformance{classes})
}
