-- Endpoints that hosts make themselves, beside the one that is configured.
ALTER TABLE webhook_endpoints
    ADD COLUMN description text NOT NULL DEFAULT '',
    -- Only events of dialogs with one of these types of object; NULL: of all.
    ADD COLUMN object_types text[],
    -- The host has told it to wait. Its place in the log stays.
    ADD COLUMN paused boolean NOT NULL DEFAULT false,
    -- Until when the second and later secrets sign as well; NULL: as long as they are there.
    ADD COLUMN old_secrets_until timestamptz,
    -- Since when nothing was delivered although something was tried; NULL: it takes what it is told.
    ADD COLUMN failing_since timestamptz,
    -- Raised by whoever changes the row or asks for something: the deliverer begins anew with what it says then.
    ADD COLUMN revision bigint NOT NULL DEFAULT 0,
    -- Asked for by the Management API; the deliverer removes everything of it at its next look.
    ADD COLUMN deleted boolean NOT NULL DEFAULT false,
    -- Under which idempotency key it was made, and by which request: a repeat finds it.
    ADD COLUMN created_by_key text COLLATE "C",
    ADD COLUMN created_by_request text COLLATE "C";
CREATE UNIQUE INDEX webhook_endpoints_by_key ON webhook_endpoints (app, created_by_key)
    WHERE created_by_key IS NOT NULL AND NOT deleted;

ALTER TABLE webhook_positions
    -- Asked for: go back to behind this entry of the log. Taken by the deliverer when it begins.
    ADD COLUMN rewind_to bigint,
    -- What stands up to here is marked `replayed` (it had been passed before).
    ADD COLUMN replayed_to bigint NOT NULL DEFAULT 0;

-- Which fact it was about, so that it can be delivered again. What was tried before this migration can not be.
ALTER TABLE webhook_deliveries ADD COLUMN fact_id uuid NOT NULL DEFAULT '00000000-0000-0000-0000-000000000000';

-- What is told once and does not stand in the log: test events, and what operators of hosts must know.
CREATE TABLE webhook_notes (
    app text COLLATE "C" NOT NULL,
    endpoint text COLLATE "C" NOT NULL,
    id uuid NOT NULL,
    event text COLLATE "C" NOT NULL,
    payload jsonb NOT NULL,
    failures bigint NOT NULL DEFAULT 0,
    due timestamptz NOT NULL DEFAULT now(),
    at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (app, endpoint, id)
);

GRANT SELECT, INSERT, UPDATE, DELETE ON webhook_notes TO mtchat_worker;
ALTER TABLE webhook_notes ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY of_all_apps ON webhook_notes TO mtchat_worker USING (true) WITH CHECK (true);

-- Edges make and change endpoints and ask for things; what was delivered only workers say.
GRANT SELECT, INSERT, UPDATE ON webhook_endpoints, webhook_positions, webhook_pending TO mtchat_edge;
GRANT SELECT, DELETE ON webhook_dead_letters TO mtchat_edge;
GRANT SELECT ON webhook_deliveries TO mtchat_edge;
GRANT SELECT, INSERT ON webhook_notes TO mtchat_edge;

DO $$
DECLARE
    name text;
BEGIN
    FOREACH name IN ARRAY ARRAY['webhook_endpoints', 'webhook_positions', 'webhook_pending', 'webhook_dead_letters',
        'webhook_deliveries', 'webhook_notes'] LOOP
        EXECUTE format('CREATE POLICY of_one_app ON %I TO mtchat_edge USING (app = (SELECT current_setting(''mtchat.app'', true)))
            WITH CHECK (app = (SELECT current_setting(''mtchat.app'', true)))', name);
    END LOOP;
END $$;
