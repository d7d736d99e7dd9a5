-- What an app has of its own beside its static keys. NULL and empty: as configured for all.
ALTER TABLE apps
    -- Where it publishes its keys (RFC 7517). An operator's word; no token ever names one.
    ADD COLUMN jwks_url text,
    -- Web pages that may call and open sockets.
    ADD COLUMN origins text[] NOT NULL DEFAULT '{}',
    -- {"app": {"per_second", "burst"}, "user": {"per_second", "burst"}, "sockets", "dialogs_per_minute", "participants"}
    ADD COLUMN limits jsonb NOT NULL DEFAULT '{}';
