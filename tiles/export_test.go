package tiles

import (
	"runtime"
)

// AwaitWaiting returns when n callers wait for the one tile that is being made.
func (s *Server) AwaitWaiting(n int) {
	for {
		s.shared.mu.Lock()
		waiting := 0
		for _, f := range s.shared.now {
			waiting += f.waiting
		}
		s.shared.mu.Unlock()
		if waiting == n {
			return
		}
		runtime.Gosched()
	}
}
