"""A store as large as a day of work might make it: nothing is sent, and SQLite makes most rows."""

from exports import make_export

from workshop.sandbox.honeycomb.storage import save_export

SEGMENTS = 50_000
LINES = 200_000
OCCURRENCES = 10_000
TRACES = 10_000
SPANS_A_TRACE = 10
TRACES_AN_EXPORT = 50
ITEMS = 50
START_S = 1_790_000_000

# Of each statement: `number` counts its rows from 0, `trace` the traces.
FILL = {
    "xray_segment_documents (received_ns, trace_id, id, name, in_progress, document)": (
        SEGMENTS,
        """
        SELECT (:start + trace) * 1000000000, trace_id, id, name, 0,
               json_patch(
                   json_object(
                       'trace_id', trace_id, 'id', id, 'name', name,
                       'start_time', :start + trace, 'end_time', :start + trace + 0.1,
                       'http', json_object('request', json_object('url', url, 'method', 'GET'))
                   ),
                   iif(part, json_object('parent_id', printf('%016x', part - 1)), '{}')
               )
        FROM segments
        """,
    ),
    "xray_traces (trace_id, time_ns, updated_ns, ended_ns, draw, partial, inferred, duration,"
    " response_time, ok, error, throttle, fault, http_status, http_url, summary)": (
        SEGMENTS,
        """
        SELECT trace_id, start_ns, start_ns, start_ns + 100000000, 0.5, 0, 0, 0.1, 0.1, NOT fault,
               0, 0, fault, iif(fault, 500, 200), url,
               json_object(
                   'Id', trace_id, 'StartTime', :start + trace, 'Duration', 0.1,
                   'HasFault', json(iif(fault, 'true', 'false')), 'HasError', json('false'),
                   'HasThrottle', json('false'), 'IsPartial', json('false'),
                   'Http', json_object('HttpURL', url, 'HttpMethod', 'GET', 'HttpStatus', 200),
                   'EntryPoint', json_object('Name', name)
               )
        FROM segments WHERE part = 0
        """,
    ),
    "xray_segments (trace_id, id, name, account_id, root, inferred, partial, start_ns, end_ns,"
    " response_time, duration, ok, error, throttle, fault, http_status, http_url, http_method)": (
        SEGMENTS,
        """
        SELECT trace_id, id, name, '1', part = 0, 0, 0, start_ns, start_ns + 100000000, 0.1, 0.1,
               NOT fault, 0, 0, fault, iif(fault, 500, 200), url, 'GET' FROM segments
        """,
    ),
    "xray_edges (trace_id, source_name, source_account_id, target_name, target_account_id, name,"
    " inferred, partial, start_ns, end_ns, response_time, duration, ok, error, throttle, fault)": (
        SEGMENTS,
        """
        SELECT trace_id, iif(part % 2, 'backend', 'profiles'), '1', name, '1', name, 0, 0,
               start_ns, start_ns + 100000000, 0.1, 0.1, NOT fault, 0, 0, fault
        FROM segments WHERE part
        """,
    ),
    "cloudwatch_log_groups (name, created_ms, log_group_class, tags)": (
        1,
        "SELECT 'backend', 1, 'STANDARD', '{}'",
    ),
    "cloudwatch_log_streams (group_name, name, created_ms)": (1, "SELECT 'backend', 'web', 1"),
    "cloudwatch_log_events (group_name, stream_name, timestamp_ms, ingestion_ms, message)": (
        LINES,
        """
        SELECT 'backend', 'web', (:start + trace) * 1000 + number % 20, 0,
               json_object(
                   'level', 'INFO', 'message', 'GET /api/' || trace % 20,
                   'path', '/api/' || trace % 20, 'ms', number % 97,
                   'trace_id', printf('1%031x', trace)
               )
        FROM (SELECT number, number / 20 AS trace FROM rows)
        """,
    ),
    "rollbar_items (id, counter, environment, fingerprint, title, level, status, framework,"
    " platform, language, activating_occurrence_id, last_activated)": (
        ITEMS,
        """
        SELECT 1000000 + number, number + 1, 'production', printf('%040x', number),
               'KeyError: ' || number, 'error', 'active', 'flask', 'linux', 'python', 1, :start
        FROM rows
        """,
    ),
    "rollbar_occurrences (id, item_id, uuid, received_ns, timestamp, data)": (
        OCCURRENCES,
        """
        SELECT number + 1, 1000000 + number % 50, printf('%032x', number),
               (:start + number) * 1000000000, :start + number,
               json_object(
                   'environment', 'production', 'level', 'error',
                   'request', json_object('url', 'http://x/api/' || number % 20, 'method', 'GET'),
                   'custom', json_object('trace_id', printf('1%031x', number)),
                   'body', json_object('trace', json_object(
                       'frames', json_array(json_object(
                           'filename', 'app/x.py', 'lineno', 3, 'method', 'run', 'code', 'raise')),
                       'exception', json_object('class', 'KeyError', 'message', 'x')))
               )
        FROM rows
        """,
    ),
}

ROWS = """
WITH RECURSIVE rows (number) AS (
    SELECT 0 UNION ALL SELECT number + 1 FROM rows WHERE number + 1 < :count
),
segments AS (
    SELECT trace, part, printf('1-%08x-%024x', :start + trace, trace) AS trace_id,
           printf('%016x', part) AS id, iif(part % 2, 'profiles', 'backend') AS name,
           (:start + trace) * 1000000000 AS start_ns, trace % 9 = 0 AS fault,
           'http://127.0.0.1/api/' || trace % 20 AS url
    FROM (SELECT number / 5 AS trace, number % 5 AS part FROM rows)
)
"""


def make_trace(number):
    """The spans of one trace, each its trace's id and its fields."""
    start_ns = (START_S + number) * 10**9
    for part in range(SPANS_A_TRACE):
        yield (
            f"1{number:031x}",  # half of zeros would lose them
            {
                "time_ns": start_ns + part * 10**6,
                "trace.span_id": f"{part:016x}",
                "name": "part" if part else f"GET /api/{number % 20}",
                "span.kind": "internal" if part else "server",
                "duration_ms": 100.5 - part,
                "http.request.method": "GET",
                "url.path": f"/api/{number % 20}",
                "http.response.status_code": 200 if number % 9 else 500,
                **({"trace.parent_id": f"{0:016x}"} if part else {}),
            },
        )


def fill(store):
    for first in range(0, TRACES, TRACES_AN_EXPORT):
        numbers = range(first, first + TRACES_AN_EXPORT)
        save_export(store, make_export([span for n in numbers for span in make_trace(n)]))
    with store.transaction() as connection:
        for table, (count, select) in FILL.items():
            connection.execute(
                f"INSERT INTO {table} {ROWS} {select}", {"count": count, "start": START_S}
            )
