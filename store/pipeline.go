package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgtype"
	"github.com/jackc/pgx/v5/stdlib"
)

// pipeline is a connection to PostgreSQL. A round trip costs more than running
// most statements: those whose answer nobody waits for are put down, and travel
// with the next one whose answer is needed, or with the COMMIT. The server runs
// them in their order, and none behind one that it refused.
type pipeline struct {
	conn   *pgx.Conn
	known  map[string]*prepared
	named  int // how many names of prepared statements were given
	values pgx.ExtendedQueryBuilder
	queue  []statement
}

// statement is one that waits for its turn. What it is given must not be
// changed before the transaction has ended.
type statement struct {
	query string
	args  []any
	scan  func(scanner) error // reads each row of its answer; nil where nobody asks
}

// prepared is a statement that the server knows by a name.
type prepared struct {
	*pgconn.StatementDescription
	formats []int16 // of the columns of its answer
}

// maxQueued bounds what waits: what it takes in memory, and how late an error
// shows.
const maxQueued = 100

// pipelineOn is the pipeline of a connection that nobody else uses.
func pipelineOn(c *sql.Conn) (p *pipeline, err error) {
	err = c.Raw(func(driver any) error {
		p = &pipeline{conn: driver.(*stdlib.Conn).Conn(), known: map[string]*prepared{}}
		// A tsvector is given as the server's own octets.
		p.conn.TypeMap().RegisterType(&pgtype.Type{Name: "tsvector", OID: pgtype.TSVectorOID, Codec: pgtype.ByteaCodec{}})
		return nil
	})
	return p, err
}

// put has a statement wait for its turn.
func (p *pipeline) put(ctx context.Context, s statement) error {
	p.queue = append(p.queue, s)
	if len(p.queue) < maxQueued {
		return nil
	}
	return p.flush(ctx)
}

// flush sends what waits and sees that all of it was carried out.
func (p *pipeline) flush(ctx context.Context) error {
	if len(p.queue) == 0 {
		return nil
	}
	wire, err := p.send(ctx, len(p.queue))
	if err != nil {
		return err
	}
	return wire.Close()
}

// ask runs a query behind what waits.
func (p *pipeline) ask(ctx context.Context, query string, args []any) (*answer, error) {
	p.queue = append(p.queue, statement{query: query, args: args})
	wire, err := p.send(ctx, len(p.queue)-1)
	if err != nil {
		return nil, err
	}
	got, err := wire.GetResults()
	rows, ok := got.(*pgconn.ResultReader)
	if err == nil && !ok {
		err = fmt.Errorf("unexpected %T", got)
	}
	if err != nil {
		_ = wire.Close()
		return nil, refusal(query, err)
	}
	return &answer{wire: wire, rows: rows, types: p.conn.TypeMap(), query: query}, nil
}

// ask is that of the pipeline.
func (s *statements) ask(ctx context.Context, query string, args []any) (a *answer, err error) {
	err = s.renewing(ctx, func() (read bool, err error) {
		a, err = s.line.ask(ctx, query, args)
		return false, err
	})
	return a, err
}

// renewing sends something. A View's connection that was lost while nobody used
// it is made anew, as long as nothing was read; the pool may have several such.
func (s *statements) renewing(ctx context.Context, send func() (read bool, err error)) error {
	for {
		first, before := s.line.idle(), slices.Clone(s.line.queue)
		read, err := send()
		if err == nil || read || !first || s.renew == 0 || judge(err) != disconnected || ctx.Err() != nil {
			return err
		}
		s.renew--
		if err := errors.Join(s.drop(), s.open(ctx)); err != nil {
			return err
		}
		s.line.queue = before
	}
}

// run is ask for a statement without rows.
func (p *pipeline) run(ctx context.Context, query string, args []any) (pgconn.CommandTag, error) {
	a, err := p.ask(ctx, query, args)
	if err != nil {
		return pgconn.CommandTag{}, err
	}
	return a.end()
}

// copy adds rows to a table as they are.
func (p *pipeline) copy(ctx context.Context, table string, columns []string, rows [][]any) error {
	if err := p.flush(ctx); err != nil {
		return err
	}
	_, err := p.conn.CopyFrom(ctx, pgx.Identifier{table}, columns, pgx.CopyFromRows(rows))
	return err
}

