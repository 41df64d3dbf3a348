package web

import (
	"net/http"

	"onemap/layers"
	"onemap/layers/fault"
	"onemap/tiles"
	"onemap/web/sprite"
)

// sprites are the icon sheets, drawn once at the start: file name to media type and body.
type sprites struct {
	files map[string]file
}

// file is a finished document with its media type.
type file struct {
	mediaType string
	body      *tiles.Body
}

func drawSprites(c *layers.Catalogue) (*sprites, error) {
	s := &sprites{files: map[string]file{}}
	icons := sprite.Icons(c)
	for ratio, name := range map[int]string{1: "onemap", 2: "onemap@2x"} {
		sheet, err := sprite.Draw(icons, ratio)
		if err != nil {
			return nil, err
		}
		s.files[name+".png"] = file{"image/png", tiles.NewBody(sheet.PNG)}
		s.files[name+".json"] = file{"application/json", tiles.NewBody(sheet.JSON)}
	}
	return s, nil
}

// getSprite answers with a sheet or its index.
func (s *Server) getSprite(w http.ResponseWriter, r *http.Request) error {
	f, ok := s.sprites.files[pathValue(r, "file")]
	if !ok {
		return fault.New(fault.NotFound, "There is no such icon sheet; there are onemap and onemap@2x, as .json and .png.")
	}
	send(w, r, f.mediaType, cacheAsk, f.body)
	return nil
}
