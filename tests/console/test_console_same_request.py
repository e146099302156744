"""One request is found in all tools: by its trace id, else by time and path."""

import json
import time

import pytest
from console_client import Elements
from exports import save_spans
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from walked import GROUP, path_of, trace_id, xray_id

from workshop.sandbox.cloudwatch.operations import OPERATIONS as LOGS
from workshop.sandbox.console import same_request
from workshop.sandbox.console.matching import BY_ID, BY_TIME, Request, plain_id
from workshop.sandbox.xray.search import span_log
from workshop.sandbox.xray.segments import put_trace_segments

SECOND = 10**9


@pytest.fixture
def look(walked):
    """What each tool has of a request: how it was found, and how often."""

    def found(*request):
        with walked.reader() as reader:
            matches = same_request.find(reader, Request(*request)).matches
        return {tool: [(each.how, each.title) for each in found] for tool, found in matches.items()}

    return found


@pytest.mark.parametrize("spell", [lambda known: known, lambda known: known.upper()])
def test_a_request_that_fails_is_found_by_its_id_in_all_four(look, walked, spell):
    number = 3
    start = walked.walk.begin(number)
    for known in (trace_id(number), xray_id(number, start)):
        matches = look(spell(known))
        assert list(matches) == ["honeycomb", "xray", "cloudwatch", "rollbar"]
        for tool, found in matches.items():
            assert [how for how, _ in found] == [BY_ID], tool


def test_a_request_that_has_two_ids_is_found_by_time_and_path(look, walked):
    number = 2
    matches = look(trace_id(number))
    assert [how for how, _ in matches["honeycomb"]] == [BY_ID]
    assert [how for how, _ in matches["xray"]] == [BY_TIME]
    assert path_of(number) in matches["xray"][0][1]
    assert {how for how, _ in matches["cloudwatch"]} == {BY_TIME}
    assert matches["rollbar"] == []
    back = look(xray_id(number, walked.walk.begin(number)))
    assert [how for how, _ in back["honeycomb"]] == [BY_TIME]


def test_a_time_and_a_path_are_enough(look, walked):
    number = 7
    matches = look("", walked.walk.begin(number) * SECOND, path_of(number))
    for tool in ("honeycomb", "xray"):
        assert [how for how, _ in matches[tool]] == [BY_TIME], tool
    # What they have found holds an id, and so do lines and occurrences.
    for tool in ("cloudwatch", "rollbar"):
        assert [how for how, _ in matches[tool]] == ["by X-Ray's trace id"], tool
    assert GROUP in matches["cloudwatch"][0][1]


def test_lines_are_found_by_the_id_that_the_other_sdk_has_given(empty):
    """The log holds OpenTelemetry's id, and the request is asked for by X-Ray's."""
    own, other = "ab" * 16, "cd" * 16
    start_s = int(time.time()) - 60
    span = {"trace.span_id": "1", "name": "GET /x", "url.path": "/x", "time_ns": start_s * SECOND}
    save_spans(empty.store, other, [span])
    segment = {
        "trace_id": f"1-{own[:8]}-{own[8:]}",
        "id": "1" * 16,
        "name": "backend",
        "start_time": start_s,
        "end_time": start_s + 1,
        "http": {"request": {"url": "http://a/x", "method": "GET"}},
    }
    put_trace_segments(empty.store, {"TraceSegmentDocuments": [json.dumps(segment)]})
    for name, params in (
        ("CreateLogGroup", {"logGroupName": "g"}),
        ("CreateLogStream", {"logGroupName": "g", "logStreamName": "s"}),
        (
            "PutLogEvents",
            {
                "logGroupName": "g",
                "logStreamName": "s",
                "logEvents": [
                    {"timestamp": start_s * 1000 + place, "message": json.dumps(line)}
                    for place, line in enumerate(
                        (
                            {"message": "asked for y", "path": "/y", "trace_id": other},
                            {"message": "asked for x", "path": "/x", "trace_id": other},
                        )
                    )
                ],
            },
        ),
    ):
        LOGS[name](empty.store, params)
    with empty.store.reader() as reader:
        found = same_request.find(reader, Request(own)).matches
    assert [each.how for each in found["honeycomb"]] == [BY_TIME]
    (line,) = found["cloudwatch"]
    assert line.how == "by Honeycomb's trace id"
    assert line.title == "g: 2 lines, such as asked for x"
    assert line.values["pattern"] == f'"{other}"'