// bound runs a statement that begins or ends a transaction, or stands at its
// beginning.
func (p *pipeline) bound(ctx context.Context, query string) error {
	switch query {
	case "COMMIT":
		return p.commit(ctx)
	case "ROLLBACK":
		return p.rollback(ctx)
	}
	if len(p.known) > maxStatements && p.idle() {
		if err := p.forget(ctx); err != nil {
			return err
		}
	}
	return p.put(ctx, statement{query: query})
}

// idle reports whether the server knows of no transaction.
func (p *pipeline) idle() bool { return p.conn.PgConn().TxStatus() == 'I' }

// settle sends what must not travel with the COMMIT: the beginning of the
// transaction. The connection may have been lost long ago, and who finds that
// out with the COMMIT cannot tell whether it was committed.
func (p *pipeline) settle(ctx context.Context) error {
	if !p.idle() || len(p.queue) <= 1 {
		return nil
	}
	return p.flush(ctx)
}

// commit ends the transaction, together with what waits. An error that is not
// the server's leaves open whether it was committed. Behind its word that it was,
// a server that shuts down says so: that takes nothing back.
func (p *pipeline) commit(ctx context.Context) error {
	if !p.conn.IsClosed() && p.idle() {
		p.forgo() // a BEGIN that nothing followed
		return nil
	}
	tag, err := p.run(ctx, "COMMIT", nil)
	switch {
	case tag.String() == "COMMIT":
		return nil
	case err == nil:
		err = fmt.Errorf("COMMIT came to %s", tag)
	}
	return err
}

// rollback takes back what the server knows of, and forgoes what waits.
func (p *pipeline) rollback(ctx context.Context) error {
	p.forgo()
	if !p.conn.IsClosed() && p.idle() {
		return nil
	}
	_, err := p.run(ctx, "ROLLBACK", nil)
	return err
}

func (p *pipeline) forgo() {
	clear(p.queue) // lets go of what it holds
	p.queue = p.queue[:0]
}

// send sends what waits, and reads the answers to the first so many of it. The
// others are to be read, and the result closed.
func (p *pipeline) send(ctx context.Context, read int) (*pgconn.Pipeline, error) {
	defer p.forgo()
	if err := p.prepare(ctx); err != nil {
		return nil, err
	}
	wire := p.conn.PgConn().StartPipeline(ctx)
	var wrong error // what cannot be sent at all
	for i, s := range p.queue {
		known := p.known[s.query]
		if err := p.values.Build(p.conn.TypeMap(), known.StatementDescription, s.args); err != nil {
			wrong, read = refusal(s.query, err), i
			break
		}
		wire.SendQueryStatement(known.StatementDescription, p.values.ParamValues, p.values.ParamFormats, known.formats)
	}
	if err := wire.Sync(); err != nil {
		_ = wire.Close()
		return nil, err
	}
	for _, s := range p.queue[:read] {
		if err := p.read(wire, s); err != nil {
			_ = wire.Close()
			return nil, err
		}
	}
	if wrong != nil {
		_ = wire.Close()
		return nil, wrong
	}
	return wire, nil
}

// read reads the next answer, that to a statement which waited.
func (p *pipeline) read(wire *pgconn.Pipeline, s statement) error {
	got, err := wire.GetResults()
	rows, ok := got.(*pgconn.ResultReader)
	if err == nil && !ok {
		err = fmt.Errorf("unexpected %T", got)
	}
	if err != nil {
		return refusal(s.query, err)
	}
	a := &answer{rows: rows, types: p.conn.TypeMap(), query: s.query}
	for s.scan != nil && rows.NextRow() {
		if err := s.scan(a); err != nil {
			return err // what is left of it is read with the end of all
		}
	}
	if _, err := rows.Close(); err != nil {
		return refusal(s.query, err)
	}
	return nil
}

