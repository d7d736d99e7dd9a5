-- What members have put on messages. A reaction that was taken away stays as a row that is not present, so that a replay of the
-- log does not bring it back. Leaving a dialog does not take reactions away.
CREATE TABLE reactions (
    dialog uuid NOT NULL,
    message uuid NOT NULL,
    -- The fact that decided the row.
    seq bigint NOT NULL,
    present boolean NOT NULL,
    app text COLLATE "C" NOT NULL,
    emoji text COLLATE "C" NOT NULL,
    user_id text COLLATE "C" NOT NULL,
    PRIMARY KEY (app, dialog, message, emoji, user_id)
) WITH (fillfactor = 90);

-- The words of user messages, for search. Written by the indexer, behind and apart from the projection, so that a message costs
-- nothing for it on its way. The words also name the dialog (`:<id>`) and the app (`@<app>`), which no word of a text can do:
-- so one index finds words and narrows to dialogs at once. A row may be behind its message, or outlive it for a moment; what
-- is shown is always read from the message.
CREATE TABLE message_words (
    dialog uuid NOT NULL,
    message uuid NOT NULL,
    -- The fact that said these words.
    seq bigint NOT NULL,
    sent_at timestamptz NOT NULL,
    app text COLLATE "C" NOT NULL,
    words tsvector NOT NULL,
    PRIMARY KEY (app, dialog, message)
);

-- Every search reads what waits to be put in order, so little may wait.
CREATE INDEX message_words_by_word ON message_words USING gin (words) WITH (gin_pending_list_limit = 512);

-- How far each shard's log is indexed. Moved by compare-and-set in the transaction that indexes.
CREATE TABLE indexing (
    shard integer PRIMARY KEY,
    epoch text NOT NULL,
    log_seq bigint NOT NULL
) WITH (fillfactor = 50);
