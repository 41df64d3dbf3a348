package data

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"onemap/layers"
	"onemap/layers/fault"
)

// CheckLimits bound the checks of a staged survey. Zeros stand for the defaults.
type CheckLimits struct {
	Findings int           // listed of each rule, 1000; what goes beyond is counted
	Time     time.Duration // of each group of rules, one minute; one that takes longer says so in a finding
}

// CheckStaged runs the checks that need the other rows of a staged survey or other layers,
// and hands on what they find, rule by rule. Rows with an error are marked as faulty in
// the staging table. Whatever each returns as error is returned, and no row is marked.
// The error is NotFound for an unknown batch and Conflict when nothing is staged or
// another process works on the batch. A survey of many rows of a layer without records is
// made ready for its publication meanwhile.
func (s *Store) CheckStaged(ctx context.Context, batch int64, each func(layers.Finding) error) (StagedCounts, error) {
	return s.CheckStagedWithin(ctx, batch, CheckLimits{}, each)
}

// StagedCounts counts the rows of a staged survey.
type StagedCounts struct{ Good, Bad, Unplaced int64 } // without an error, with one, and of the former those without a position

// CheckStagedWithin is CheckStaged within other limits.
func (s *Store) CheckStagedWithin(ctx context.Context, batch int64, limits CheckLimits, each func(layers.Finding) error) (n StagedCounts, err error) {
	if limits.Findings <= 0 {
		limits.Findings = 1000
	}
	if limits.Time <= 0 {
		limits.Time = time.Minute
	}
	err = s.write(ctx, func(tx pgx.Tx) error {
		b, l, err := s.staged(ctx, tx, batch)
		if err != nil {
			return err
		}
		c := &checking{tx: tx, cat: s.cat, layer: l, batch: b, table: stagingTable(batch), limits: limits, each: each, rows: *b.Staged}
		if err := c.begin(ctx); err != nil {
			return err
		}
		if c.ready, err = s.ready(ctx, tx, l, c.table); err != nil {
			return err
		}
		defer c.ready.drop()
		for _, step := range checkSteps {
			if step.changes && !c.occupied {
				continue
			}
			if err := c.step(ctx, step); err != nil {
				return err
			}
		}
		good := layers.Publishable("s")
		if err := tx.QueryRow(ctx, fmt.Sprintf("SELECT count(*) FILTER (WHERE %[1]s), count(*) FILTER (WHERE NOT (%[1]s)), count(*) FILTER (WHERE %[1]s AND geom IS NULL) FROM %[2]s AS s", good, c.table)).
			Scan(&n.Good, &n.Bad, &n.Unplaced); err != nil {
			return err
		}
		if err := c.ready.keep(); err != nil && ctx.Err() == nil {
			s.log.Info("the staged survey was not made ready", "batch", batch, "error", err) // it is when it is published
		}
		return ctx.Err()
	})
	return n, explain(err, "check the staged survey")
}

// checking is one run of the checks over a staged survey.
type checking struct {
	tx       pgx.Tx
	cat      *layers.Catalogue
	layer    *layers.Layer
	batch    Batch
	table    string // the staging table
	limits   CheckLimits
	each     func(layers.Finding) error
	rows     int64 // staged
	ready    *readying
	occupied bool // the layer has records
	units    bool // there are administrative units to check by
	shifted  bool // C3 has been found
}

// checkStep is a group of rules that are checked together.
type checkStep struct {
	rules   []string
	run     func(*checking, context.Context) error
	changes bool // held against what is published of the layer only
}

