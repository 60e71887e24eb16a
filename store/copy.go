package store

import (
	"context"
	"crypto/sha256"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
)

// table is one that is copied: its rows in the order of its key.
type table struct {
	name string
	key  []string
	rows int // of a batch
}

const (
	copyRows   = 1000
	copyChunks = 16 // of 256 kB
)

// tables are all that a copy takes along, each behind those that it refers to.
// What is not here is the engine's own, or made anew: the search index.
func tables() []table {
	return []table{
		{"blob", []string{"id"}, copyRows}, {"blob_chunk", []string{"blob", "n"}, copyChunks}, {"holder", []string{"id"}, copyRows},
		{"ticket", []string{"number"}, copyRows}, {"tag", []string{"ticket", "name"}, copyRows}, {"field", []string{"ticket", "name"}, copyRows},
		{"room", []string{"ticket", "handle"}, copyRows}, {"conversation", []string{"id"}, copyRows}, {"agent_holder", []string{"id"}, copyRows},
		{"participant", []string{"id"}, copyRows}, {"inbound", []string{"id"}, copyRows}, {"message", []string{"id"}, copyRows},
		{"attachment", []string{"id"}, copyRows}, {"delivery", []string{"id"}, copyRows}, {"notice", []string{"id"}, copyRows},
		{"line_set", []string{"id"}, copyRows}, {"passage", []string{"ticket", "hash", "conversation", "kept"}, copyRows},
		{"passage_upto", []string{"ticket"}, copyRows}, {"event", []string{"ticket", "seq"}, copyRows}, {"hold", []string{"number"}, copyRows},
		{"hold_part", []string{"hold", "sha256"}, copyRows}, {"foreign_case", []string{"tag", "sender", "conversation"}, copyRows},
		{"limiter", []string{"kind", "subject"}, copyRows}, {"meta", []string{"key"}, copyRows},
	}
}

// where leaves out what belongs to one database alone: who runs on it, and the
// copy itself.
func (t table) where() string {
	if t.name == "meta" {
		return `key NOT IN ('copy', 'daemons')`
	}
	return "1 = 1"
}

// CopyStep is how far a copy is.
type CopyStep struct {
	Table       string
	Done, Total int64 // rows
	Checking    bool  // the table is compared, not copied
}

// Copied is what a copy came to.
type Copied struct {
	Rows    int64
	Tables  int
	Resumed bool // it went on where an earlier one had stopped
}

// ErrNotEmpty says that a copy would mix two installations.
var ErrNotEmpty = errors.New("there is something in it already: copy into a new, empty database")

// ErrUnfinished says that a copy into this database has not ended: half an
// installation must not be worked with.
var ErrUnfinished = errors.New("a copy into this database has not ended: run aside store copy again")

// copyMark is what the receiving database remembers of an unfinished copy, in
// the transaction that wrote the rows.
type copyMark struct {
	From  string `json:"from"`
	Table string `json:"table"` // the one that is being copied; those before it are done
	After []any  `json:"after"` // the key of its last row that is there
}

// Copy writes all of one store into another, empty one, of whichever engine,
// and compares both afterwards: the number of rows and a sum over their
// content. Stopped at any moment, it goes on where it was when called again.
// Nobody may change the first meanwhile; the comparison finds out.
func Copy(ctx context.Context, from, to *Store, tell func(CopyStep)) (*Copied, error) {
	c := &copying{from: from, to: to, tell: tell}
	if err := c.begin(ctx); err != nil {
		return nil, fmt.Errorf("copy %s to %s: %w", from.path, to.path, err)
	}
	err := from.viewAll(ctx, func(source *Tx) error {
		for _, t := range tables() {
			if err := c.table(ctx, source, t); err != nil {
				return fmt.Errorf("%s: %w", t.name, err)
			}
		}
		return to.viewAll(ctx, func(target *Tx) error { return c.compare(source, target) })
	})
	if err == nil {
		err = to.Update(ctx, func(tx *Tx) error {
			if err := tx.countOn(); err != nil {
				return err
			}
			return tx.exec(`DELETE FROM meta WHERE key = 'copy'`)
		})
	}
	if err != nil {
		return nil, fmt.Errorf("copy %s to %s: %w", from.path, to.path, err)
	}
	return &c.done, nil
}

type copying struct {
	from, to *Store
	tell     func(CopyStep)
	mark     copyMark
	done     Copied
}

