-- The projection of the log, shaped for queries.
--
-- Every key leads with the app. There are no foreign keys: one projector per shard writes all of this in the log's order,
-- and checking what it has decided already would cost as much as the writing. Ids and external ids compare by bytes
-- (COLLATE "C"), which is their meaning and several times cheaper than a language's order.

-- How far each shard's log is applied. Moved by compare-and-set in the transaction that applies.
CREATE TABLE projection (
    shard integer PRIMARY KEY,
    epoch text NOT NULL,
    log_seq bigint NOT NULL,
    -- The fact at log_seq; a log that has another one there lost its tail.
    fact_id uuid
) WITH (fillfactor = 50);

-- One row a dialog. seq, count, log_seq and active_at change with every message, so no index may name them: then each change
-- is a heap-only update in the room that fillfactor leaves. A deleted dialog keeps a bare row, so that a replay of the log does
-- not bring it back.
CREATE TABLE dialogs (
    id uuid NOT NULL,
    seq bigint NOT NULL,
    count bigint NOT NULL,
    log_seq bigint NOT NULL,
    members_rev bigint NOT NULL,
    -- The seq at which the access rules were set.
    rules_seq bigint NOT NULL,
    created_at timestamptz NOT NULL,
    -- The last message, else the creation.
    active_at timestamptz NOT NULL,
    frozen boolean NOT NULL,
    deleted boolean NOT NULL DEFAULT false,
    app text COLLATE "C" NOT NULL,
    object_type text COLLATE "C" NOT NULL,
    object_id text COLLATE "C" NOT NULL,
    created_by text COLLATE "C",
    title text,
    object_url text,
    -- json, not jsonb: returned as it was given.
    meta json,
    -- Equal for equal sets of access rules, whatever their order.
    rules_key bytea NOT NULL,
    PRIMARY KEY (app, id)
) WITH (fillfactor = 70, toast_tuple_target = 256);

CREATE INDEX dialogs_by_object ON dialogs (app, object_type, object_id, created_at, id) WHERE NOT deleted;

-- Everybody who is or was in a dialog. Who left stays as a row that is not present: messages keep their sender's name, a replay
-- does not bring anybody back, and the place of their own messages is known when they return.
CREATE TABLE participants (
    dialog uuid NOT NULL,
    -- The seq at which they came in last, and the seq at which they came or went last.
    joined_seq bigint NOT NULL,
    changed_seq bigint NOT NULL,
    joined_at timestamptz NOT NULL,
    -- How far they have read: ordinal and seq of that message.
    read_count bigint NOT NULL DEFAULT 0,
    read_seq bigint NOT NULL DEFAULT 0,
    last_read_message_id uuid,
    -- The seq of their own newest message, of any stay.
    own_seq bigint NOT NULL DEFAULT 0,
    -- Among those who came in with the same fact.
    position integer NOT NULL,
    present boolean NOT NULL,
    archived boolean NOT NULL DEFAULT false,
    pinned boolean NOT NULL DEFAULT false,
    notifications boolean NOT NULL DEFAULT true,
    app text COLLATE "C" NOT NULL,
    user_id text COLLATE "C" NOT NULL,
    joined_as text COLLATE "C" NOT NULL,
    display_name text NOT NULL,
    company text,
    email text,
    phone text,
    PRIMARY KEY (app, dialog, user_id)
) WITH (fillfactor = 80);

CREATE INDEX participants_by_user ON participants (app, user_id, dialog) WHERE present;

-- The rules that a dialog had from seq on; only the newest set is kept.
CREATE TABLE access_rules (
    dialog uuid NOT NULL,
    seq bigint NOT NULL,
    position integer NOT NULL,
    id uuid NOT NULL,
    created_at timestamptz NOT NULL,
    app text COLLATE "C" NOT NULL,
    level0 text[] NOT NULL,
    level1 text[] NOT NULL,
    level2 text[] NOT NULL,
    PRIMARY KEY (app, dialog, seq, position)
);

-- The timeline. A message without ordinal is the dialog's own (system): it has no sender and never counts. A deleted message
-- keeps a bare row, which still is a place in the order.
CREATE TABLE messages (
    dialog uuid NOT NULL,
    id uuid NOT NULL,
    seq bigint NOT NULL,
    ordinal bigint,
    log_seq bigint NOT NULL,
    sent_at timestamptz NOT NULL,
    edited_at timestamptz,
    -- The seq of the last edit.
    edit_seq bigint NOT NULL DEFAULT 0,
    deleted_at timestamptz,
    reply_to uuid,
    app text COLLATE "C" NOT NULL,
    sender_id text COLLATE "C",
    content text NOT NULL,
    PRIMARY KEY (app, dialog, id),
    UNIQUE (app, dialog, seq)
);

-- For unread: costs nothing but a deletion.
CREATE INDEX messages_deleted ON messages (app, dialog, ordinal) WHERE deleted_at IS NOT NULL;

-- What a message said before each of its edits.
CREATE TABLE message_versions (
    dialog uuid NOT NULL,
    message uuid NOT NULL,
    -- The edit that replaced this content.
    seq bigint NOT NULL,
    edited_at timestamptz NOT NULL,
    app text COLLATE "C" NOT NULL,
    content text NOT NULL,
    PRIMARY KEY (app, dialog, message, seq)
);

-- What the log holds and the projection could not take.
CREATE TABLE dead_letters (
    shard integer NOT NULL,
    epoch text NOT NULL,
    log_seq bigint NOT NULL,
    at timestamptz NOT NULL DEFAULT now(),
    subject text NOT NULL,
    reason text NOT NULL,
    payload bytea NOT NULL,
    PRIMARY KEY (shard, epoch, log_seq)
);