@pytest.mark.parametrize(
    ("seconds", "path"),
    [(0, "/api/other"), (-3600, path_of(7)), (0, ""), (None, path_of(7))],
)
def test_another_time_or_path_finds_nothing(look, walked, seconds, path):
    start_ns = None if seconds is None else (walked.walk.begin(7) + seconds) * SECOND
    assert not any(look("", start_ns, path).values())


def save_line(store, at_ms, **fields):
    with store.transaction() as connection:
        connection.execute(
            "INSERT OR IGNORE INTO cloudwatch_log_groups VALUES ('app', 1, NULL, 'STANDARD', '{}')"
        )
        connection.execute(
            "INSERT INTO cloudwatch_log_events"
            " (group_name, stream_name, timestamp_ms, ingestion_ms, message)"
            " VALUES ('app', 'web', ?, ?, ?)",
            (at_ms, at_ms, json.dumps(fields)),
        )


def save_segment(store, known, start_s, path):
    request = {"url": f"http://127.0.0.1{path}", "method": "GET"}
    document = {
        "name": "backend",
        "id": known[-16:],
        "trace_id": known,
        "start_time": start_s,
        "end_time": start_s + 0.1,
        "http": {"request": request, "response": {"status": 200}},
    }
    put_trace_segments(store, {"TraceSegmentDocuments": [json.dumps(document)]})


def found_by(store, *request):
    with store.reader() as reader:
        matches = same_request.find(reader, Request(*request)).matches
    return {tool: [each.how for each in found] for tool, found in matches.items()}


def test_a_request_of_which_sampling_has_left_no_trace_is_found_in_the_log(empty):
    known, start_s = "ab" * 16, 1_790_000_000
    save_line(empty.store, start_s * 1000, message="a step", trace_id=known)
    save_line(empty.store, start_s * 1000 + 1, message="GET /x 200", path="/x", trace_id=known)
    save_line(empty.store, start_s * 1000 + 2, message="GET /x 200", path="/x", trace_id="cd" * 16)
    for spelling in (known, f"1-{known[:8]}-{known[8:]}", f"Root=1-{known[:8]}-{known[8:]}"):
        found = found_by(empty.store, spelling)
        assert found.pop("cloudwatch") == [BY_ID]
        assert not any(found.values())
    page = empty.text(f"/request?id={known}")
    assert "/x</code>" in page
    assert "app: 2 lines, such as GET /x 200" in page
    assert "is a guess" not in page


def test_what_has_the_id_of_another_request_is_no_guess(empty):
    """Of two requests at once X-Ray has kept one, and the log says whose it is."""
    start_s, other = 1_790_000_000, f"1-{'cd' * 4}-{'cd' * 12}"
    for known in ("ab" * 16, "cd" * 16):
        save_line(empty.store, start_s * 1000, message="GET /x 200", path="/x", trace_id=known)
    save_segment(empty.store, other, start_s, "/x")
    assert found_by(empty.store, "ab" * 16)["xray"] == []
    assert found_by(empty.store, "cd" * 16)["xray"] == [BY_ID]
    # Nor is a trace of another request at Honeycomb, where the log has this one's id from X-Ray.
    span = {"trace.span_id": "1", "name": "GET /x", "url.path": "/x", "duration_ms": 1}
    save_spans(empty.store, "ef" * 16, [{**span, "time_ns": start_s * SECOND}])
    assert found_by(empty.store, "cd" * 16)["honeycomb"] == []


def test_what_nobody_else_knows_by_its_id_is_a_guess(empty):
    start_s = 1_790_000_000
    save_line(empty.store, start_s * 1000, message="GET /x 200", path="/x", trace_id="ab" * 16)
    save_segment(empty.store, f"1-{'cd' * 4}-{'cd' * 12}", start_s, "/x")
    assert found_by(empty.store, "ab" * 16)["xray"] == [BY_TIME]
    assert "is a guess" in empty.text(f"/request?id={'ab' * 16}")


