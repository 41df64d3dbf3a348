package bench

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"time"

	"onemap/layers/fault"
)

// ErrNoOGR says that the program ogr2ogr is not installed.
var ErrNoOGR = errors.New("ogr2ogr is not installed")

// ogrTable is the table in the schema staging that OGR fills and drops.
const ogrTable = "ogr"

// OGR has ogr2ogr load a file into a table of its own by COPY, with its spatial index or
// without, and returns how long the program ran and how many rows it left. The table is
// dropped. The error is ErrNoOGR where the program is not installed.
func (f *Floor) OGR(ctx context.Context, path string, index bool) (took time.Duration, rows int64, err error) {
	program, err := exec.LookPath("ogr2ogr")
	if err != nil {
		return 0, 0, ErrNoOGR
	}
	gist := "NONE"
	if index {
		gist = "GIST"
	}
	drop := "DROP TABLE IF EXISTS staging." + ogrTable
	if _, err := f.pool.Exec(ctx, drop); err != nil {
		return 0, 0, explain(err)
	}
	defer func() {
		if _, dropped := f.pool.Exec(context.WithoutCancel(ctx), drop); err == nil {
			err = explain(dropped)
		}
	}()
	c := f.pool.Config().ConnConfig
	quote := strings.NewReplacer(`\`, `\\`, `'`, `\'`)
	to := fmt.Sprintf("PG:host='%s' port=%d user='%s' dbname='%s'", quote.Replace(c.Host), c.Port, quote.Replace(c.User), quote.Replace(c.Database))
	cmd := exec.CommandContext(ctx, program, "-q", "--config", "PG_USE_COPY", "YES", "-f", "PostgreSQL", to, path,
		"-nln", ogrTable, "-lco", "SCHEMA=staging", "-lco", "GEOMETRY_NAME=geom", "-lco", "SPATIAL_INDEX="+gist)
	cmd.Env = append(os.Environ(), "PGPASSWORD="+c.Password)
	var said bytes.Buffer
	cmd.Stderr = &said
	begun := time.Now()
	if err := cmd.Run(); err != nil {
		return 0, 0, fault.Wrap(err, fault.Internal, "ogr2ogr did not load the file: %.300s", said.String())
	}
	took = time.Since(begun)
	err = f.pool.QueryRow(ctx, "SELECT count(*) FROM staging."+ogrTable).Scan(&rows)
	return took, rows, explain(err)
}
