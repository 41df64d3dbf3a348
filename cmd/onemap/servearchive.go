package main

import (
	"context"
	"fmt"
	"net"

	"onemap/layers"
	"onemap/tiles/archive"
	"onemap/web"
)

// serveArchive serves the map out of an archive alone.
func (p *program) serveArchive(ctx context.Context, name string, config web.Config, listener net.Listener) error {
	r, err := archive.Open(name)
	if err != nil {
		return err
	}
	defer r.Close()
	store, err := web.NewArchive(r)
	if err != nil {
		return err
	}
	all, err := p.catalogue()
	if err != nil {
		return err
	}
	cat, err := store.Catalogue(all)
	if err != nil {
		return err
	}
	server, err := web.New(config, cat, store, p.log)
	if err != nil {
		return err
	}
	fmt.Fprintf(p.out, "Archive of %s, role %s\n", store.Baked.Finished.In(layers.Beijing).Format("2006-01-02 15:04"), store.Baked.Role)
	fmt.Fprintf(p.out, "One Map 一张图: http://%s\n", listener.Addr())
	return server.Serve(ctx, listener)
}
