-- A user's list looks at each of their dialogs, and a hash is half the way that a tree is. It costs nothing but a dialog's creation:
-- what a message changes is in no index.
CREATE INDEX dialogs_by_id ON dialogs USING hash (id);
