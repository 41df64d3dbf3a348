package cluster

import (
	"bytes"
	"context"
	"errors"
	"os"
	"path/filepath"
	"syscall"
	"time"

	"github.com/jackc/pgx/v5"

	"onemap/layers/fault"
)

// roomNeeded is the free space in bytes without which no cluster is made: a new one takes 40 MB.
const roomNeeded = 200 << 20

// includes ends the new cluster's postgresql.conf.
const includes = `
# Written by onemap at every start, after the machine's memory:
include = 'onemap.conf'
include_if_exists = 'local.conf'
`

// local is the first content of local.conf.
const local = "# Settings of your own; they win over onemap.conf and postgresql.conf.\n"

// create makes the data folder if there is none: in a folder beside it, renamed when
// whole. What a crash left half made is removed first.
func (c *Cluster) create(ctx context.Context, test bool) error {
	making, data := c.place.making(), c.place.data()
	if err := os.RemoveAll(making); err != nil {
		return onDisk(err, making, "The half-made folder %s can't be removed.", making)
	}
	if _, err := os.Stat(filepath.Join(data, "PG_VERSION")); err == nil {
		return nil
	}
	if _, err := os.Stat(data); err == nil {
		return fault.New(fault.Unavailable, "The folder %s is not a PostgreSQL data folder and is in the way. Move it elsewhere.", data)
	}
	var st syscall.Statfs_t
	if err := syscall.Statfs(c.place.Dir, &st); err == nil && st.Bavail*uint64(st.Bsize) < roomNeeded {
		return fault.New(fault.Unavailable, "%s", full(c.place.Dir))
	}
	begun := time.Now()
	args := []string{
		"-D", making, "-U", superuser, "--auth-local=trust", "--auth-host=reject", "--data-checksums",
		"--encoding=UTF8", "--locale=C", "--lc-collate=C", "--lc-ctype=C.UTF-8", "--text-search-config=simple",
	}
	if test {
		args = append(args, "--no-sync")
	}
	if err := c.initdb(ctx, args); err != nil {
		os.RemoveAll(making)
		return err
	}
	if err := os.Rename(making, data); err != nil {
		return onDisk(err, data, "The new database can't be moved to %s.", data)
	}
	if err := syncFolder(c.place.Dir); err != nil {
		return onDisk(err, data, "The new database in %s can't be written to the disk.", data)
	}
	c.log.Info("A new PostgreSQL cluster is made", "dir", c.place.Dir, "took", time.Since(begun).Round(time.Millisecond))
	return nil
}

// initdb runs the program of that name and adds our includes to its configuration.
func (c *Cluster) initdb(ctx context.Context, args []string) error {
	var output bytes.Buffer
	cmd := c.who.command(c.tools, c.place.Dir, "initdb", args...)
	cmd.Stdout, cmd.Stderr = &output, &output
	cmd.SysProcAttr.Setsid = true
	if err := cmd.Start(); err != nil {
		return fault.Wrap(err, fault.Unavailable, "The program %s can't be started.", cmd.Path)
	}
	unhook := context.AfterFunc(ctx, func() { syscall.Kill(-cmd.Process.Pid, syscall.SIGTERM) })
	err := cmd.Wait()
	unhook()
	if ctx.Err() != nil {
		return fault.Wrap(ctx.Err(), fault.Cancelled, "Making the database was cancelled.")
	}
	if err != nil {
		return said("PostgreSQL's initdb failed", c.place.Dir, output.String())
	}
	conf := filepath.Join(c.place.making(), "postgresql.conf")
	f, err := os.OpenFile(conf, os.O_WRONLY|os.O_APPEND|syscall.O_NOFOLLOW, 0)
	if err == nil {
		_, err = f.WriteString(includes)
		err = errors.Join(err, f.Sync(), f.Close())
	}
	if err != nil {
		return onDisk(err, conf, "The file %s can't be written.", conf)
	}
	return replace(filepath.Join(c.place.making(), "local.conf"), []byte(local), 0o600, c.who.give)
}

// makeDatabase makes the program's database if it isn't there.
func (c *Cluster) makeDatabase(ctx context.Context) error {
	config, err := pgx.ParseConfig(c.URL())
	if err != nil {
		return err
	}
	config.Database = "postgres"
	conn, err := pgx.ConnectConfig(ctx, config)
	if err != nil {
		return fault.Wrap(err, fault.Unavailable, "PostgreSQL in %s runs but takes no connection.", c.place.Dir)
	}
	defer conn.Close(ctx)
	var there bool
	err = conn.QueryRow(ctx, "select exists (select from pg_database where datname = $1)", databaseName).Scan(&there)
	if err == nil && !there {
		_, err = conn.Exec(ctx, "create database "+databaseName)
	}
	return fault.Wrap(err, fault.Unavailable, "The database %q can't be made.", databaseName)
}
