from itertools import count

import pytest
from matplotlib.colors import to_hex

from workshop.errors import WorkshopError
from workshop.sandbox.xray.assembly import assemble
from workshop.sandbox.xray.trace import XrayTrace
from workshop.views import colours, segments, waterfall

TRACE_ID = "1-581cf771-a006649127e371903a2de979"
START = 1_790_000_000.0
_ids = count(1)


def part(name, start_ms, end_ms, *subsegments, **more):
    """Make a document; one without an end is in progress."""
    made = {"name": name, "id": f"{next(_ids):016x}", "start_time": START + start_ms / 1000, **more}
    ending = {"in_progress": True} if end_ms is None else {"end_time": START + end_ms / 1000}
    return made | ending | ({"subsegments": list(subsegments)} if subsegments else {})


def http(status, method="GET", url="http://127.0.0.1:4567/api/activities/home?token=secret"):
    return {"request": {"method": method, "url": url}, "response": {"status": status}}


def home(calls=4, failing=True, later_ms=0.0):
    """Make the home feed, whose last call to profiles fails."""
    documents, below = [], []
    for index in range(calls):
        bad = failing and index == calls - 1
        at = 12 + 28 * index + later_ms
        answer = {"status": 503 if bad else 200}
        call = part("127.0.0.1", at, at + 26, namespace="remote", http={"response": answer})
        url = f"http://127.0.0.1:4568/profiles/{index}"
        request = {"request": {"method": "GET", "url": url}, "response": answer}
        inner = part("profiles.db", at + 4, at + 5, namespace="remote")
        documents.append(
            part("profiles", at + 2, at + 23, inner, http=request, parent_id=call["id"])
        )
        below.append(call)
    cause = {"exceptions": [{"id": "1", "type": "requests.HTTPError"}, {"type": "OSError"}]}
    marks = {"fault": True, "cause": cause} if failing else {}
    load = part("home-feed.load", 10 + later_ms, 127 + later_ms, *below, namespace="local", **marks)
    top = part("backend", later_ms, 130 + later_ms, load, http=http(500 if failing else 200))
    return assemble(TRACE_ID, [{"trace_id": TRACE_ID, **each} for each in [*documents, top]])


def one(*subsegments, **more):
    top = part("backend", 0, 100, *subsegments, trace_id=TRACE_ID, **more)
    return assemble(TRACE_ID, [top])


def texts(trace, kind, title=None):
    figure = waterfall.draw(segments.as_trace(trace), title)
    return [each.get_text() for each in figure.findobj(lambda artist: artist.get_gid() == kind)]


def test_a_trace_is_a_tree_of_segments_and_subsegments():
    assert segments.render(home()).splitlines() == [
        "backend    backend · GET /api/activities/home  ✗ fault: HTTP 500",
        "backend    └─ home-feed.load  ✗ fault: HTTPError",
        "backend       ├─ 127.0.0.1 (remote) ×3, each with",
        "profiles      │  └─ profiles",
        "profiles      │     └─ profiles.db (remote)",
        "backend       └─ 127.0.0.1 (remote)  ✗ fault: HTTP 503",
        "profiles         └─ profiles  ✗ fault: HTTP 503",
        "profiles            └─ profiles.db (remote)",
    ]


def test_the_timeline_is_the_waterfall_in_x_rays_words():
    assert texts(home(), "title") == [
        "backend · GET /api/activities/home: 5 segments, 9 subsegments, 2 services, 130 ms"
    ]
    assert texts(home(), "head") == ["segment", "service"]
    assert texts(home(), "legend") == ["backend", "profiles", "✗ fault"]
    notes = texts(home(), "note")
    assert notes[:4] == [
        "130 ms · ✗ fault: HTTP 500",
        "117 ms · ✗ fault: HTTPError",
        "26 ms",
        "21 ms",
    ]
    assert set(texts(home(), "service")) == {"backend", "profiles"}


