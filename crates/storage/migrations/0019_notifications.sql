-- Up to which fact a participant need not be told of messages any more. Reading says the same as long as the pointer only moves
-- forward; what somebody marks as unread again is remembered here.
ALTER TABLE participants ADD COLUMN notified_seq bigint NOT NULL DEFAULT 0;

-- Nobody is told of what was unread before there were notifications.
UPDATE participants p SET notified_seq = d.seq FROM dialogs d WHERE d.app = p.app AND d.id = p.dialog;

-- How far the notifier has looked for messages in each shard's log. Moved by compare-and-set in the statement that writes what it found.
CREATE TABLE notifying (
    shard integer PRIMARY KEY,
    epoch text NOT NULL,
    log_seq bigint NOT NULL
) WITH (fillfactor = 50);

-- Dialogs whose timer is set and not answered: one row from the first message after quiet until the answer. Timers are the broker's; by
-- this table those that it loses are found.
CREATE TABLE awaited_notices (
    shard integer NOT NULL,
    app text COLLATE "C" NOT NULL,
    dialog uuid NOT NULL,
    -- The message for which a timer was set last.
    log_seq bigint NOT NULL,
    since timestamptz NOT NULL,
    -- An answer was begun: for the dialog's facts up to this one, and where the log ended then. Whoever gives it again gives the same.
    up_to bigint,
    up_to_log bigint,
    PRIMARY KEY (app, dialog)
) WITH (fillfactor = 70);

CREATE INDEX awaited_notices_by_age ON awaited_notices (shard, since);

-- Edges have no business here.
GRANT SELECT, INSERT, UPDATE, DELETE ON notifying, awaited_notices TO mtchat_worker;

ALTER TABLE awaited_notices ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY of_all_apps ON awaited_notices TO mtchat_worker USING (true) WITH CHECK (true);
