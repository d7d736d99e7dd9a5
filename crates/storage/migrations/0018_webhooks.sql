-- Where hosts want to be told of what happens. The one that is configured keeps its secrets and events in the configuration; its row says
-- whether it is switched on, and which address that is about.
CREATE TABLE webhook_endpoints (
    app text COLLATE "C" NOT NULL,
    endpoint text COLLATE "C" NOT NULL,
    url text NOT NULL,
    -- Signed with each of them, so that they can be changed without a break.
    secrets text[] NOT NULL DEFAULT '{}',
    -- The events that it wants; NULL: all.
    events text[],
    -- Whether bodies have `data` beside `payload`.
    with_data boolean NOT NULL DEFAULT true,
    -- Why it is switched off; NULL: it is on.
    disabled text,
    created_at timestamptz NOT NULL DEFAULT now(),
    changed_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (app, endpoint)
);

-- How far each endpoint is in each shard's log: everything up to there was delivered, waits below, or was given up. Every write of whoever
-- delivers raises the turn it knows; who finds another one is not the one any more.
CREATE TABLE webhook_positions (
    app text COLLATE "C" NOT NULL,
    endpoint text COLLATE "C" NOT NULL,
    shard integer NOT NULL,
    epoch text NOT NULL,
    log_seq bigint NOT NULL,
    turn bigint NOT NULL DEFAULT 0,
    PRIMARY KEY (app, endpoint, shard)
) WITH (fillfactor = 50);

-- Events that an endpoint did not take yet, and those of the same dialog that wait behind them. What they say stands in the log and only
-- there, so what is erased there is erased here.
CREATE TABLE webhook_pending (
    app text COLLATE "C" NOT NULL,
    endpoint text COLLATE "C" NOT NULL,
    shard integer NOT NULL,
    log_seq bigint NOT NULL,
    dialog uuid NOT NULL,
    -- Another fact at log_seq is not the one that was meant.
    fact_id uuid NOT NULL,
    event text COLLATE "C" NOT NULL,
    failures bigint NOT NULL,
    -- When it failed first, and when it is tried again; NULL: it waits for the one before it.
    failing_since timestamptz,
    due timestamptz,
    last_status integer,
    last_error text,
    PRIMARY KEY (app, endpoint, shard, log_seq)
);

-- Events that were given up.
CREATE TABLE webhook_dead_letters (
    app text COLLATE "C" NOT NULL,
    endpoint text COLLATE "C" NOT NULL,
    shard integer NOT NULL,
    log_seq bigint NOT NULL,
    dialog uuid NOT NULL,
    fact_id uuid NOT NULL,
    event text COLLATE "C" NOT NULL,
    failures bigint NOT NULL,
    failing_since timestamptz,
    last_status integer,
    last_error text,
    at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (app, endpoint, shard, log_seq, fact_id)
);

-- The newest tries, for whoever wants to know what an endpoint answered.
CREATE TABLE webhook_deliveries (
    app text COLLATE "C" NOT NULL,
    endpoint text COLLATE "C" NOT NULL,
    no bigint NOT NULL GENERATED ALWAYS AS IDENTITY,
    event_id uuid NOT NULL,
    event text COLLATE "C" NOT NULL,
    dialog uuid NOT NULL,
    shard integer NOT NULL,
    log_seq bigint NOT NULL,
    attempt bigint NOT NULL,
    outcome text COLLATE "C" NOT NULL,
    status integer,
    error text,
    latency_ms bigint NOT NULL,
    body_sha256 bytea NOT NULL,
    at timestamptz NOT NULL,
    PRIMARY KEY (app, endpoint, no)
);

-- Edges have no business here yet.
GRANT SELECT, INSERT, UPDATE, DELETE ON webhook_endpoints, webhook_positions, webhook_pending, webhook_dead_letters, webhook_deliveries
    TO mtchat_worker;

DO $$
DECLARE
    name text;
BEGIN
    FOREACH name IN ARRAY ARRAY['webhook_endpoints', 'webhook_positions', 'webhook_pending', 'webhook_dead_letters',
        'webhook_deliveries'] LOOP
        EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY', name);
        EXECUTE format('CREATE POLICY of_all_apps ON %I TO mtchat_worker USING (true) WITH CHECK (true)', name);
    END LOOP;
END $$;
