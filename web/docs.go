package web

import (
	"net/http"
	"slices"
	"strings"

	"onemap/layers"
)

// docsGroup is a drawer with its layers, for the documentation page.
type docsGroup struct {
	groupInfo
	Layers []layerInfo
}

// getDocs answers with the page that explains the layers, made from the declarations.
func (s *Server) getDocs(w http.ResponseWriter, r *http.Request) error {
	params, err := s.only(r)
	if err != nil {
		return err
	}
	lang, err := langOf(w, r, params)
	if err != nil {
		return err
	}
	var list []docsGroup
	for _, g := range groups {
		list = append(list, docsGroup{groupInfo: g})
	}
	for _, v := range s.catalogue.For(readerOf(r)) {
		for i := range list {
			if list[i].ID == v.Group {
				list[i].Layers = append(list[i].Layers, newLayerInfo(v))
			}
		}
	}
	return s.forms.send(w, r, http.StatusOK, "layers.html", sheet{
		Lang:  lang,
		Title: in(lang, layers.Text{Zh: "图层说明", En: "The layers explained"}),
		JSON:  s.base(r) + "/layers",
		Other: s.address(r, r.URL.Path, with(params, "lang", otherLang(lang))),
		Value: list,
	})
}

// docsList is a code list with its id.
type docsList struct {
	ID string
	codeListInfo
}

// docsLists gathers the code lists of all layers, each once, by id.
func docsLists(all []docsGroup) []docsList {
	found := map[string]codeListInfo{}
	for _, g := range all {
		for _, l := range g.Layers {
			for id, list := range l.CodeLists {
				found[id] = list
			}
		}
	}
	lists := make([]docsList, 0, len(found))
	for id, list := range found {
		lists = append(lists, docsList{id, list})
	}
	slices.SortFunc(lists, func(a, b docsList) int { return strings.Compare(a.ID, b.ID) })
	return lists
}

// docsStandard returns the fields that every layer has, as this reader may see them.
func docsStandard(all []docsGroup) []*layers.Field {
	for _, g := range all {
		for _, l := range g.Layers {
			return l.Standard
		}
	}
	return nil
}
