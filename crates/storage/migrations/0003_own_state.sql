-- Archived is arithmetic: the dialog's count when it was archived. It is archived until the dialog's count is a further one, so a
-- message brings it back for everybody without a row for each of them.
ALTER TABLE participants ADD COLUMN archived_count bigint;

UPDATE participants p SET archived_count = d.count
FROM dialogs d
WHERE p.archived AND d.app = p.app AND d.id = p.dialog;

ALTER TABLE participants DROP COLUMN archived;

-- Whom a message brings a dialog back for. Nearly always nobody, and then this is empty.
CREATE INDEX participants_archived ON participants (app, dialog) WHERE archived_count IS NOT NULL;
