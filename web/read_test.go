package web_test

import "testing"

// TestReading runs the tests that only read on one world, since making one takes longer
// than most of them.
func TestReading(t *testing.T) {
	w := newWorld(t)
	tests := []struct {
		name string
		run  func(*testing.T, *world)
	}{
		{"links lead", readLinksLead},
		{"landing and conformance", readLandingAndConformance},
		{"collections", readCollections},
		{"schemas hold", readSchemasHold},
		{"forms and languages", readFormsAndLanguages},
		{"items page", readItemsPage},
		{"items parameters", readItemsParameters},
		{"items arranged", readItemsArranged},
		{"items refusals", readItemsRefusals},
		{"filters", readFilters},
		{"coordinate systems", readCoordinateSystems},
		{"item", readItem},
		{"items as HTML", readItemsAsHTML},
		{"layers as the reader may see them", readLayersAsTheReaderMaySeeThem},
		{"counts", readCounts},
		{"search", readSearch},
		{"style and TileJSON and sprites", readStyleAndTileJSONAndSprites},
		{"docs page", readDocsPage},
		{"OpenAPI is valid", readOpenAPIIsValid},
		{"OpenAPI says what routes do", readOpenAPISaysWhatRoutesDo},
		{"answers follow the OpenAPI", readAnswersFollowTheOpenAPI},
		{"GDAL reads tiles", readGDALReadsTiles},
		{"tile answers", readTileAnswers},
		{"empty tile is an answer", readEmptyTileIsAnAnswer},
		{"tile of several layers", readTileOfSeveralLayers},
		{"tile refusals", readTileRefusals},
		{"counts add up over tiles", readCountsAddUpOverTiles},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			own := *w
			own.t = t
			tt.run(t, &own)
		})
	}
}
