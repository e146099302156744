-- Queries of CloudWatch Logs Insights and what they found.
CREATE TABLE cloudwatch_insights_queries (
    number INTEGER PRIMARY KEY,        -- in the order of their start
    id TEXT NOT NULL UNIQUE,
    created_ms INTEGER NOT NULL,       -- since 1970
    duration_ms INTEGER NOT NULL,
    query TEXT NOT NULL,
    group_names TEXT NOT NULL,         -- JSON array
    status TEXT NOT NULL,              -- Scheduled, Running, Complete or Cancelled
    records_matched INTEGER NOT NULL,
    records_scanned INTEGER NOT NULL,
    bytes_scanned INTEGER NOT NULL
);

CREATE TABLE cloudwatch_insights_rows (
    query_id TEXT NOT NULL,
    position INTEGER NOT NULL,         -- from 0
    fields TEXT NOT NULL,              -- JSON object, in the query's order
    PRIMARY KEY (query_id, position)
) WITHOUT ROWID;
