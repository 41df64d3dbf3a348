package web

// Patterns lists the patterns of all routes.
func (s *Server) Patterns() []string {
	var list []string
	for _, rt := range s.routes() {
		list = append(list, rt.pattern)
	}
	return list
}
