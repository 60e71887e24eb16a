-- Times are microseconds since 1970 UTC; 0 is "none". Ids named token or
-- holder are random 56-bit numbers that signed addresses carry: random, so
-- that a restored backup never hands an old token to a new conversation.

CREATE TABLE meta (
	key   TEXT PRIMARY KEY,
	value TEXT NOT NULL
) STRICT;

-- Raw mail and attachments, once by SHA-256, in chunks. sha256 is NULL while
-- the bytes still stream in.
CREATE TABLE blob (
	id         INTEGER PRIMARY KEY,
	sha256     TEXT UNIQUE,
	size       INTEGER NOT NULL,
	touched_at INTEGER NOT NULL
) STRICT;

CREATE TABLE blob_chunk (
	blob INTEGER NOT NULL REFERENCES blob (id) ON DELETE CASCADE,
	n    INTEGER NOT NULL,
	data BLOB NOT NULL,
	UNIQUE (blob, n)
) STRICT;

CREATE TABLE holder (
	id    INTEGER PRIMARY KEY,
	agent TEXT NOT NULL UNIQUE
) STRICT;

-- An outsider got hold of an agent's token of one conversation: from then on
-- the agent has another holder id there, and the earlier ones are ended.
CREATE TABLE agent_holder (
	id           INTEGER PRIMARY KEY,
	conversation INTEGER NOT NULL, -- 0 for what belongs to no ticket
	agent        TEXT NOT NULL,
	since        INTEGER NOT NULL
) STRICT;

CREATE INDEX agent_holder_of ON agent_holder (conversation, agent, since);

CREATE TABLE ticket (
	number         INTEGER PRIMARY KEY AUTOINCREMENT,
	desk           TEXT NOT NULL,
	subject        TEXT NOT NULL,
	requester      TEXT NOT NULL,
	requester_name TEXT NOT NULL,
	status         TEXT NOT NULL CHECK (status IN ('open', 'pending', 'snoozed', 'resolved', 'merged')),
	turn           TEXT NOT NULL CHECK (turn IN ('team', 'customer')),
	assignee       TEXT NOT NULL DEFAULT '',
	team           TEXT NOT NULL,
	lead           TEXT NOT NULL DEFAULT '',
	priority       TEXT NOT NULL DEFAULT '',
	snoozed_until  INTEGER NOT NULL DEFAULT 0,
	resolved_at    INTEGER NOT NULL DEFAULT 0,
	resolves_at    INTEGER NOT NULL DEFAULT 0, -- a bare "thanks" opened it; it resolves itself then
	merged_into    INTEGER NOT NULL DEFAULT 0,
	successor      INTEGER NOT NULL DEFAULT 0,
	version        INTEGER NOT NULL DEFAULT 1,
	audience_count INTEGER NOT NULL DEFAULT 1,
	created_at     INTEGER NOT NULL,
	updated_at     INTEGER NOT NULL
) STRICT;

CREATE INDEX ticket_open_of ON ticket (requester, number) WHERE status IN ('open', 'pending', 'snoozed'); -- in the order that is asked for
CREATE INDEX ticket_status ON ticket (status, updated_at);
CREATE INDEX ticket_assignee ON ticket (assignee, status, updated_at);
CREATE INDEX ticket_snoozed ON ticket (snoozed_until) WHERE status = 'snoozed';
CREATE INDEX ticket_merged ON ticket (merged_into) WHERE merged_into > 0;
CREATE INDEX ticket_resolves ON ticket (resolves_at) WHERE resolves_at > 0;

CREATE TABLE tag (
	ticket INTEGER NOT NULL REFERENCES ticket (number),
	name   TEXT NOT NULL,
	PRIMARY KEY (ticket, name)
) STRICT, WITHOUT ROWID;

CREATE TABLE field (
	ticket INTEGER NOT NULL REFERENCES ticket (number),
	name   TEXT NOT NULL,
	value  TEXT NOT NULL,
	PRIMARY KEY (ticket, name)
) STRICT, WITHOUT ROWID;

CREATE TABLE room (
	ticket INTEGER NOT NULL REFERENCES ticket (number),
	handle TEXT NOT NULL,
	why    TEXT NOT NULL,
	since  INTEGER NOT NULL,
	PRIMARY KEY (ticket, handle)
) STRICT, WITHOUT ROWID;