def test_a_subsegment_has_the_look_of_its_segments_service():
    figure = waterfall.draw(segments.as_trace(home(1, failing=False)))
    bars = figure.findobj(lambda artist: artist.get_gid() == "bar")
    looks = colours.looks(["backend", "profiles"])
    fills = [looks[name].fill for name in ["backend"] * 3 + ["profiles"] * 2]
    assert [to_hex(bar.get_facecolor()) for bar in bars] == fills


@pytest.mark.parametrize(
    ("marks", "words"),
    [
        ({"error": True}, "✗ error"),
        ({"error": True, "throttle": True}, "✗ throttle"),
        ({"error": True, "fault": True}, "✗ fault"),
        ({"http": http(404)}, "✗ error: HTTP 404"),
        ({"http": http(429)}, "✗ throttle: HTTP 429"),
        ({"fault": True, "cause": {"exceptions": [{"message": "no type"}]}}, "✗ fault"),
        ({"fault": True, "cause": "0123456789abcdef"}, "✗ fault"),
    ],
)
def test_what_went_wrong_is_said_in_x_rays_words(marks, words):
    assert texts(one(part("work", 10, 20, **marks)), "note")[1] == f"10 ms · {words}"
    assert segments.render(one(part("work", 10, 20, **marks))).endswith(f"work  {words}")


def test_what_has_not_ended_is_said_and_is_as_long_as_what_is_known_of_it():
    trace = one(part("open", 10, None, part("closed", 20, 40)), part("opened", 50, None))
    assert texts(trace, "note") == ["100 ms", "in progress", "20 ms", "in progress"]
    assert segments.render(trace).splitlines()[1].endswith("open  (in progress)")
    first, last = segments.as_trace(trace).roots[0].children
    assert first.duration_ms == pytest.approx(30, abs=0.001)
    assert last.duration_ms == 0


def test_marks_of_many_are_counted_apart():
    alike = [part("query", at, at + 1, error=True) for at in range(60)]
    assert texts(one(*alike), "name")[-1] == "… 55 more query"
    assert texts(one(*alike), "note")[-1] == "1.0 ms each · ✗ 55 errors"
    open_ones = [part("query", at, None) for at in range(60)]
    assert texts(one(*open_ones), "note")[-1] == "in progress"
    unlike = [
        part(f"step {at}", at, None if at % 2 else at + 1, fault=at % 2 == 1, error=True)
        for at in range(70)
    ]
    assert texts(one(*unlike), "name")[-1] == "… 12 more subsegments"
    assert texts(one(*unlike), "note")[-1] == "6 in progress · ✗ 6 errors, 6 faults"


def test_calls_say_whom_they_call():
    trace = one(part("DynamoDB", 1, 2, namespace="aws"), part("own", 3, 4, namespace="local"))
    assert texts(trace, "name") == ["backend", "DynamoDB (aws)", "own"]


@pytest.mark.parametrize(
    ("request_block", "name"),
    [
        ({"method": "POST", "url": "https://a.example/x?password=1#y"}, "backend · POST /x"),
        ({"method": "GET"}, "backend · GET"),
        ({"url": "http://[broken"}, "backend"),
        ({"url": 7}, "backend"),
        ("GET /", "backend"),
    ],
)
def test_the_first_segment_says_what_was_asked_without_the_query(request_block, name):
    assert texts(one(http={"request": request_block}), "name") == [name]


def test_a_part_whose_segment_did_not_arrive_is_shown():
    loose = part("query", 0, 5, trace_id=TRACE_ID, type="subsegment", parent_id="f" * 16)
    trace = assemble(TRACE_ID, [loose])
    assert texts(trace, "note") == ["5.0 ms · parent missing"]
    assert segments.render(trace) == "(no service)   query  (its parent did not arrive)"


def test_the_words_of_the_picture_hold_no_times_and_no_ids():
    picture = segments.show(home(), "The last of four fails")
    assert picture.alt == segments.show(home(later_ms=50_000), "Other").alt
    assert picture.alt.splitlines()[0] == (
        "Waterfall of backend · GET /api/activities/home: "
        "5 segments, 9 subsegments from backend, profiles"
    )


def test_a_trace_without_segments_is_refused_in_words():
    with pytest.raises(WorkshopError, match="wait for its segments"):
        segments.show(XrayTrace(TRACE_ID, []))
