-- Host applications beside those of the configuration. Few rows, read whole by every edge every few seconds.
CREATE TABLE apps (
    id text COLLATE "C" PRIMARY KEY,
    -- SHA-256 of each token of the Management API; the tokens themselves are kept nowhere.
    admin_tokens bytea[] NOT NULL DEFAULT '{}',
    -- [{"algorithm", "key"}]: a shared secret for HS256, else a public key as PEM.
    keys jsonb NOT NULL DEFAULT '[]',
    audience text[] NOT NULL DEFAULT '{}',
    issuer text[] NOT NULL DEFAULT '{}',
    enabled boolean NOT NULL DEFAULT true,
    created_at timestamptz NOT NULL DEFAULT now()
);
