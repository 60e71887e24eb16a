package leak

import (
	"database/sql"
	"fmt"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/stdlib"
)

// actsPostgres is actsSchema for PostgreSQL, whose triggers call functions.
const actsPostgres = `
CREATE TABLE act (id BIGSERIAL PRIMARY KEY, tab TEXT NOT NULL, what TEXT NOT NULL, actor TEXT NOT NULL, ticket BIGINT NOT NULL);
CREATE FUNCTION act_of() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	CASE TG_ARGV[0]
	WHEN 'event' THEN
		INSERT INTO act (tab, what, actor, ticket) VALUES ('event', new.kind, new.actor, new.ticket);
	WHEN 'message' THEN
		INSERT INTO act (tab, what, actor, ticket) SELECT 'message', new.kind, new.author, ticket FROM conversation WHERE id = new.conversation;
	WHEN 'delivery' THEN
		INSERT INTO act (tab, what, actor, ticket) SELECT 'delivery', 'queued', m.author, c.ticket FROM message m, conversation c
		WHERE m.id = new.message AND c.id = new.conversation;
	WHEN 'joined' THEN
		INSERT INTO act (tab, what, actor, ticket) SELECT 'participant', 'joined ' || kind || ' ' || tag, new.address, ticket FROM conversation WHERE id = new.conversation;
	WHEN 'left' THEN
		INSERT INTO act (tab, what, actor, ticket) SELECT 'participant', 'left', new.address, ticket FROM conversation WHERE id = new.conversation;
	WHEN 'status' THEN
		INSERT INTO act (tab, what, actor, ticket) VALUES ('ticket', 'status ' || new.status, '', new.number);
	WHEN 'turn' THEN
		INSERT INTO act (tab, what, actor, ticket) VALUES ('ticket', 'turn ' || new.turn, '', new.number);
	WHEN 'other' THEN
		INSERT INTO act (tab, what, actor, ticket) VALUES ('ticket', 'owner, name, priority or customer', '', new.number);
	WHEN 'hold' THEN
		INSERT INTO act (tab, what, actor, ticket) VALUES ('hold', new.state, new.agent, new.ticket);
	WHEN 'token' THEN
		INSERT INTO act (tab, what, actor, ticket) SELECT 'token', 'ended', new.agent, ticket FROM conversation WHERE id = new.conversation;
	WHEN 'ticket' THEN
		INSERT INTO act (tab, what, actor, ticket) VALUES ('ticket', 'opened', new.requester, new.number);
	END CASE;
	RETURN NULL;
END $$;
CREATE TRIGGER act_event AFTER INSERT ON event FOR EACH ROW EXECUTE FUNCTION act_of('event');
CREATE TRIGGER act_message AFTER INSERT ON message FOR EACH ROW WHEN (new.kind IN ('outbound', 'note')) EXECUTE FUNCTION act_of('message');
CREATE TRIGGER act_delivery AFTER INSERT ON delivery FOR EACH ROW WHEN (new.automatic = 0) EXECUTE FUNCTION act_of('delivery');
CREATE TRIGGER act_joined AFTER INSERT ON participant FOR EACH ROW EXECUTE FUNCTION act_of('joined');
CREATE TRIGGER act_left AFTER UPDATE ON participant FOR EACH ROW WHEN (new.until <> old.until) EXECUTE FUNCTION act_of('left');
CREATE TRIGGER act_status AFTER UPDATE ON ticket FOR EACH ROW WHEN (new.status <> old.status) EXECUTE FUNCTION act_of('status');
CREATE TRIGGER act_turn AFTER UPDATE ON ticket FOR EACH ROW WHEN (new.turn <> old.turn) EXECUTE FUNCTION act_of('turn');
CREATE TRIGGER act_other AFTER UPDATE ON ticket FOR EACH ROW WHEN (
	(new.assignee, new.team, new.lead, new.priority, new.subject, new.requester, new.merged_into) IS DISTINCT FROM
	(old.assignee, old.team, old.lead, old.priority, old.subject, old.requester, old.merged_into)) EXECUTE FUNCTION act_of('other');
CREATE TRIGGER act_hold AFTER UPDATE ON hold FOR EACH ROW WHEN (new.state <> old.state) EXECUTE FUNCTION act_of('hold');
CREATE TRIGGER act_token AFTER INSERT ON agent_holder FOR EACH ROW EXECUTE FUNCTION act_of('token');
CREATE TRIGGER act_ticket AFTER INSERT ON ticket FOR EACH ROW EXECUTE FUNCTION act_of('ticket');
CREATE INDEX act_inbound ON message (inbound);
`

// watchPostgres adds the log to a store's database and opens it for reading.
func watchPostgres(dsn string) (*sql.DB, error) {
	c, err := pgx.ParseConfig(dsn)
	if err != nil {
		return nil, fmt.Errorf("opening the log of acts: %w", err)
	}
	db := stdlib.OpenDB(*c)
	db.SetMaxOpenConns(1)
	if _, err := db.Exec(actsPostgres, pgx.QueryExecModeSimpleProtocol); err != nil {
		_ = db.Close()
		return nil, fmt.Errorf("making the log of acts: %w", err)
	}
	return db, nil
}
