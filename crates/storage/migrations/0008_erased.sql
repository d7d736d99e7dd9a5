-- Whether a message of the dialog was ever deleted: where none was, nobody need look for deleted ones to count what is unread.
ALTER TABLE dialogs ADD COLUMN erased boolean NOT NULL DEFAULT false;
UPDATE dialogs d SET erased = true
WHERE EXISTS (SELECT FROM messages m WHERE m.app = d.app AND m.dialog = d.id AND m.deleted_at IS NOT NULL);