CREATE INDEX room_handle ON room (handle);

CREATE TABLE conversation (
	id              INTEGER PRIMARY KEY,
	ticket          INTEGER NOT NULL REFERENCES ticket (number),
	kind            TEXT NOT NULL CHECK (kind IN ('customer', 'side', 'notes')),
	token           INTEGER NOT NULL UNIQUE,
	subject         TEXT NOT NULL,
	tag             TEXT NOT NULL DEFAULT '',
	state           TEXT NOT NULL DEFAULT '',
	due_at          INTEGER NOT NULL DEFAULT 0,
	read_only       INTEGER NOT NULL DEFAULT 0,
	customer_copied INTEGER NOT NULL DEFAULT 0,
	created_at      INTEGER NOT NULL,
	UNIQUE (id, kind)
) STRICT;

CREATE INDEX conversation_ticket ON conversation (ticket);
CREATE UNIQUE INDEX conversation_one_customer ON conversation (ticket) WHERE kind = 'customer';
CREATE UNIQUE INDEX conversation_one_notes ON conversation (ticket) WHERE kind = 'notes';
CREATE INDEX conversation_due ON conversation (due_at) WHERE due_at > 0 AND state = 'waiting';

-- A notes conversation has no participants: kind is part of the key that a
-- participant refers to, and 'notes' is not allowed here.
CREATE TABLE participant (
	id           INTEGER PRIMARY KEY,
	conversation INTEGER NOT NULL,
	kind         TEXT NOT NULL CHECK (kind IN ('customer', 'side')),
	address      TEXT NOT NULL,
	name         TEXT NOT NULL,
	role         TEXT NOT NULL CHECK (role IN ('to', 'cc')),
	holder       INTEGER NOT NULL UNIQUE,
	since        INTEGER NOT NULL,
	until        INTEGER NOT NULL DEFAULT 0,
	audience_at  INTEGER NOT NULL,
	FOREIGN KEY (conversation, kind) REFERENCES conversation (id, kind),
	UNIQUE (conversation, id)
) STRICT;

CREATE UNIQUE INDEX participant_once ON participant (conversation, address) WHERE until = 0;
CREATE INDEX participant_address ON participant (address);

-- Who a participant is never changes, and who left does not come back: another
-- row with another holder does.
CREATE TRIGGER participant_fixed BEFORE UPDATE OF id, conversation, kind, address, holder ON participant
BEGIN SELECT RAISE(ABORT, 'constraint failed: a participant stays who it is'); END;
CREATE TRIGGER participant_ended BEFORE UPDATE OF until ON participant WHEN old.until <> 0
BEGIN SELECT RAISE(ABORT, 'constraint failed: an ended participation stays ended'); END;
CREATE TRIGGER conversation_fixed BEFORE UPDATE OF id, kind, token ON conversation
BEGIN SELECT RAISE(ABORT, 'constraint failed: a conversation keeps its kind'); END;

CREATE TABLE inbound (
	id           TEXT PRIMARY KEY,
	session      TEXT NOT NULL,
	channel      TEXT NOT NULL,
	mail_from    TEXT NOT NULL,
	recipients   TEXT NOT NULL, -- JSON
	from_address TEXT NOT NULL,
	subject      TEXT NOT NULL,
	message_id   TEXT NOT NULL,
	digest       TEXT NOT NULL,
	raw          TEXT NOT NULL REFERENCES blob (sha256),
	received_at  INTEGER NOT NULL,
	outcome      TEXT NOT NULL,
	acted        INTEGER NOT NULL DEFAULT 0, -- it was carried out as an agent's
	ticket       INTEGER NOT NULL DEFAULT 0,
	conversation INTEGER NOT NULL DEFAULT 0,
	message      INTEGER NOT NULL DEFAULT 0,
	signal       TEXT NOT NULL DEFAULT '',
	reason       TEXT NOT NULL DEFAULT '',
	sender       TEXT NOT NULL DEFAULT '' -- who speaks, and what proves it
) STRICT;