// begin finds where an earlier copy stopped, or marks the target as one.
func (c *copying) begin(ctx context.Context) error {
	return c.to.Update(ctx, func(tx *Tx) error {
		text, err := tx.Meta("copy")
		if err != nil {
			return err
		}
		if text != "" {
			d := json.NewDecoder(strings.NewReader(text))
			d.UseNumber() // a hash has all 64 bits
			if err := d.Decode(&c.mark); err != nil {
				return fmt.Errorf("read how far the copy was: %w", err)
			}
			if c.mark.From != c.from.path {
				return fmt.Errorf("a copy of %s was begun here and has not ended: make the database anew", c.mark.From)
			}
			c.done.Resumed = true
			return nil
		}
		for _, t := range tables() {
			var some bool
			if err := tx.row(`SELECT EXISTS (SELECT 1 FROM ` + t.name + ` WHERE ` + t.where() + `)`).Scan(&some); err != nil {
				return err
			}
			if some {
				return ErrNotEmpty
			}
		}
		c.mark = copyMark{From: c.from.path, Table: tables()[0].name}
		return tx.saveMark(c.mark)
	})
}

func (tx *Tx) saveMark(m copyMark) error {
	text, err := json.Marshal(m)
	if err != nil {
		return err
	}
	return tx.SetMeta("copy", string(text))
}

// table copies what is missing of one table.
func (c *copying) table(ctx context.Context, source *Tx, t table) error {
	at := slices.IndexFunc(tables(), func(o table) bool { return o.name == c.mark.Table })
	if own := slices.IndexFunc(tables(), func(o table) bool { return o.name == t.name }); own < at {
		return nil
	}
	if c.mark.Table != t.name {
		c.mark.Table, c.mark.After = t.name, nil
	}
	columns, err := source.columns(t.name)
	if err != nil {
		return err
	}
	step := CopyStep{Table: t.name}
	if err := source.row(`SELECT count(*) FROM ` + t.name + ` WHERE ` + t.where()).Scan(&step.Total); err != nil {
		return err
	}
	if c.mark.After != nil {
		err := c.to.viewAll(ctx, func(tx *Tx) error {
			return tx.row(`SELECT count(*) FROM ` + t.name + ` WHERE ` + t.where()).Scan(&step.Done)
		})
		if err != nil {
			return err
		}
	}
	c.tell(step)
	for {
		rows, err := source.batch(t, columns, c.mark.After)
		if err != nil || len(rows) == 0 {
			return err
		}
		next := c.mark
		next.After = nil
		for _, k := range t.key {
			next.After = append(next.After, rows[len(rows)-1][slices.Index(columns, k)])
		}
		err = c.to.Update(ctx, func(tx *Tx) error { return errors.Join(tx.write(t.name, columns, rows), tx.saveMark(next)) })
		if err != nil {
			return fmt.Errorf("rows up to %v: %w", next.After, err)
		}
		c.mark = next
		step.Done += int64(len(rows))
		c.tell(step)
	}
}

// columns are a table's, in an order that is the same in both engines.
func (tx *Tx) columns(name string) ([]string, error) {
	rows, err := tx.q.query(tx.ctx, `SELECT * FROM `+name+` WHERE 1 = 0`)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	columns, err := rows.Columns()
	slices.Sort(columns)
	return columns, err
}

// batch reads the rows of a table that come after a key.
func (tx *Tx) batch(t table, columns []string, after []any) (out [][]any, err error) {
	where, args := t.where(), []any{}
	if after != nil {
		var holders []string
		for i, v := range after {
			if n, ok := v.(json.Number); ok {
				if v, err = n.Int64(); err != nil {
					return nil, err
				}
			}
			args = append(args, v)
			holders = append(holders, fmt.Sprintf("$%d", i+1))
		}
		where += ` AND (` + strings.Join(t.key, ", ") + `) > (` + strings.Join(holders, ", ") + `)`
	}
	query := fmt.Sprintf(`SELECT %s FROM %s WHERE %s ORDER BY %s LIMIT %d`, strings.Join(columns, ", "), t.name, where, strings.Join(t.key, ", "), t.rows)
	err = tx.each(func(r scanner) error {
		row, err := scanRow(r, len(columns))
		out = append(out, row)
		return err
	}, query, args...)
	return out, err
}

// scanRow reads a row as the engine has it: integers, texts, octets, NULL.
func scanRow(r scanner, n int) ([]any, error) {
	row, at := make([]any, n), make([]any, n)
	for i := range row {
		at[i] = &row[i]
	}
	err := r.Scan(at...)
	for i, v := range row {
		if b, octets := v.([]byte); octets && b == nil {
			row[i] = []byte{} // no octets are not NULL, which SQLite's driver gives as nil
		}
	}
	return row, err
}