// checkSteps in their order: later ones pass over what earlier ones have found.
var checkSteps = []checkStep{
	{[]string{"G3"}, (*checking).validity, false},
	{[]string{"V7", "A5"}, (*checking).adminCodes, false},
	{[]string{"G8", "C2", "A1", "A2", "A3"}, (*checking).whereabouts, false},
	{[]string{"C4"}, (*checking).decimals, false},
	{[]string{"C3"}, (*checking).shift, true},
	{[]string{"T1"}, (*checking).coverage, false},
	{[]string{"T2"}, (*checking).gaps, false},
	{[]string{"T3"}, (*checking).connects, false},
	{[]string{"T4"}, (*checking).on, false},
	{[]string{"T5"}, (*checking).inside, false},
	{[]string{"U2"}, (*checking).others, true},
	{[]string{"U3"}, (*checking).samePlace, false},
	{[]string{"U4"}, (*checking).pile, false},
	{[]string{"X1"}, (*checking).lost, true},
	{[]string{"X3"}, (*checking).clear, false},
	{[]string{"X4"}, (*checking).register, false},
	{[]string{"D1", "D3"}, (*checking).numbers, true},
	{[]string{"D2"}, (*checking).moves, true},
	{[]string{"D4"}, (*checking).jumps, true},
}

// begin makes the table of hits: what a rule has found, before it is listed. A hit
// without severity or hint has the rulebook's; one without place is at its row's.
func (c *checking) begin(ctx context.Context) error {
	for _, sql := range []string{
		"SET LOCAL work_mem = '96MB'",
		"SET LOCAL cursor_tuple_fraction = 1", // cursors are read to their end
		"SET LOCAL client_min_messages = 'error'",
		`CREATE TEMP TABLE check_hit (rule text NOT NULL, severity text, row bigint NOT NULL, field text NOT NULL DEFAULT 'geom', value text, allowed text,
			place geometry, zh text NOT NULL, en text NOT NULL, hint_zh text, hint_en text, repair text, object text, area text) ON COMMIT DROP`,
		"CREATE TEMP TABLE check_invalid (row bigint PRIMARY KEY) ON COMMIT DROP",
	} {
		if _, err := c.tx.Exec(ctx, sql); err != nil {
			return err
		}
	}
	if err := c.tx.QueryRow(ctx, "SELECT EXISTS (SELECT FROM "+c.layer.Table()+")").Scan(&c.occupied); err != nil {
		return err
	}
	return c.loadUnits(ctx)
}

// errTimeOver says that a group of rules has had its time.
var errTimeOver = errors.New("the time of the check is over")

// step runs a group of rules within its time and lists what it finds.
func (c *checking) step(ctx context.Context, step checkStep) error {
	err := pgx.BeginFunc(ctx, c.tx, func(tx pgx.Tx) error {
		outer := c.tx
		c.tx = tx
		defer func() { c.tx = outer }()
		if err := c.exec(ctx, fmt.Sprintf("SET LOCAL statement_timeout = %d", c.limits.Time.Milliseconds())); err != nil {
			return err
		}
		if err := step.run(c, ctx); err != nil {
			return err
		}
		return c.exec(ctx, "SET LOCAL statement_timeout TO DEFAULT") // what is found is listed without a limit
	})
	var pg *pgconn.PgError
	if (errors.Is(err, errTimeOver) || errors.As(err, &pg) && pg.Code == "57014") && ctx.Err() == nil { // or the statement's is
		c.exec(ctx, "DELETE FROM check_hit")
		names := strings.Join(step.rules, "、")
		return c.each(layers.Finding{
			Rule: step.rules[0], Severity: layers.SeverityWarning, Layer: c.layer.ID,
			Message: layers.Text{
				Zh: fmt.Sprintf("规则 %s 未在 %v 内检查完，本次没有检查", names, c.limits.Time),
				En: fmt.Sprintf("Checking of %s was not finished within %v; they are not checked this time", strings.Join(step.rules, ", "), c.limits.Time),
			},
			Hint: layers.Text{Zh: "数据库繁忙或数据量大，请稍后重新检查。", En: "The database is busy or the survey large; check again later."},
		})
	}
	if err != nil {
		return err
	}
	return c.list(ctx, step)
}