// prepare tells the server the statements that it does not know yet, in one
// round trip.
func (p *pipeline) prepare(ctx context.Context) error {
	var fresh []string
	for _, s := range p.queue {
		if _, known := p.known[s.query]; !known {
			p.known[s.query] = nil // once
			fresh = append(fresh, s.query)
		}
	}
	if len(fresh) == 0 {
		return nil
	}
	defer func() {
		for _, query := range fresh {
			if p.known[query] == nil {
				delete(p.known, query)
			}
		}
	}()
	wire := p.conn.PgConn().StartPipeline(ctx)
	first := p.named
	for _, query := range fresh {
		p.named++
		wire.SendPrepare("aside"+strconv.Itoa(p.named), query, nil)
	}
	if err := wire.Sync(); err != nil {
		_ = wire.Close()
		return err
	}
	for i, query := range fresh {
		got, err := wire.GetResults()
		d, ok := got.(*pgconn.StatementDescription)
		if err == nil && !ok {
			err = fmt.Errorf("unexpected %T", got)
		}
		if err != nil {
			_ = wire.Close()
			return refusal(query, err)
		}
		d.Name, d.SQL = "aside"+strconv.Itoa(first+i+1), query
		known := &prepared{StatementDescription: d}
		for _, f := range d.Fields {
			known.formats = append(known.formats, p.conn.TypeMap().FormatCodeForOID(f.DataTypeOID))
		}
		p.known[query] = known
	}
	return wire.Close()
}

// forget has the server let go of all prepared statements.
func (p *pipeline) forget(ctx context.Context) error {
	wire := p.conn.PgConn().StartPipeline(ctx)
	for _, known := range p.known {
		wire.SendDeallocate(known.Name)
	}
	clear(p.known)
	if err := wire.Sync(); err != nil {
		_ = wire.Close()
		return err
	}
	return wire.Close()
}

// refusal says which statement an error is about: one that waited is refused
// where another is run.
func refusal(query string, err error) error {
	what, _, _ := strings.Cut(query, "(")
	what = strings.Join(strings.Fields(what), " ")
	if len(what) > 60 {
		what = what[:60] + "…"
	}
	return fmt.Errorf("%s: %w", what, err)
}

// answer are the rows of a query, as they come.
type answer struct {
	wire  *pgconn.Pipeline
	rows  *pgconn.ResultReader
	types *pgtype.Map
	query string
	ended bool
	tag   pgconn.CommandTag
	err   error
}

// Next goes to the next row, as that of sql.Rows.
func (a *answer) Next() bool {
	if !a.ended && a.rows.NextRow() {
		return true
	}
	_, _ = a.end()
	return false
}

// Scan reads the row, as that of sql.Rows. Yes and no are numbers in many
// columns.
func (a *answer) Scan(to ...any) error {
	values, columns := a.rows.Values(), a.rows.FieldDescriptions()
	if a.ended || len(to) != len(columns) || len(to) != len(values) {
		return fmt.Errorf("%d places for %d columns", len(to), len(columns))
	}
	for i, column := range columns {
		place, yes := to[i], (*bool)(nil)
		var number int64
		if b, ok := place.(*bool); ok && column.DataTypeOID != pgtype.BoolOID {
			place, yes = &number, b
		}
		if err := a.types.Scan(column.DataTypeOID, column.Format, values[i], place); err != nil {
			return fmt.Errorf("column %d, %s: %w", i, column.Name, err)
		}
		if yes != nil {
			*yes = number != 0
		}
	}
	return nil
}

// Columns are the names of the columns.
func (a *answer) Columns() (names []string, err error) {
	for _, c := range a.rows.FieldDescriptions() {
		names = append(names, c.Name)
	}
	return names, nil
}

// Err is what ended the rows too early, once Next said that there are no more.
func (a *answer) Err() error { return a.err }

// Close reads what is left.
func (a *answer) Close() error {
	_, err := a.end()
	return err
}

func (a *answer) end() (pgconn.CommandTag, error) {
	if a.ended {
		return a.tag, a.err
	}
	a.ended = true
	var err error
	if a.tag, err = a.rows.Close(); err != nil {
		a.err = refusal(a.query, err)
	}
	if err := a.wire.Close(); err != nil && a.err == nil {
		a.err = refusal(a.query, err)
	}
	return a.tag, a.err
}
