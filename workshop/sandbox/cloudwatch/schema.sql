-- Tables of CloudWatch Logs. All times are milliseconds since 1970.
CREATE TABLE cloudwatch_log_groups (
    name TEXT PRIMARY KEY,
    created_ms INTEGER NOT NULL,
    retention_days INTEGER,            -- null: events never expire
    log_group_class TEXT NOT NULL,     -- STANDARD or INFREQUENT_ACCESS
    tags TEXT NOT NULL                 -- JSON object
) WITHOUT ROWID;

CREATE TABLE cloudwatch_log_streams (
    group_name TEXT NOT NULL,
    name TEXT NOT NULL,
    created_ms INTEGER NOT NULL,
    -- Of the events that were taken; null until there are any.
    first_event_ms INTEGER,
    last_event_ms INTEGER,
    last_ingestion_ms INTEGER,
    PRIMARY KEY (group_name, name)
) WITHOUT ROWID;

CREATE TABLE cloudwatch_log_events (
    id INTEGER PRIMARY KEY,            -- in the order of arrival
    group_name TEXT NOT NULL,
    stream_name TEXT NOT NULL,
    timestamp_ms INTEGER NOT NULL,     -- as its sender says
    ingestion_ms INTEGER NOT NULL,     -- when it arrived
    message TEXT NOT NULL
);
CREATE INDEX cloudwatch_log_events_by_time ON cloudwatch_log_events (group_name, timestamp_ms);
CREATE INDEX cloudwatch_log_events_by_stream
    ON cloudwatch_log_events (group_name, stream_name, timestamp_ms);