// list hands on the hits of a step, marks the rows with errors, and empties the table.
func (c *checking) list(ctx context.Context, step checkStep) error {
	var any bool
	if err := c.tx.QueryRow(ctx, "SELECT EXISTS (SELECT FROM check_hit)").Scan(&any); err != nil || !any {
		return err
	}
	for _, rule := range step.rules {
		if err := c.exec(ctx, "UPDATE check_hit SET severity = $2 WHERE rule = $1 AND severity IS NULL", rule, string(layers.RuleOf(rule).Severity)); err != nil {
			return err
		}
		if err := c.listRule(ctx, rule); err != nil {
			return err
		}
	}
	if err := c.mark(ctx); err != nil {
		return err
	}
	return c.exec(ctx, "DELETE FROM check_hit")
}

// mark marks the rows with errors. Without one the staging table is not even locked for
// writing, which would wait for what is being made ready and that for the end of the checks.
func (c *checking) mark(ctx context.Context) error {
	var faulty bool
	if err := c.tx.QueryRow(ctx, "SELECT EXISTS (SELECT FROM check_hit WHERE severity = 'error' AND row > 0)").Scan(&faulty); err != nil || !faulty {
		return err
	}
	if err := c.unready(ctx); err != nil {
		return err
	}
	return c.exec(ctx, fmt.Sprintf("UPDATE %s AS s SET %s = s.%[2]s | %d FROM (SELECT DISTINCT row FROM check_hit WHERE severity = 'error' AND row > 0) AS h WHERE s.%s = h.row AND %s",
		c.table, layers.StagedFlags, layers.FlagFaulty, layers.StagedRow, layers.Publishable("s")))
}

// unready breaks off what is being made ahead when a row is to be marked as faulty, and
// takes away the checks that are set already but not yet held against the rows.
func (c *checking) unready(ctx context.Context) error {
	if c.ready == nil || c.ready.over {
		return nil
	}
	_ = c.ready.drop() // given up on purpose
	for _, sql := range []string{c.layer.Adoption(c.table).Uncheck, "COMMENT ON TABLE " + c.table + " IS NULL"} {
		if err := c.exec(ctx, sql); err != nil {
			return err
		}
	}
	return nil
}

// listRule hands on the first hits of a rule, and then how many more there are of each
// county, census table and field.
func (c *checking) listRule(ctx context.Context, rule string) error {
	area, table := "NULL", quoted(c.layer.ID)
	if c.layer.Area != "" {
		area = "left(s." + ident(c.layer.Area) + ", 6)"
	}
	if f := c.layer.TableField(); f != nil {
		table = "coalesce(s." + ident(f.Name) + ", " + table + ")"
	}
	belongs := fmt.Sprintf("coalesce(h.area, %s, '') AS area, %s AS survey_table", area, table)
	from := fmt.Sprintf("FROM (SELECT * FROM check_hit WHERE rule = $1 ORDER BY row, field, object, value %%s $2) AS h LEFT JOIN %s AS s ON h.row > 0 AND s.%s = h.row", c.table, layers.StagedRow)
	rows, err := c.tx.Query(ctx, fmt.Sprintf(`SELECT h.severity, h.row, h.field, coalesce(h.value, ''), coalesce(h.allowed, ''), ST_X(p), ST_Y(p), h.zh, h.en,
			coalesce(h.hint_zh, ''), coalesce(h.hint_en, ''), coalesce(h.repair, ''), coalesce(h.object, nullif(%s, ''), '') AS object, %s `+from+`,
			LATERAL (SELECT ST_Centroid(coalesce(h.place, s.geom)) AS p) AS place ORDER BY h.row, h.field, object, h.value`,
		c.object("s"), belongs, "LIMIT"), rule, c.limits.Findings)
	if err != nil {
		return err
	}
	found, err := pgx.CollectRows(rows, func(r pgx.CollectableRow) (f layers.Finding, err error) {
		var x, y *float64
		f.Rule, f.Layer = rule, c.layer.ID
		err = r.Scan(&f.Severity, &f.Row, &f.Field, &f.Value, &f.Allowed, &x, &y, &f.Message.Zh, &f.Message.En, &f.Hint.Zh, &f.Hint.En, &f.Repair, &f.Object, &f.Area, &f.Table)
		if x != nil && y != nil {
			f.Place = &[2]float64{*x, *y}
		}
		if f.Hint.Zh == "" {
			f.Hint = layers.RuleOf(rule).Hint
		}
		return f, err
	})
	if err == nil && len(found) == c.limits.Findings {
		more, moreErr := c.more(ctx, rule, fmt.Sprintf(from, "OFFSET"), belongs)
		found, err = append(found, more...), moreErr
	}
	if err != nil {
		return err
	}
	for _, f := range found {
		if err := c.each(f); err != nil {
			return err
		}
	}
	return nil
}