@pytest.mark.parametrize("page", ["/", "/request"])
def test_an_id_can_be_asked_for(client, page):
    elements = Elements(client.text(page))
    (form,) = [each for each in elements.named("form") if each.get("role") == "search"]
    assert form["action"] == "./request"
    assert [each["name"] for each in elements.named("input")] == ["id"]
    assert "aria-invalid" not in elements.named("input")[0]


def test_what_is_no_id_is_said_to_be_none(client):
    page = client.text("/request?id=abc")
    assert "That is no trace id." in page
    assert Elements(page).named("input")[0]["value"] == "abc"


def test_an_id_that_is_not_there_finds_nothing(look):
    assert not any(look("f" * 32).values())
    assert not any(look("no id").values())


def test_lines_and_occurrences_of_another_trace_are_never_found_by_time(look, walked):
    """They have the time and the path, and an id that says otherwise."""
    start_ns = walked.walk.begin(7) * SECOND
    matches = look("f" * 32, start_ns, path_of(7))
    for tool in ("cloudwatch", "rollbar"):
        assert BY_TIME not in [how for how, _ in matches[tool]]


@pytest.mark.parametrize(
    ("tool", "page"),
    [
        ("honeycomb", f"./honeycomb/trace/{trace_id(3)}"),
        ("xray", "./xray/trace/1-a3a3a3a3-"),
        ("cloudwatch", f"./cloudwatch/group?name={GROUP}&pattern="),
        ("rollbar", "./rollbar/item/1?occurrence="),
    ],
)
def test_one_click_leads_to_the_request_in_another_tool(client, tool, page):
    answer = client.get(f"/request?id={trace_id(3)}&in={tool}")
    assert answer.status_code == 303
    assert answer.headers["Location"].startswith(page)


@pytest.mark.parametrize("tool", ["rollbar", "zipkin", ""])
def test_where_a_tool_has_nothing_the_others_are_told(client, tool):
    answer = client.get(f"/request?id={trace_id(2)}&in={tool}")
    assert answer.status_code == 200
    assert ("Rollbar has nothing of this request" in answer.text) == (tool == "rollbar")
    assert trace_id(2) in answer.text


def test_of_several_at_one_time_the_nearest_come_first(empty):
    start_ns = 1_790_000_000 * SECOND
    for number, after_ms in enumerate((900, 10, 300, -50, 1500)):
        own = {"trace.span_id": "1", "name": f"+{after_ms}", "url.path": "/x", "duration_ms": 1}
        time_ns = start_ns + after_ms * 10**6
        save_spans(empty.store, f"{number + 1:032x}", [{**own, "time_ns": time_ns}])
    with empty.store.reader() as reader:
        found = same_request.find(reader, Request("", start_ns, "/x")).matches["honeycomb"]
    assert [each.title.split(",")[0] for each in found] == ["+10", "+-50", "+300", "+900"]


def test_each_match_leads_to_a_page_that_shows_it(client, addresses):
    page = client.text(addresses["request"])
    assert page.count("by trace id") == 4


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("ab" * 16, "ab" * 16),
        ("AB" * 16, "ab" * 16),
        (f"Root=1-{'ab' * 4}-{'cd' * 12};Sampled=1", "ab" * 4 + "cd" * 12),
        (f"1-{'ab' * 4}-{'cd' * 12}", "ab" * 4 + "cd" * 12),
        ("ab" * 15, ""),
        (f"2-{'ab' * 4}-{'cd' * 12}", ""),
        ("", ""),
    ],
)
def test_ids_of_both_vendors_are_one(text, plain):
    assert plain_id(text) == plain


def test_spans_in_their_log_group_are_not_taken_for_lines(empty):
    export = ExportTraceServiceRequest()
    span = (
        export.resource_spans.add()
        .scope_spans.add()
        .spans.add(trace_id=bytes.fromhex("ab" * 16), span_id=b"12345678", name="GET /x")
    )
    span.start_time_unix_nano = span.end_time_unix_nano = time.time_ns()
    with empty.store.transaction() as connection:
        span_log.make_group(connection)
        span_log.write_spans(connection, export)
    with empty.store.reader() as reader:
        (events,) = reader.execute("SELECT count(*) FROM cloudwatch_log_events").fetchone()
        found = same_request.find(reader, Request("ab" * 16, span.start_time_unix_nano, "/x"))
    assert events == 1
    assert found.matches["cloudwatch"] == []
