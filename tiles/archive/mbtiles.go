package archive

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"os"

	_ "modernc.org/sqlite" // the driver "sqlite"

	"onemap/layers/fault"
)

// mbtilesTables are those of MBTiles 1.3, with each content once.
const mbtilesTables = `
CREATE TABLE metadata (name text PRIMARY KEY, value text);
CREATE TABLE images (tile_id text PRIMARY KEY, tile_data blob);
CREATE TABLE map (zoom_level integer, tile_column integer, tile_row integer, tile_id text, PRIMARY KEY (zoom_level, tile_column, tile_row));
CREATE VIEW tiles AS SELECT zoom_level, tile_column, tile_row, tile_data FROM map JOIN images ON images.tile_id = map.tile_id;`

// WriteMBTiles writes the archive from as MBTiles to a file, which is put in place when
// it is whole.
func WriteMBTiles(ctx context.Context, from, to string) error {
	r, err := Open(from)
	if err != nil {
		return err
	}
	defer r.Close()
	part := to + spoolEnd
	_ = os.Remove(part)
	err = r.copyTo(ctx, part)
	if err == nil {
		err = os.Rename(part, to)
	}
	if err != nil {
		os.Remove(part)
		if fault.CodeOf(err) == fault.Internal {
			err = fault.Wrap(err, fault.Unavailable, "The MBTiles file can't be written")
		}
	}
	return err
}

func (r *Reader) copyTo(ctx context.Context, name string) (err error) {
	db, err := sql.Open("sqlite", name)
	if err != nil {
		return err
	}
	defer func() {
		if e := db.Close(); err == nil {
			err = e
		}
	}()
	db.SetMaxOpenConns(1)
	for _, s := range []string{"PRAGMA journal_mode = OFF", "PRAGMA application_id = 1297105496", mbtilesTables} { // MPBX
		if _, err := db.ExecContext(ctx, s); err != nil {
			return err
		}
	}
	tx, err := db.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer tx.Rollback() //nolint:errcheck // of no account after Commit
	if err := r.copyMetadata(ctx, tx); err != nil {
		return err
	}
	image, err := tx.PrepareContext(ctx, "INSERT OR IGNORE INTO images VALUES (?, ?)")
	if err != nil {
		return err
	}
	address, err := tx.PrepareContext(ctx, "INSERT INTO map VALUES (?, ?, ?, ?)")
	if err != nil {
		return err
	}
	for c, err := range r.All() {
		if err != nil {
			return err
		}
		id := fmt.Sprintf("%x", hashOf(c.Packed))
		if _, err := image.ExecContext(ctx, id, c.Packed); err != nil {
			return err
		}
		// Rows count from the south there (TMS).
		row := uint32(1)<<c.Tile.Z - 1 - c.Tile.Y
		if _, err := address.ExecContext(ctx, c.Tile.Z, c.Tile.X, row, id); err != nil {
			return err
		}
	}
	return tx.Commit()
}

// copyMetadata gives each key a row of its own; what MBTiles has no key for goes into json.
func (r *Reader) copyMetadata(ctx context.Context, tx *sql.Tx) error {
	metadata := map[string]any{}
	if err := r.Metadata(&metadata); err != nil {
		return err
	}
	rows := map[string]string{
		"format": "pbf", "minzoom": fmt.Sprint(r.MinZoom), "maxzoom": fmt.Sprint(r.MaxZoom),
		"bounds": fmt.Sprintf("%g,%g,%g,%g", r.Bound.Min[0], r.Bound.Min[1], r.Bound.Max[0], r.Bound.Max[1]),
		"center": fmt.Sprintf("%g,%g,%d", r.Center[0], r.Center[1], r.CenterZoom),
	}
	more := map[string]any{}
	for key, value := range metadata {
		if text, ok := value.(string); ok {
			rows[key] = text
		} else {
			more[key] = value
		}
	}
	text, err := json.Marshal(more)
	if err != nil {
		return err
	}
	rows["json"] = string(text)
	for key, value := range rows {
		if _, err := tx.ExecContext(ctx, "INSERT INTO metadata VALUES (?, ?)", key, value); err != nil {
			return err
		}
	}
	return nil
}