-- The same mail delivered twice is one mail. Without a Message-ID the digest
-- alone decides.
CREATE UNIQUE INDEX inbound_once ON inbound (message_id, digest);
CREATE INDEX inbound_message ON inbound (message);

-- leaves is 1 for what an agent or aside itself wrote to contacts, and for
-- nothing else: a delivery refers to it, so that a contact's own mail or a
-- note cannot be queued to anybody, whatever the code above does.
CREATE TABLE message (
	id           INTEGER PRIMARY KEY,
	conversation INTEGER NOT NULL REFERENCES conversation (id),
	token        INTEGER NOT NULL UNIQUE,
	kind         TEXT NOT NULL CHECK (kind IN ('inbound', 'outbound', 'note', 'auto', 'system')),
	leaves       INTEGER NOT NULL CHECK (leaves = (kind IN ('outbound', 'system'))),
	verified     INTEGER NOT NULL DEFAULT 0,
	listed       INTEGER NOT NULL DEFAULT 1, -- its Message-ID may stand in References of this conversation
	relayed      INTEGER NOT NULL DEFAULT 0,
	origin       INTEGER NOT NULL DEFAULT 0, -- the conversation of another ticket that it was split off from
	reply_to     INTEGER NOT NULL DEFAULT 0,
	created_at   INTEGER NOT NULL,
	sum          INTEGER NOT NULL, -- CRC-32C of what it says and who says it, for verify
	author       TEXT NOT NULL,
	author_name  TEXT NOT NULL,
	message_id   TEXT NOT NULL DEFAULT '',
	inbound      TEXT NOT NULL DEFAULT '',
	subject      TEXT NOT NULL,
	text         TEXT NOT NULL, -- what may be long stands last: SQLite reads a row from its beginning
	html         TEXT NOT NULL,
	elided       TEXT NOT NULL DEFAULT '',
	UNIQUE (conversation, id, leaves)
) STRICT;

-- Else a note or a contact's mail could be made into something that leaves.
CREATE TRIGGER message_fixed BEFORE UPDATE OF id, kind, leaves, token ON message
BEGIN SELECT RAISE(ABORT, 'constraint failed: a message keeps its kind'); END;

CREATE INDEX message_foreign ON message (message_id) WHERE message_id <> '';
CREATE INDEX message_said ON message (conversation, kind, author, created_at); -- what is counted of a long conversation
CREATE INDEX message_stranger ON message (conversation) WHERE listed = 0 AND kind = 'inbound'; -- of who takes no part
CREATE INDEX message_origin ON message (origin) WHERE origin > 0;

CREATE TABLE attachment (
	id         INTEGER PRIMARY KEY,
	message    INTEGER NOT NULL REFERENCES message (id),
	n          INTEGER NOT NULL,
	name       TEXT NOT NULL,
	type       TEXT NOT NULL,
	content_id TEXT NOT NULL,
	inline     INTEGER NOT NULL,
	sha256     TEXT NOT NULL REFERENCES blob (sha256),
	size       INTEGER NOT NULL,
	UNIQUE (message, n)
) STRICT;

CREATE INDEX attachment_blob ON attachment (sha256);
CREATE INDEX inbound_raw ON inbound (raw);

-- One message on its way to one contact. Both composite keys name the same
-- conversation, so a message never goes to somebody outside its own.
CREATE TABLE delivery (
	id           INTEGER PRIMARY KEY,
	token        INTEGER NOT NULL UNIQUE,
	conversation INTEGER NOT NULL,
	message      INTEGER NOT NULL,
	leaves       INTEGER NOT NULL DEFAULT 1 CHECK (leaves = 1),
	participant  INTEGER NOT NULL,
	automatic    INTEGER NOT NULL DEFAULT 0,
	state        TEXT NOT NULL CHECK (state IN ('queued', 'sent', 'failed', 'cancelled', 'bounced')),
	attempts     INTEGER NOT NULL DEFAULT 0, -- how often it was claimed
	untried      INTEGER NOT NULL DEFAULT 0, -- how many of them said nothing of this mail
	next_at      INTEGER NOT NULL,
	lease_until  INTEGER NOT NULL DEFAULT 0,
	lease_by     TEXT NOT NULL DEFAULT '', -- the daemon that claimed it last
	session      TEXT NOT NULL DEFAULT '', -- of SMTP, whose mail led to it; for the log
	code         INTEGER NOT NULL DEFAULT 0,
	detail       TEXT NOT NULL DEFAULT '',
	delay_told   INTEGER NOT NULL DEFAULT 0,
	created_at   INTEGER NOT NULL,
	finished_at  INTEGER NOT NULL DEFAULT 0,
	FOREIGN KEY (conversation, message, leaves) REFERENCES message (conversation, id, leaves),
	FOREIGN KEY (conversation, participant) REFERENCES participant (conversation, id),
	UNIQUE (message, participant)
) STRICT;

