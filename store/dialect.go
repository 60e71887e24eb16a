package store

// dialect is what the engines say differently. Every other query has one text
// for both: $1 is bound by its number in either.
type dialect struct {
	name       string
	migrations string // the folder of the schema
	registry   string // makes the table of what was applied
	view       string // begins a View
	returning  bool   // a new row's id is asked for with RETURNING
	// content stores bytes under their sum, in one statement; empty where that
	// takes several.
	content string
	// integers is a table with one column, value, of the integers of a JSON
	// list in a placeholder, each once.
	integers func(placeholder string) string
	// texts is the same of texts.
	texts func(placeholder string) string
	// byInteger is FROM and WHERE for the rows of tables whose column is one of
	// the integers of a JSON list in a placeholder, found by that column's index.
	byInteger func(placeholder, tables, column string) string
	// byText is the same of texts.
	byText func(placeholder, tables, column string) string
	// elements is a table with one column, value, of the objects of a JSON list.
	elements func(placeholder string) string
	// unclaimed goes behind a query for rows to take on, of the table with that
	// name: what another transaction takes on at this moment is passed by.
	unclaimed func(table string) string
	// hold makes a transaction the only one that changes a ticket; empty where
	// there is only one writer anyway.
	hold string
	// batch and batchOctets are how much the search index takes in one
	// transaction: in PostgreSQL mail waits for the same disk meanwhile.
	batch, batchOctets int
	// firstFound and mostFound are how many messages with some words are looked
	// at: the first of them, and all.
	firstFound, mostFound int
}

func sqliteDialect() *dialect {
	return &dialect{
		name: "sqlite", migrations: "migrations", view: "BEGIN",
		registry:  `CREATE TABLE IF NOT EXISTS migration (number INTEGER PRIMARY KEY, name TEXT NOT NULL, at INTEGER NOT NULL, sum TEXT NOT NULL) STRICT`,
		integers:  func(p string) string { return "json_each(" + p + ")" },
		texts:     func(p string) string { return "json_each(" + p + ")" },
		byInteger: listed, byText: listed,
		elements:  func(p string) string { return "json_each(" + p + ")" },
		unclaimed: func(string) string { return "" },
		batch:     200, batchOctets: 1 << 20,
		firstFound: 256, mostFound: 10000,
	}
}

func postgresDialect() *dialect {
	return &dialect{
		name: "postgres", migrations: "migrations/postgres", view: "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY", returning: true,
		content: `WITH kept AS (INSERT INTO blob (sha256, size, touched_at) VALUES ($1, $2, $3)
				ON CONFLICT (sha256) DO UPDATE SET touched_at = excluded.touched_at RETURNING id)
			INSERT INTO blob_chunk (blob, n, data) SELECT id, 0, $4 FROM kept WHERE CAST($2 AS BIGINT) > 0 ON CONFLICT (blob, n) DO NOTHING`,
		registry: `CREATE TABLE IF NOT EXISTS migration (number INTEGER PRIMARY KEY, name TEXT NOT NULL, at BIGINT NOT NULL, sum TEXT NOT NULL)`,
		integers: func(p string) string {
			return "(SELECT DISTINCT CAST(j AS BIGINT) AS value FROM json_array_elements_text(CAST(" + p + " AS json)) AS j)"
		},
		texts: func(p string) string {
			return "(SELECT DISTINCT j AS value FROM json_array_elements_text(CAST(" + p + " AS json)) AS j)"
		},
		byInteger: func(p, tables, column string) string { return inArray(p, tables, column, "CAST(j AS BIGINT)") },
		byText:    func(p, tables, column string) string { return inArray(p, tables, column, "j") },
		elements:  func(p string) string { return "json_array_elements(CAST(" + p + " AS json))" },
		unclaimed: func(table string) string { return " FOR NO KEY UPDATE OF " + table + " SKIP LOCKED" },
		hold:      `UPDATE ticket SET version = version WHERE number = $1`,
		batch:     50, batchOctets: 256 << 10,
		firstFound: 2000, mostFound: 2000, // each time all that match are read
	}
}

// listed joins a list to tables.
func listed(placeholder, tables, column string) string {
	return " FROM json_each(" + placeholder + ") e CROSS JOIN " + tables + " WHERE " + column + " = e.value"
}

// inArray has the list as an array, which is known before the rows are looked
// for: joined to it, a table that was small when the query was planned would be
// read whole until it is analyzed.
func inArray(placeholder, tables, column, element string) string {
	return " FROM " + tables + " WHERE " + column + " = ANY (ARRAY(SELECT " + element + " FROM json_array_elements_text(CAST(" + placeholder + " AS json)) AS j))"
}
