-- All tables of the sandbox. A change here needs a new SCHEMA_VERSION in store.py.

-- What a resource and a scope say of all their spans, once. The id is made from the text.
CREATE TABLE honeycomb_contexts (
    id INTEGER PRIMARY KEY,
    fields TEXT NOT NULL               -- JSON object
);

-- One row an event, as Honeycomb counts them: a span, a span event or a link.
-- Its fields are the context's, overridden by its own.
CREATE TABLE honeycomb_events (
    id INTEGER PRIMARY KEY,            -- in the order of arrival
    dataset TEXT NOT NULL,
    trace_id TEXT NOT NULL,
    time_ns INTEGER NOT NULL,          -- since 1970
    sample_rate INTEGER NOT NULL,
    context_id INTEGER NOT NULL REFERENCES honeycomb_contexts (id),
    fields TEXT NOT NULL               -- JSON object
);
CREATE INDEX honeycomb_events_by_trace ON honeycomb_events (trace_id);
CREATE INDEX honeycomb_events_by_time ON honeycomb_events (time_ns);

CREATE TABLE honeycomb_traces (
    trace_id TEXT PRIMARY KEY,
    start_ns INTEGER NOT NULL          -- of its earliest span
) WITHOUT ROWID;
CREATE INDEX honeycomb_traces_by_start ON honeycomb_traces (start_ns);

CREATE TABLE honeycomb_trace_datasets (
    dataset TEXT NOT NULL,
    trace_id TEXT NOT NULL,
    PRIMARY KEY (dataset, trace_id)
) WITHOUT ROWID;

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

CREATE TABLE xray_segment_documents (
    row_id INTEGER PRIMARY KEY,        -- in the order of arrival
    received_ns INTEGER NOT NULL,
    trace_id TEXT NOT NULL,
    id TEXT NOT NULL,
    name TEXT NOT NULL,
    document TEXT NOT NULL
);
CREATE INDEX xray_segment_documents_by_trace ON xray_segment_documents (trace_id);
CREATE INDEX xray_segment_documents_by_time ON xray_segment_documents (received_ns);

-- What the X-Ray daemon has counted: 'received' and 'rejected' datagrams.
CREATE TABLE xray_daemon_counts (
    name TEXT PRIMARY KEY,
    value INTEGER NOT NULL
) WITHOUT ROWID;