CREATE INDEX delivery_due ON delivery (next_at) WHERE state = 'queued';
CREATE INDEX delivery_leased ON delivery (lease_until) WHERE state = 'queued' AND lease_until > 0;
CREATE INDEX delivery_failed ON delivery (id) WHERE state = 'failed';
CREATE INDEX delivery_participant ON delivery (participant);
CREATE INDEX delivery_cancelled ON delivery (message) WHERE state = 'cancelled'; -- of what never left

CREATE TABLE notice (
	id           INTEGER PRIMARY KEY,
	token        INTEGER NOT NULL UNIQUE,
	agent        TEXT NOT NULL,
	holder       INTEGER NOT NULL, -- the agent's in that conversation when it was made
	kind         TEXT NOT NULL,
	desk         TEXT NOT NULL,
	ticket       INTEGER NOT NULL DEFAULT 0,
	conversation INTEGER NOT NULL DEFAULT 0,
	message      INTEGER NOT NULL DEFAULT 0,
	hold         INTEGER NOT NULL DEFAULT 0, -- the hold that it tells of
	shown        INTEGER NOT NULL DEFAULT 0, -- the message that it shows where its words are its own
	address      TEXT NOT NULL,
	from_name    TEXT NOT NULL,
	reply_name   TEXT NOT NULL,
	subject      TEXT NOT NULL,
	important    INTEGER NOT NULL DEFAULT 0,
	audience_at  INTEGER NOT NULL DEFAULT 0,
	state        TEXT NOT NULL CHECK (state IN ('queued', 'sent', 'failed', 'cancelled', 'bounced')),
	attempts     INTEGER NOT NULL DEFAULT 0, -- how often it was claimed
	untried      INTEGER NOT NULL DEFAULT 0, -- how many of them said nothing of this mail
	next_at      INTEGER NOT NULL,
	lease_until  INTEGER NOT NULL DEFAULT 0,
	lease_by     TEXT NOT NULL DEFAULT '', -- the daemon that claimed it last
	session      TEXT NOT NULL DEFAULT '', -- of SMTP, whose mail led to it; for the log
	code         INTEGER NOT NULL DEFAULT 0,
	detail       TEXT NOT NULL DEFAULT '',
	delay_told   INTEGER NOT NULL DEFAULT 0,
	created_at   INTEGER NOT NULL,
	finished_at  INTEGER NOT NULL DEFAULT 0,
	text         TEXT NOT NULL DEFAULT '',
	html         TEXT NOT NULL DEFAULT '',
	facts        TEXT NOT NULL DEFAULT '' -- JSON: what its frame shows, which is drawn when it is claimed
) STRICT;

CREATE INDEX notice_due ON notice (next_at) WHERE state = 'queued';
CREATE INDEX notice_leased ON notice (lease_until) WHERE state = 'queued' AND lease_until > 0;
CREATE INDEX notice_failed ON notice (id) WHERE state = 'failed';
CREATE INDEX notice_thread ON notice (agent, conversation, id);

-- Keyed hashes of the lines that aside sent or received in a ticket, eight
-- octets each, one row a message or frame.
CREATE TABLE line_set (
	id           INTEGER PRIMARY KEY,
	ticket       INTEGER NOT NULL,
	conversation INTEGER NOT NULL, -- 0 for frames of notices
	message      INTEGER NOT NULL, -- 0 for frames
	hashes       BLOB NOT NULL
) STRICT;

CREATE INDEX line_set_ticket ON line_set (ticket);
CREATE INDEX line_set_message ON line_set (message) WHERE message > 0;

