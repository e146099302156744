-- Times are text in UTC, as in 2026-05-04T07:12:00+00:00, so that they sort as they are.

CREATE TABLE IF NOT EXISTS people (
    handle TEXT PRIMARY KEY,
    display_name TEXT NOT NULL,
    email TEXT NOT NULL,
    avatar TEXT
);

-- A post, or a reply to one. It is shown until expires_at, or for ever without one.
CREATE TABLE IF NOT EXISTS activities (
    id INTEGER PRIMARY KEY,
    uuid TEXT NOT NULL UNIQUE,
    reply_to_activity_uuid TEXT REFERENCES activities (uuid),
    handle TEXT NOT NULL REFERENCES people (handle),
    message TEXT NOT NULL,
    likes_count INTEGER NOT NULL DEFAULT 0,
    created_at TEXT NOT NULL,
    expires_at TEXT
);

CREATE INDEX IF NOT EXISTS activities_by_handle ON activities (handle);
CREATE INDEX IF NOT EXISTS activities_by_parent ON activities (reply_to_activity_uuid);

CREATE TABLE IF NOT EXISTS messages (
    id INTEGER PRIMARY KEY,
    uuid TEXT NOT NULL UNIQUE,
    sender_handle TEXT NOT NULL REFERENCES people (handle),
    receiver_handle TEXT NOT NULL REFERENCES people (handle),
    message TEXT NOT NULL,
    created_at TEXT NOT NULL
);

-- What everybody may read: activities that have not expired, with their number of replies.
CREATE VIEW IF NOT EXISTS live_activities AS
SELECT
    activities.*,
    (
        SELECT count(*) FROM activities AS replies
        WHERE replies.reply_to_activity_uuid = activities.uuid
    ) AS replies_count
FROM activities
WHERE expires_at IS NULL OR expires_at > strftime('%Y-%m-%dT%H:%M:%S+00:00', 'now');

-- Every message twice: once for the person who sent it, once for the one who received it.
CREATE VIEW IF NOT EXISTS mailboxes AS
SELECT sender_handle AS owner, receiver_handle AS other, messages.* FROM messages
UNION ALL
SELECT receiver_handle AS owner, sender_handle AS other, messages.* FROM messages;
