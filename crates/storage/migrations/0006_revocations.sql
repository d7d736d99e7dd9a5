-- Users whose tokens are not all good. The only table besides dead letters that no log stands behind: a host's word about identity
-- is no fact of a dialog.
CREATE TABLE revocations (
    -- No token is good that was made before, nor one that does not say when.
    not_before timestamptz,
    changed_at timestamptz NOT NULL,
    banned boolean NOT NULL,
    app text COLLATE "C" NOT NULL,
    user_id text COLLATE "C" NOT NULL,
    PRIMARY KEY (app, user_id)
);

-- What edges have not read yet.
CREATE INDEX revocations_by_change ON revocations (changed_at, app, user_id);
