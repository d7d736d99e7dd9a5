-- Of which messages a participant wants to be told: of none without `notifications`, else of all, or of those that mention them or
-- answer a message of theirs.
ALTER TABLE participants ADD COLUMN mentions_only boolean NOT NULL DEFAULT false;

-- Whom a message mentions, as the edge that took it found: only who was in the dialog then. Null: nobody, and all older messages.
ALTER TABLE messages ADD COLUMN mentions text[] COLLATE "C";

-- What may be meant for somebody in particular. Most messages are not in it.
CREATE INDEX messages_addressed ON messages (app, dialog, seq) WHERE mentions IS NOT NULL OR reply_to IS NOT NULL;

-- Somebody has begun this answer before and may have told some: it is given to all. And how often in a row an answer put off those who
-- had the dialog on the screen.
ALTER TABLE awaited_notices ADD COLUMN again boolean NOT NULL DEFAULT false, ADD COLUMN put_off integer NOT NULL DEFAULT 0;