// write adds rows as they are.
func (tx *Tx) write(name string, columns []string, rows [][]any) error {
	if tx.q.d.name == "postgres" {
		return tx.q.fail(tx.q.line.copy(tx.ctx, name, columns, rows))
	}
	var holders []string
	for i := range columns {
		holders = append(holders, fmt.Sprintf("$%d", i+1))
	}
	insert := `INSERT INTO ` + name + ` (` + strings.Join(columns, ", ") + `) VALUES (` + strings.Join(holders, ", ") + `)`
	for _, row := range rows {
		if err := tx.exec(insert, row...); err != nil {
			return err
		}
	}
	return nil
}

// countOn makes the numbers that the engine draws go on after those that came
// with the rows.
func (tx *Tx) countOn() error {
	if tx.q.d.name != "postgres" {
		return nil // SQLite counts on by itself
	}
	for _, t := range tables() {
		if len(t.key) > 1 || t.key[0] != "id" && t.key[0] != "number" || t.name == "inbound" {
			continue // its keys are no numbers that the engine draws
		}
		err := tx.exec(`SELECT setval(s, (SELECT max(` + t.key[0] + `) FROM ` + t.name + `))
			FROM (SELECT pg_get_serial_sequence('` + t.name + `', '` + t.key[0] + `') AS s) AS own
			WHERE s IS NOT NULL AND EXISTS (SELECT 1 FROM ` + t.name + `)`)
		if err != nil {
			return fmt.Errorf("count on in %s: %w", t.name, err)
		}
	}
	return nil
}

// errDiffers says that the copy is none.
var errDiffers = errors.New("the copy is not the same: was the first one changed meanwhile? Make the second anew, see that no daemon runs, and copy again")

// compare holds all rows of both against each other.
func (c *copying) compare(source, target *Tx) error {
	for _, t := range tables() {
		columns, err := source.columns(t.name)
		if err != nil {
			return err
		}
		other, err := target.columns(t.name)
		if err != nil {
			return err
		}
		if !slices.Equal(columns, other) {
			return fmt.Errorf("%s: columns %v and %v: %w", t.name, columns, other, errDiffers)
		}
		step := CopyStep{Table: t.name, Checking: true}
		if err := source.row(`SELECT count(*) FROM ` + t.name + ` WHERE ` + t.where()).Scan(&step.Total); err != nil {
			return err
		}
		rows, sum, err := source.sum(t, columns, func(n int64) { step.Done = n / 2; c.tell(step) })
		if err != nil {
			return fmt.Errorf("%s: %w", t.name, err)
		}
		got, gotSum, err := target.sum(t, columns, func(n int64) { step.Done = (rows + n) / 2; c.tell(step) })
		if err != nil {
			return fmt.Errorf("%s: %w", t.name, err)
		}
		if rows != got || sum != gotSum {
			return fmt.Errorf("%s: %d rows with the sum %x, and %d with %x: %w", t.name, rows, sum[0], got, gotSum[0], errDiffers)
		}
		step.Done = step.Total
		c.tell(step)
		c.done.Rows += rows
		c.done.Tables++
	}
	return nil
}

// sum counts a table's rows and adds up their digests, in whatever order they
// come.
func (tx *Tx) sum(t table, columns []string, tell func(int64)) (rows int64, total [4]uint64, err error) {
	err = tx.each(func(r scanner) error {
		row, err := scanRow(r, len(columns))
		if err != nil {
			return err
		}
		d := rowDigest(row)
		for i := range total {
			total[i] += binary.BigEndian.Uint64(d[8*i:])
		}
		if rows++; rows%copyRows == 0 {
			tell(rows)
		}
		return tx.ctx.Err()
	}, `SELECT `+strings.Join(columns, ", ")+` FROM `+t.name+` WHERE `+t.where())
	return rows, total, err
}

// rowDigest is a sum over a row's values with their kinds and lengths.
func rowDigest(row []any) [32]byte {
	h := sha256.New()
	put := func(kind byte, b []byte) {
		h.Write([]byte{kind})
		_ = binary.Write(h, binary.BigEndian, int64(len(b)))
		h.Write(b)
	}
	for _, v := range row {
		switch v := v.(type) {
		case nil:
			put('n', nil)
		case int64:
			put('i', binary.BigEndian.AppendUint64(nil, uint64(v)))
		case int32: // of a narrower column of PostgreSQL's
			put('i', binary.BigEndian.AppendUint64(nil, uint64(int64(v))))
		case string:
			put('t', []byte(v))
		case []byte:
			put('b', v)
		default:
			put('?', fmt.Appendf(nil, "%T %v", v, v))
		}
	}
	return [32]byte(h.Sum(nil))
}
