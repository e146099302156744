-- All tables of the sandbox. A change here needs a new SCHEMA_VERSION in store.py.

-- Exports as they came: each is one ExportTraceServiceRequest.
CREATE TABLE honeycomb_exports (
    id INTEGER PRIMARY KEY,            -- in the order of arrival
    last_ns INTEGER NOT NULL,          -- of its latest event, since 1970
    traces_so_far INTEGER NOT NULL,    -- in it and in all before it
    events_so_far INTEGER NOT NULL,
    body BLOB NOT NULL
);
CREATE INDEX honeycomb_exports_by_time ON honeycomb_exports (last_ns);

-- What an export has of a trace in a dataset. Events are counted as Honeycomb counts them: a span,
-- a span event and a link is one each.
CREATE TABLE honeycomb_parts (
    trace_id TEXT NOT NULL,
    export_id INTEGER NOT NULL REFERENCES honeycomb_exports (id),
    dataset TEXT NOT NULL,
    start_ns INTEGER NOT NULL,         -- of its earliest span
    events INTEGER NOT NULL,
    PRIMARY KEY (trace_id, export_id, dataset)
) WITHOUT ROWID;
CREATE INDEX honeycomb_parts_by_start ON honeycomb_parts (start_ns);

-- A trace starts with its earliest part.
CREATE VIEW honeycomb_traces AS
SELECT trace_id, start_ns FROM honeycomb_parts AS part
WHERE NOT EXISTS (
    SELECT 1 FROM honeycomb_parts AS other
    WHERE other.trace_id = part.trace_id AND
        (other.start_ns, other.export_id, other.dataset)
        < (part.start_ns, part.export_id, part.dataset)
);

CREATE TABLE refusals (
    id INTEGER PRIMARY KEY,
    time_ns INTEGER NOT NULL,
    vendor TEXT NOT NULL,
    kind TEXT NOT NULL,
    status INTEGER NOT NULL,
    reason TEXT NOT NULL,
    path TEXT NOT NULL,
    user_agent TEXT NOT NULL
);
CREATE INDEX refusals_by_time ON refusals (time_ns);

-- Segments and subsegments as they were sent; a later document of the same id takes its place.
CREATE TABLE xray_segment_documents (
    row_id INTEGER PRIMARY KEY,        -- in the order of arrival
    received_ns INTEGER NOT NULL,
    trace_id TEXT NOT NULL,
    id TEXT NOT NULL,
    name TEXT NOT NULL,
    in_progress INTEGER NOT NULL,
    searched INTEGER NOT NULL DEFAULT 0, -- it arrived while Transaction Search was on
    indexed INTEGER NOT NULL DEFAULT 1,  -- and its trace was to get a summary all the same
    document TEXT NOT NULL
);
CREATE UNIQUE INDEX xray_segment_documents_by_id ON xray_segment_documents (trace_id, id);
CREATE INDEX xray_segment_documents_by_time ON xray_segment_documents (received_ns);

-- Traces of which documents have arrived since they were last read.
CREATE TABLE xray_unindexed (
    trace_id TEXT PRIMARY KEY,
    time_ns INTEGER NOT NULL,          -- of the request, as far as these documents tell
    indexed INTEGER NOT NULL           -- as of the documents above
) WITHOUT ROWID;
CREATE INDEX xray_unindexed_by_time ON xray_unindexed (time_ns, trace_id);

-- All below is made anew from a trace's documents when it is read after one has arrived.
-- Booleans are 0 or 1; times end in _ns (since 1970), lengths of time are seconds.
CREATE TABLE xray_traces (
    trace_id TEXT PRIMARY KEY,
    time_ns INTEGER NOT NULL,          -- of the request, as the id says
    updated_ns INTEGER NOT NULL,       -- when its latest document arrived
    ended_ns INTEGER NOT NULL,         -- of its latest segment
    draw REAL NOT NULL,                -- from 0 to 1, for a fixed rate of summaries
    searched INTEGER NOT NULL DEFAULT 0, -- of its documents some, and likewise below
    indexed INTEGER NOT NULL DEFAULT 1,
    partial INTEGER NOT NULL,
    inferred INTEGER NOT NULL,
    duration REAL NOT NULL,
    -- Of its root segment; null where that has not arrived.
    response_time REAL,
    ok INTEGER,
    error INTEGER,
    throttle INTEGER,
    fault INTEGER,
    http_status INTEGER,
    http_url TEXT,
    http_method TEXT,
    user_agent TEXT,
    client_ip TEXT,
    summary TEXT NOT NULL              -- JSON, as GetTraceSummaries answers
) WITHOUT ROWID;
CREATE INDEX xray_traces_by_time ON xray_traces (time_ns, trace_id);
CREATE INDEX xray_traces_by_update ON xray_traces (updated_ns, trace_id);
CREATE INDEX xray_traces_by_end ON xray_traces (ended_ns, trace_id);

