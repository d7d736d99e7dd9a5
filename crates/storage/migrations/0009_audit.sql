-- What hosts and operators have done, one chain an app: each entry's hash is over the entry and the hash before it, so nothing in it
-- can be changed, left out or put in without breaking every later one.
CREATE TABLE audit_log (
    app text COLLATE "C" NOT NULL,
    seq bigint NOT NULL,
    at timestamptz NOT NULL,
    actor text COLLATE "C" NOT NULL,
    action text COLLATE "C" NOT NULL,
    dialog uuid,
    user_id text COLLATE "C",
    -- The fact of the log that it was, so that a replay adds nothing.
    fact uuid,
    -- JSON as text: hashed byte by byte.
    details text NOT NULL,
    hash bytea NOT NULL,
    PRIMARY KEY (app, seq)
);

CREATE UNIQUE INDEX audit_log_fact ON audit_log (app, fact) WHERE fact IS NOT NULL;

-- The end of each chain; whoever adds to it holds this row.
CREATE TABLE audit_heads (
    app text COLLATE "C" PRIMARY KEY,
    seq bigint NOT NULL,
    hash bytea NOT NULL
) WITH (fillfactor = 50);

CREATE FUNCTION audit_log_is_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'the audit log is only added to';
END $$;

CREATE TRIGGER audit_log_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_log
    FOR EACH STATEMENT EXECUTE FUNCTION audit_log_is_append_only();
