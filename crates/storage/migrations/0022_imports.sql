-- Dialogs that were brought here from the database of an existing deployment (`mtchat import`). The row says that a dialog need not be
-- brought again, also when it has been deleted here since.
CREATE TABLE imported_dialogs (
    app text COLLATE "C" NOT NULL,
    dialog uuid NOT NULL,
    -- SHA-256 of all that was brought.
    source_hash bytea NOT NULL,
    imported_at timestamptz NOT NULL DEFAULT now(),
    -- Whether it was read back here and was the same.
    verified boolean NOT NULL DEFAULT false,
    PRIMARY KEY (app, dialog)
);

-- Edges have no business here.
GRANT SELECT, INSERT, UPDATE, DELETE ON imported_dialogs TO mtchat_worker;

ALTER TABLE imported_dialogs ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY of_all_apps ON imported_dialogs TO mtchat_worker USING (true) WITH CHECK (true);
