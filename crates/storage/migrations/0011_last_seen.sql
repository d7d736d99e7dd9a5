-- When a user had a connection last. Written by edges when somebody goes offline: the only thing here that the log does not hold.
CREATE TABLE last_seen (
    app text COLLATE "C" NOT NULL,
    user_id text COLLATE "C" NOT NULL,
    at timestamptz NOT NULL,
    PRIMARY KEY (app, user_id)
) WITH (fillfactor = 80);