-- Keyed hashes of the passages and addresses in a ticket's messages, by which
-- the leak guard knows them again, whatever the ticket's length. A ticket's
-- rows are written when an agent's words first leave it, up to the message in
-- passage_upto, and removed when it is resolved. heard is a sum: 1 where we wrote
-- the words to the conversation's contacts, 2 where one of them did, 4 where the
-- first who ever took part in it has had them, 8 the second, and so on.
CREATE TABLE passage (
	ticket       INTEGER NOT NULL,
	hash         INTEGER NOT NULL,
	conversation INTEGER NOT NULL,
	kept         INTEGER NOT NULL, -- it stands in no message, and could not be made anew
	heard        INTEGER NOT NULL,
	PRIMARY KEY (ticket, hash, conversation, kept)
) STRICT, WITHOUT ROWID;

CREATE TABLE passage_upto (
	ticket  INTEGER PRIMARY KEY,
	message INTEGER NOT NULL
) STRICT;

CREATE TABLE event (
	ticket INTEGER NOT NULL REFERENCES ticket (number),
	seq    INTEGER NOT NULL,
	at     INTEGER NOT NULL,
	actor  TEXT NOT NULL,
	kind   TEXT NOT NULL,
	data   TEXT NOT NULL, -- JSON
	salt   BLOB NOT NULL,
	digest BLOB NOT NULL,
	hash   BLOB NOT NULL,
	PRIMARY KEY (ticket, seq)
) STRICT, WITHOUT ROWID;

CREATE TABLE hold (
	number     INTEGER PRIMARY KEY AUTOINCREMENT,
	agent      TEXT NOT NULL,
	ticket     INTEGER NOT NULL DEFAULT 0,
	kind       TEXT NOT NULL,
	inbound    TEXT NOT NULL REFERENCES inbound (id),
	mail       TEXT NOT NULL, -- JSON of the inbound mail as it was read
	guards     TEXT NOT NULL, -- JSON: the names of what was found
	reasons    TEXT NOT NULL, -- JSON: the same as the receipt showed it
	hearers    TEXT NOT NULL, -- JSON: who would have heard it, names and addresses
	meant      TEXT NOT NULL, -- JSON: whom its commands named, the same
	holders    TEXT NOT NULL, -- JSON: the agent's holder ids that counted when it came
	place      TEXT NOT NULL DEFAULT '', -- where its text would have gone
	passage    TEXT NOT NULL, -- the text that waits, or its beginning
	notice     INTEGER NOT NULL DEFAULT 0,
	state      TEXT NOT NULL,
	code_hash  TEXT NOT NULL DEFAULT '',
	told_to    TEXT NOT NULL DEFAULT '', -- the address that its code went to
	told_at    INTEGER NOT NULL DEFAULT 0,
	recalls    INTEGER NOT NULL DEFAULT 0,
	again      INTEGER NOT NULL DEFAULT 0,
	next_at    INTEGER NOT NULL DEFAULT 0,
	created_at INTEGER NOT NULL
) STRICT;

CREATE INDEX hold_waiting ON hold (next_at) WHERE state = 'waiting' AND next_at > 0;
CREATE INDEX hold_agent ON hold (agent, state);

CREATE TABLE hold_part (
	hold   INTEGER NOT NULL REFERENCES hold (number),
	sha256 TEXT NOT NULL REFERENCES blob (sha256),
	PRIMARY KEY (hold, sha256)
) STRICT, WITHOUT ROWID;

CREATE INDEX hold_part_blob ON hold_part (sha256);

-- The vendor's own ticket tag, learned from its answers.
CREATE TABLE foreign_case (
	tag          TEXT NOT NULL,
	sender       TEXT NOT NULL,
	conversation INTEGER NOT NULL REFERENCES conversation (id),
	PRIMARY KEY (tag, sender, conversation)
) STRICT, WITHOUT ROWID;

CREATE INDEX foreign_case_conversation ON foreign_case (conversation);

CREATE TABLE limiter (
	kind    TEXT NOT NULL,
	subject TEXT NOT NULL,
	at      INTEGER NOT NULL,
	PRIMARY KEY (kind, subject)
) STRICT, WITHOUT ROWID;

CREATE INDEX limiter_at ON limiter (at);
