package web

// Patterns lists the patterns of all routes.
func (s *Server) Patterns() []string {
	var list []string
	for _, rt := range s.routes() {
		list = append(list, rt.pattern)
	}
	return append(list, "/events")
}

// ImportRoutes lists methods and patterns of the import's routes.
func (s *Server) ImportRoutes() [][2]string {
	var list [][2]string
	for _, rt := range s.surveyRoutes() {
		list = append(list, [2]string{rt.method, rt.pattern})
	}
	return list
}
