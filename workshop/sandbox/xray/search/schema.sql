-- Transaction Search: one row, its switch and the one indexing rule.
CREATE TABLE xray_search (
    destination TEXT NOT NULL,         -- XRay or CloudWatchLogs
    percentage REAL NOT NULL,          -- of traces that are indexed as summaries
    rule_modified_ns INTEGER NOT NULL
);
INSERT INTO xray_search (destination, percentage, rule_modified_ns) VALUES ('XRay', 1, 0);

CREATE TABLE xray_retrievals (
    token TEXT PRIMARY KEY,
    created_ns INTEGER NOT NULL,
    trace_ids TEXT NOT NULL,           -- JSON array
    start_ns INTEGER NOT NULL,
    end_ns INTEGER NOT NULL,
    status TEXT NOT NULL               -- RUNNING, COMPLETE or CANCELLED
) WITHOUT ROWID;
