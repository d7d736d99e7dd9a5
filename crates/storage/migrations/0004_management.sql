-- Roles of participants, keys of dialogs that are found or created, and the list of an app's dialogs.

ALTER TABLE participants
    ADD COLUMN role text COLLATE "C" NOT NULL DEFAULT 'member',
    -- The seq at which the role was given, so that a replay does not bring an earlier one back.
    ADD COLUMN role_seq bigint NOT NULL DEFAULT 0;

-- Under which key of its object a dialog is found again. The log says that no two living dialogs have the same one.
ALTER TABLE dialogs ADD COLUMN key text COLLATE "C";

CREATE INDEX dialogs_by_key ON dialogs (app, object_type, object_id, key, created_at) WHERE key IS NOT NULL AND NOT deleted;

-- An app's dialogs, newest first, and those of one kind of object.
CREATE INDEX dialogs_by_age ON dialogs (app, created_at, id) WHERE NOT deleted;
CREATE INDEX dialogs_by_type ON dialogs (app, object_type, created_at, id) WHERE NOT deleted;
