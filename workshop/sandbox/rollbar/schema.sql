-- An item: all occurrences of one fingerprint in one environment.
CREATE TABLE rollbar_items (
    id INTEGER PRIMARY KEY,
    counter INTEGER NOT NULL UNIQUE,   -- from 1, as in the addresses of Rollbar's pages
    environment TEXT NOT NULL,
    fingerprint TEXT NOT NULL,
    title TEXT NOT NULL,
    level TEXT NOT NULL,
    status TEXT NOT NULL,              -- active, resolved or muted
    framework TEXT NOT NULL,           -- this and the next two: 'unknown' where it was not sent
    platform TEXT NOT NULL,
    language TEXT NOT NULL,
    activating_occurrence_id INTEGER NOT NULL,
    last_activated INTEGER NOT NULL,   -- seconds since 1970, as all times below
    last_resolved INTEGER,             -- null while it never was
    UNIQUE (environment, fingerprint)
);

CREATE TABLE rollbar_occurrences (
    id INTEGER PRIMARY KEY,
    item_id INTEGER NOT NULL REFERENCES rollbar_items (id),
    uuid TEXT NOT NULL UNIQUE,
    received_ns INTEGER NOT NULL,      -- since 1970
    timestamp INTEGER NOT NULL,        -- when it happened, as it says itself
    person_id TEXT,
    user_ip TEXT,
    data TEXT NOT NULL                 -- JSON, all that was sent below "data"
);
CREATE INDEX rollbar_occurrences_by_item ON rollbar_occurrences (item_id, id);
CREATE INDEX rollbar_occurrences_by_time ON rollbar_occurrences (timestamp);
