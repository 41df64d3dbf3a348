package roads

// queued is a node that was reached in some seconds, perhaps not yet for the best.
type queued struct {
	seconds float64
	node    int32
}

// queue is a heap of four children a node, soonest first.
type queue []queued

func (q *queue) push(e queued) {
	h := append(*q, e)
	i := len(h) - 1
	for i > 0 {
		up := (i - 1) / 4
		if h[up].seconds <= e.seconds {
			break
		}
		h[i] = h[up]
		i = up
	}
	h[i] = e
	*q = h
}

func (q *queue) pop() queued {
	h := *q
	top := h[0]
	n := len(h) - 1
	e := h[n]
	h = h[:n]
	*q = h
	if n == 0 {
		return top
	}
	i := 0
	for {
		child := 4*i + 1
		if child >= n {
			break
		}
		least := child
		for k := child + 1; k < min(child+4, n); k++ {
			if h[k].seconds < h[least].seconds {
				least = k
			}
		}
		if h[least].seconds >= e.seconds {
			break
		}
		h[i] = h[least]
		i = least
	}
	h[i] = e
	return top
}
