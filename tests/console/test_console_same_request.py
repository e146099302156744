"""One request is found in all tools: by its trace id, else by time and path."""

import json
import time

import pytest
from exports import save_spans
from walked import GROUP, path_of, trace_id, xray_id

from workshop.sandbox.cloudwatch.operations import OPERATIONS as LOGS
from workshop.sandbox.console import same_request
from workshop.sandbox.console.matching import BY_ID, BY_TIME, Request, plain_id
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
        (f"1-{'ab' * 4}-{'cd' * 12}", "ab" * 4 + "cd" * 12),
        ("ab" * 15, ""),
        (f"2-{'ab' * 4}-{'cd' * 12}", ""),
        ("", ""),
    ],
)
def test_ids_of_both_vendors_are_one(text, plain):
    assert plain_id(text) == plain
