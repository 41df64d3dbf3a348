package web

import (
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"time"

	"github.com/paulmach/orb/maptile"

	"onemap/geo"
	"onemap/tiles/mirror"
)

const (
	tileEventsPause = 100 * time.Millisecond // changes within this time are told together
	tileEventsMost  = 64                     // tiles of a layer that one event names
	tileEventsZoom  = 14                     // deepest zoom of the tiles that are named
)

// everywhere stands for all tiles of a layer.
const everywhere = "*"

// getTileEvents tells open pages which tiles change, as server-sent events named changed:
// an object with the tiles of each layer, as z/x/y, each standing for those above and
// below it, or "*" for all. The id of an event is the number of the newest change in it;
// one who comes back with an older one is told that everything may have changed.
func (s *Server) getTileEvents(w http.ResponseWriter, r *http.Request) error {
	out := &events{w: w, conn: http.NewResponseController(w)}
	_ = out.conn.SetReadDeadline(time.Time{})
	if s.config.Mirror == nil {
		w.WriteHeader(http.StatusNoContent) // nothing follows; a browser does not ask again
		return nil
	}
	touches, stop := s.config.Mirror.Watch()
	defer stop()
	visible := map[string]bool{}
	for _, v := range s.catalogue.For(readerOf(r)) {
		visible[v.ID] = true
	}
	news := changes{visible: visible, tiles: map[string][]string{}}
	seq := s.config.Mirror.Seq()
	if last := r.Header.Get("Last-Event-ID"); last != "" && last != strconv.FormatUint(seq, 10) {
		news.add(mirror.Touch{Whole: true})
	} else if err := out.write(fmt.Sprintf("retry: 2000\nid: %d\n\n", seq)); err != nil {
		return err
	}
	beat := time.NewTicker(heartbeat)
	defer beat.Stop()
	for {
		if len(news.tiles) > 0 {
			wait := time.NewTimer(tileEventsPause)
			for waiting := true; waiting; {
				select {
				case t := <-touches:
					news.add(t)
				case <-wait.C:
					waiting = false
				case <-r.Context().Done():
					return nil
				}
			}
			if err := out.send("changed", strconv.FormatUint(s.config.Mirror.Seq(), 10), news.tiles); err != nil {
				return err
			}
			news.tiles = map[string][]string{}
		}
		select {
		case t := <-touches:
			news.add(t)
		case <-beat.C:
			if err := out.write(": still here\n\n"); err != nil {
				return err
			}
		case <-s.ended:
			return nil
		case <-r.Context().Done():
			return nil
		}
	}
}

// changes are what an event is to tell.
type changes struct {
	visible map[string]bool
	tiles   map[string][]string
}

func (c *changes) add(t mirror.Touch) {
	if t.Layer == "" {
		for id := range c.visible {
			c.tiles[id] = []string{everywhere}
		}
		return
	}
	if !c.visible[t.Layer] {
		return
	}
	list := c.tiles[t.Layer]
	if slices.Equal(list, []string{everywhere}) {
		return
	}
	if t.Whole {
		c.tiles[t.Layer] = []string{everywhere}
		return
	}
	for _, box := range t.Boxes {
		for _, tile := range named(box) {
			if !slices.Contains(list, tile) {
				list = append(list, tile)
			}
		}
		if len(list) > tileEventsMost {
			list = []string{everywhere}
			break
		}
	}
	if len(list) > 0 {
		c.tiles[t.Layer] = list
	}
}

// named are the tiles of a box at the deepest zoom at which they are few.
func named(box geo.WorldBox) []string {
	for z := maptile.Zoom(tileEventsZoom); ; z-- {
		if tiles := mirror.Tiles(box, z); len(tiles) <= 4 || z == 0 {
			names := make([]string, len(tiles))
			for i, t := range tiles {
				names[i] = fmt.Sprintf("%d/%d/%d", t.Z, t.X, t.Y)
			}
			return names
		}
	}
}