// more counts the hits beyond those that are listed.
func (c *checking) more(ctx context.Context, rule, from, belongs string) ([]layers.Finding, error) {
	rows, err := c.tx.Query(ctx, "SELECT h.severity, h.field, "+belongs+", count(*) "+from+" GROUP BY 1, 2, 3, 4 ORDER BY 3, 4, 2, 1", rule, c.limits.Findings)
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(rows, func(r pgx.CollectableRow) (f layers.Finding, err error) {
		info := layers.RuleOf(rule)
		f.Rule, f.Layer, f.Hint = rule, c.layer.ID, info.Hint
		err = r.Scan(&f.Severity, &f.Field, &f.Area, &f.Table, &f.Count)
		f.Message = layers.Text{Zh: fmt.Sprintf("“%s”还有 %d 处，未逐条列出", info.Title.Zh, f.Count), En: fmt.Sprintf("There are %d more of rule %s that are not listed one by one", f.Count, rule)}
		return f, err
	})
}

// exec runs a statement of the checks.
func (c *checking) exec(ctx context.Context, sql string, args ...any) error {
	_, err := c.tx.Exec(ctx, sql, args...)
	return err
}

// object is the expression of a row's key.
func (c *checking) object(alias string) string {
	if len(c.layer.Key) == 0 {
		return alias + ".source_id"
	}
	return keyOf(c.layer.Key, alias)
}

// keyOf joins the key's fields as the checker of rows does.
func keyOf(key []string, alias string) string {
	parts := make([]string, len(key))
	for i, k := range key {
		parts[i] = alias + "." + ident(k)
	}
	if len(parts) == 1 {
		return "coalesce(" + parts[0] + "::text, '')"
	}
	return "concat_ws(' ', " + strings.Join(parts, ", ") + ")"
}

// sameKey is the condition that rows of two tables are of one record.
func (c *checking) sameKey(a, b string) string {
	var parts []string
	for _, k := range c.layer.Identity() {
		parts = append(parts, a+"."+ident(k)+" = "+b+"."+ident(k))
	}
	return strings.Join(parts, " AND ")
}

// ident quotes an identifier of a declaration.
func ident(name string) string { return pgx.Identifier{name}.Sanitize() }

// quoted makes a literal of a word that the program or a declaration gives.
func quoted(s string) string { return "'" + strings.ReplaceAll(s, "'", "''") + "'" }

// severityOf is the severity of a declared rule as an argument; null leaves it to the rulebook.
func severityOf(r *layers.Rule) any {
	if r.Severity == "" {
		return nil
	}
	return string(r.Severity)
}

// known reports whether another layer has records to check by, and says so in a finding
// when it has none.
func (c *checking) known(ctx context.Context, rule, layer string) (*layers.Layer, bool, error) {
	l := c.cat.Layer(layer)
	if l == nil {
		return nil, false, fault.New(fault.Internal, "There is no layer %q.", layer)
	}
	var any bool
	err := c.tx.QueryRow(ctx, "SELECT EXISTS (SELECT FROM "+l.Table()+")").Scan(&any)
	if err != nil || any {
		return l, any, err
	}
	return l, false, c.exec(ctx, "INSERT INTO check_hit (rule, severity, row, zh, en) VALUES ($1, 'notice', 0, $2, $3)", rule,
		"图层“"+l.Title.Zh+"”还没有数据，规则 "+rule+" 未检查", "The layer "+l.ID+" has no records yet; rule "+rule+" is not checked")
}
