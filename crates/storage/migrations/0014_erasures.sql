-- People who are to be forgotten, and how far that is. The row stays as the proof that it was done; it says no more than their id.
CREATE TABLE erasures (
    app text COLLATE "C" NOT NULL,
    user_id text COLLATE "C" NOT NULL,
    requested_at timestamptz NOT NULL,
    finished_at timestamptz,
    dialogs bigint NOT NULL DEFAULT 0,
    messages bigint NOT NULL DEFAULT 0,
    facts bigint NOT NULL DEFAULT 0,
    PRIMARY KEY (app, user_id)
);

CREATE INDEX erasures_pending ON erasures (requested_at) WHERE finished_at IS NULL;

-- Dialogs that somebody has left.
CREATE INDEX participants_gone_by_user ON participants (app, user_id, dialog) WHERE NOT present;
