-- Files of messages. What readers see of them stands with the message; here is to which message an upload belongs, and where the bytes
-- are.
ALTER TABLE messages ADD COLUMN attachments json;

CREATE TABLE attachments (
    app text COLLATE "C" NOT NULL,
    id uuid NOT NULL,
    dialog uuid NOT NULL,
    message uuid NOT NULL,
    file_key text COLLATE "C" NOT NULL,
    upload_key text COLLATE "C" NOT NULL,
    thumbnail boolean NOT NULL,
    PRIMARY KEY (app, id)
);

CREATE INDEX attachments_by_message ON attachments (app, dialog, message);
CREATE INDEX attachments_by_key ON attachments (file_key);

-- Bytes that nobody needs any more from a moment on, until they are deleted.
CREATE TABLE doomed_files (
    file_key text COLLATE "C" NOT NULL PRIMARY KEY,
    due timestamptz NOT NULL
);

CREATE INDEX doomed_files_due ON doomed_files (due);

-- How far the look for bytes that belong to nothing has come.
CREATE TABLE file_sweeps (
    area text COLLATE "C" NOT NULL PRIMARY KEY,
    after_key text COLLATE "C" NOT NULL
);

GRANT SELECT, INSERT, UPDATE, DELETE ON attachments, doomed_files, file_sweeps TO mtchat_worker;
GRANT SELECT ON attachments TO mtchat_edge;

ALTER TABLE attachments ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY of_all_apps ON attachments TO mtchat_worker USING (true) WITH CHECK (true);
CREATE POLICY of_one_app ON attachments TO mtchat_edge USING (app = (SELECT current_setting('mtchat.app', true)))
    WITH CHECK (app = (SELECT current_setting('mtchat.app', true)));