-- One row a segment, sent or inferred: what a service did in a trace.
CREATE TABLE xray_segments (
    trace_id TEXT NOT NULL,
    id TEXT NOT NULL,
    name TEXT NOT NULL,
    type TEXT,
    account_id TEXT NOT NULL,
    root INTEGER NOT NULL,
    inferred INTEGER NOT NULL,
    partial INTEGER NOT NULL,
    start_ns INTEGER NOT NULL,
    end_ns INTEGER,
    response_time REAL,                -- null while in progress
    duration REAL NOT NULL,            -- up to the end of its last subsegment
    ok INTEGER NOT NULL,
    error INTEGER NOT NULL,
    throttle INTEGER NOT NULL,
    fault INTEGER NOT NULL,
    http_status INTEGER,
    http_url TEXT,
    http_method TEXT,
    user_agent TEXT,
    client_ip TEXT,
    user TEXT,
    availability_zone TEXT,
    instance_id TEXT,
    resource_arn TEXT,
    PRIMARY KEY (trace_id, id)
) WITHOUT ROWID;
CREATE INDEX xray_segments_by_start ON xray_segments (start_ns);

-- One row a call from service to service, as the caller saw it; from a client to the root as well.
CREATE TABLE xray_edges (
    trace_id TEXT NOT NULL,
    source_name TEXT NOT NULL,
    source_type TEXT,
    source_account_id TEXT NOT NULL,
    target_name TEXT NOT NULL,
    target_type TEXT,
    target_account_id TEXT NOT NULL,
    name TEXT NOT NULL,                -- as the caller calls the target
    inferred INTEGER NOT NULL,
    partial INTEGER NOT NULL,
    start_ns INTEGER NOT NULL,
    end_ns INTEGER,
    response_time REAL,
    duration REAL NOT NULL,
    ok INTEGER NOT NULL,
    error INTEGER NOT NULL,
    throttle INTEGER NOT NULL,
    fault INTEGER NOT NULL,
    http_status INTEGER,
    http_url TEXT,
    http_method TEXT,
    user_agent TEXT,
    client_ip TEXT
);
CREATE INDEX xray_edges_by_trace ON xray_edges (trace_id);
CREATE INDEX xray_edges_by_start ON xray_edges (start_ns);

-- Of segments and subsegments alike; one of the three values is set.
CREATE TABLE xray_annotations (
    trace_id TEXT NOT NULL,
    key TEXT NOT NULL,
    string_value TEXT,
    number_value REAL,
    boolean_value INTEGER
);
CREATE INDEX xray_annotations_by_trace ON xray_annotations (trace_id, key);

-- The elements of a trace's root causes: services, their entities, the exceptions of those.
CREATE TABLE xray_root_causes (
    trace_id TEXT NOT NULL,
    kind TEXT NOT NULL,                -- fault, error or responsetime
    element TEXT NOT NULL,             -- service, entity or exception
    position INTEGER NOT NULL,         -- from 0, in its cause
    is_last INTEGER NOT NULL,
    name TEXT,
    type TEXT,
    message TEXT,
    remote INTEGER NOT NULL,
    inferred INTEGER NOT NULL,
    coverage REAL
);
CREATE INDEX xray_root_causes_by_trace ON xray_root_causes (trace_id, kind, element);

-- All rules, the built-in one among them.
CREATE TABLE xray_sampling_rules (
    name TEXT PRIMARY KEY,
    created_ns INTEGER NOT NULL,
    modified_ns INTEGER NOT NULL,
    definition TEXT NOT NULL           -- JSON, the API's SamplingRule without name and ARN
) WITHOUT ROWID;
INSERT INTO xray_sampling_rules (name, created_ns, modified_ns, definition) VALUES ('Default', 0, 0,
    '{"ResourceARN": "*", "Priority": 10000, "FixedRate": 0.05, "ReservoirSize": 1,'
    || ' "ServiceName": "*", "ServiceType": "*", "Host": "*", "HTTPMethod": "*", "URLPath": "*",'
    || ' "Version": 1, "Attributes": {}}');

-- One row: when a rule was last created, changed or deleted.
CREATE TABLE xray_sampling_change (
    time_ns INTEGER NOT NULL
);
INSERT INTO xray_sampling_change (time_ns) VALUES (0);

-- Who has lately reported which rule, and so has a share of its reservoir.
CREATE TABLE xray_sampling_clients (
    rule_name TEXT NOT NULL,
    client_id TEXT NOT NULL,
    reported_ns INTEGER NOT NULL,
    request_count INTEGER NOT NULL,
    PRIMARY KEY (rule_name, client_id)
) WITHOUT ROWID;

-- What clients have reported, summed up over ten seconds.
CREATE TABLE xray_sampling_statistics (
    window INTEGER NOT NULL,           -- its first second since 1970
    rule_name TEXT NOT NULL,
    request_count INTEGER NOT NULL,
    sampled_count INTEGER NOT NULL,
    borrow_count INTEGER NOT NULL,
    PRIMARY KEY (window, rule_name)
) WITHOUT ROWID;

CREATE TABLE xray_groups (
    name TEXT PRIMARY KEY,
    arn TEXT NOT NULL UNIQUE,
    filter_expression TEXT,            -- null in the built-in group, which has none
    insights_enabled INTEGER NOT NULL,
    notifications_enabled INTEGER NOT NULL
) WITHOUT ROWID;

-- What the X-Ray daemon has counted, by the names of DaemonCounts.
CREATE TABLE xray_daemon_counts (
    name TEXT PRIMARY KEY,
    value INTEGER NOT NULL
) WITHOUT ROWID;
