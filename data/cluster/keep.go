package cluster

import (
	"context"
	"time"

	"onemap/layers/fault"
)

// retry says how a server that fell is started again.
type retry struct {
	first time.Duration // pause before the first try, doubled with each
	last  time.Duration // the longest pause
	tries int           // in a row without becoming ready, then the cluster has failed
}

// usual gives up after about 45 seconds.
var usual = retry{first: 100 * time.Millisecond, last: 5 * time.Second, tries: 14}

const (
	steady   = time.Minute // a server that ran so long begins the pauses anew
	logWatch = time.Minute // between two looks at the log's size
)

// keep watches over the server until the cluster is closed: it starts it again when it
// ends by itself, and bounds its log.
func (c *Cluster) keep() {
	defer close(c.kept)
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	go func() {
		select {
		case <-c.closing:
			cancel()
		case <-ctx.Done():
		}
	}()
	watch := time.NewTicker(logWatch)
	defer watch.Stop()
	pause, since := c.retry.first, time.Now()
	for {
		select {
		case <-c.closing:
			return
		case <-watch.C:
			if err := c.out.bound(); err != nil {
				c.log.Warn("The database server's log can't be bounded", "error", err)
			}
		case <-c.current().done:
			if ctx.Err() != nil {
				return
			}
			if time.Since(since) > steady {
				pause = c.retry.first
			}
			s := c.current()
			c.log.Warn("PostgreSQL has ended by itself and is started again",
				"state", s.cmd.ProcessState.String(), "said", quote(c.out.tail(s.since)))
			if err := c.revive(ctx, &pause); err != nil {
				if ctx.Err() == nil {
					c.failed <- err
				}
				return
			}
			since = time.Now()
		}
	}
}

// revive starts the server again, with growing pauses, until it is ready. The error is
// that of the last try.
func (c *Cluster) revive(ctx context.Context, pause *time.Duration) error {
	var err error
	for range c.retry.tries {
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(*pause):
		}
		*pause = min(2**pause, c.retry.last)
		if err = c.clear(ctx); err == nil {
			err = c.start(ctx)
		}
		if err == nil {
			return nil
		}
		if ctx.Err() == nil {
			c.log.Warn("PostgreSQL could not be started again", "error", err)
		}
	}
	return fault.Wrap(err, fault.Unavailable, "The database server has fallen and could not be started again in %d tries.", c.retry.tries)
}
