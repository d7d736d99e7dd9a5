-- Dialogs that were put out of everybody's sight because nothing was said in them for long: the seq of that fact, until something is said
-- again. Who takes such a dialog out of their archive by hand keeps it in sight, because it is not archived once more before that.
ALTER TABLE dialogs ADD COLUMN auto_archived_seq bigint;

-- On which day something happened last. An index may not name active_at, which changes with every message; the day changes once a day.
ALTER TABLE dialogs ADD COLUMN active_on date NOT NULL GENERATED ALWAYS AS ((active_at AT TIME ZONE 'UTC')::date) STORED;

-- Those that may be due, the longest idle first.
CREATE INDEX dialogs_idle ON dialogs (active_on, app, id) WHERE NOT deleted AND auto_archived_seq IS NULL;

-- Runs of jobs that are to run once in the whole deployment, by the moment for which each was planned. The id is that of the run that
-- worked on it last: who finds another one there is not the one any more.
CREATE TABLE job_runs (
    job text COLLATE "C" NOT NULL,
    scheduled_at timestamptz NOT NULL,
    id uuid NOT NULL,
    began_at timestamptz NOT NULL,
    finished_at timestamptz,
    outcome text COLLATE "C",
    done bigint NOT NULL DEFAULT 0,
    PRIMARY KEY (job, scheduled_at)
);

GRANT SELECT, INSERT, UPDATE, DELETE ON job_runs TO mtchat_worker;
