-- The tables of an existing deployment, as `mtchat import` finds them.
CREATE EXTENSION IF NOT EXISTS pg_trgm;

CREATE TABLE dialogs (
    id uuid PRIMARY KEY,
    object_id text NOT NULL,
    object_type varchar(100) NOT NULL,
    title varchar(500),
    object_url text,
    created_by text,
    created_at timestamptz NOT NULL DEFAULT now(),
    meta jsonb
);
CREATE INDEX idx_dialogs_title ON dialogs USING gin (title gin_trgm_ops);

CREATE TABLE messages (
    id uuid PRIMARY KEY,
    dialog_id uuid NOT NULL REFERENCES dialogs (id) ON DELETE CASCADE,
    sender_id text,
    content text NOT NULL,
    sent_at timestamptz NOT NULL DEFAULT now(),
    last_edited_at timestamptz,
    reply_to_id uuid REFERENCES messages (id) ON DELETE SET NULL,
    message_type varchar(20) NOT NULL DEFAULT 'user' CHECK (message_type IN ('user', 'system'))
);
CREATE INDEX idx_messages_dialog ON messages (dialog_id, id DESC);

CREATE TABLE dialog_participants (
    user_id text NOT NULL,
    dialog_id uuid NOT NULL REFERENCES dialogs (id) ON DELETE CASCADE,
    last_read_message_id uuid REFERENCES messages (id) ON DELETE SET NULL,
    joined_at timestamptz NOT NULL DEFAULT now(),
    joined_as varchar(50) NOT NULL DEFAULT 'participant',
    notifications_enabled boolean NOT NULL DEFAULT true,
    unread_count integer NOT NULL DEFAULT 0,
    display_name varchar(255),
    company varchar(255),
    email varchar(255),
    phone varchar(50),
    is_archived boolean NOT NULL DEFAULT false,
    is_pinned boolean NOT NULL DEFAULT false,
    PRIMARY KEY (user_id, dialog_id)
);
CREATE INDEX idx_participants_dialog ON dialog_participants (dialog_id);

CREATE TABLE dialog_access_scopes (
    id uuid PRIMARY KEY,
    dialog_id uuid NOT NULL REFERENCES dialogs (id) ON DELETE CASCADE,
    scope_level0 text[] NOT NULL DEFAULT '{}',
    scope_level1 text[] NOT NULL DEFAULT '{}',
    scope_level2 text[] NOT NULL DEFAULT '{}',
    created_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX idx_scopes_dialog ON dialog_access_scopes (dialog_id);

CREATE TABLE message_edit_history (
    id uuid PRIMARY KEY,
    message_id uuid NOT NULL REFERENCES messages (id) ON DELETE CASCADE,
    old_content text NOT NULL,
    edited_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX idx_edits_message ON message_edit_history (message_id);

CREATE TABLE attachments (
    id uuid PRIMARY KEY,
    message_id uuid NOT NULL REFERENCES messages (id) ON DELETE CASCADE,
    filename varchar(255) NOT NULL,
    content_type varchar(100) NOT NULL,
    size bigint NOT NULL CHECK (size > 0 AND size <= 104857600),
    s3_key varchar(512) NOT NULL UNIQUE,
    created_at timestamptz NOT NULL DEFAULT now(),
    width integer,
    height integer,
    thumbnail_s3_key varchar(500)
);
CREATE INDEX idx_attachments_message ON attachments (message_id);
