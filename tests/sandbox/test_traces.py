"""Reading back: trees, filters, rows."""

import pytest
from otlp_clients import message

from workshop.errors import WorkshopError
from workshop.sandbox.honeycomb.storage import count_events, count_traces, save_export
from workshop.sandbox.honeycomb.traces import read_events, read_trace, read_traces
from workshop.sandbox.store import Store, open_reader

SECOND = 1_000_000_000


@pytest.fixture
def store(tmp_path):
    opened = Store(tmp_path)
    yield opened
    opened.close()


def save(store, *requests):
    for request in requests:
        save_export(store, request)


def spans(request):
    return request.resource_spans[0].scope_spans[0].spans


def names(traces):
    return [trace.roots[0].name for trace in traces]


def test_traces_come_oldest_first_whatever_the_order_of_arrival(store):
    for name, at in (("b", 2), ("c", 3), ("a", 1)):
        request = message(name, "x", trace_id=name.encode() * 16, start_ns=at * SECOND)
        save(store, request)
    with store.reader() as reader:
        assert names(read_traces(reader)) == ["a", "b", "c"]
        assert names(read_traces(reader, limit=2)) == ["b", "c"]
        assert read_traces(reader, limit=0) == []
        since = 2 * SECOND + 1_000_000
        assert names(read_traces(reader, since_ns=since)) == ["b", "c"]
        assert names(read_traces(reader, since_ns=since + 1)) == ["c"]


@pytest.mark.parametrize("order", [("late", "early"), ("early", "late")])
def test_a_trace_starts_with_its_earliest_span_whichever_arrives_first(store, order):
    starts = {"early": SECOND, "late": 5 * SECOND}
    for name in order:
        request = message(name, start_ns=starts[name])
        spans(request)[0].span_id = f"{name:8}".encode()
        save(store, request)
    with store.reader() as reader:
        assert read_traces(reader, since_ns=3 * SECOND) == []
        (trace,) = read_traces(reader, since_ns=SECOND)
    assert [root.name for root in trace.roots] == ["early", "late"]
    assert trace.start_ns == SECOND + 1_000_000
    assert trace.duration_ms == 4002.0


def test_a_trace_is_found_by_any_of_its_services_and_is_whole(store):
    both = {"trace_id": b"b" * 16}
    save(store, message("one", service="one", **both))
    other = message("two", service="two", **both)
    spans(other)[0].span_id = b"another!"
    save(store, other, message("alone", service="three", trace_id=b"c" * 16))
    with store.reader() as reader:
        for service in ("one", "two"):
            (trace,) = read_traces(reader, service=service)
            assert trace.services == ["one", "two"]
        assert names(read_traces(reader, service="three", limit=1)) == ["alone"]
        assert read_traces(reader, service="four") == []


def test_one_trace_by_its_id(store):
    save(store, message("a"))
    with store.reader() as reader:
        assert read_trace(reader, (b"t" * 16).hex()).spans[0].name == "a"
        assert read_trace(reader, "00") is None


def test_a_span_whose_parent_has_not_arrived_is_a_root_of_its_own(store):
    request = message("root", "middle", "leaf")
    del spans(request)[1]
    save(store, request)
    with store.reader() as reader:
        (trace,) = read_traces(reader)
    assert [(root.name, root.missing_parent) for root in trace.roots] == [
        ("root", False),
        ("leaf", True),
    ]
    save(store, message("root", "middle", "leaf"))
    with store.reader() as reader:
        (trace,) = read_traces(reader)
    assert not any(span.missing_parent for span in trace.spans)


def test_a_trace_is_whole_once_each_call_has_its_other_side_but_for_a_query(store):
    request = message("root", "call")
    call = spans(request)[1]
    call.kind = call.SPAN_KIND_CLIENT
    save(store, request)
    call.trace_id, spans(request)[0].trace_id = [b"q" * 16] * 2
    call.attributes.add(key="db.system").value.string_value = "sqlite"
    save(store, request)
    with store.reader() as reader:
        whole = {trace.trace_id: trace.is_whole for trace in read_traces(reader)}
    assert whole == {(b"t" * 16).hex(): False, (b"q" * 16).hex(): True}


def test_children_come_by_their_start(store):
    request = message("root", "b", "a")
    spans(request)[2].parent_span_id = spans(request)[0].span_id
    spans(request)[2].start_time_unix_nano = spans(request)[1].start_time_unix_nano - 1
    save(store, request)
    with store.reader() as reader:
        (trace,) = read_traces(reader)
    assert [child.name for child in trace.roots[0].children] == ["a", "b"]


def test_spans_that_are_each_others_parents_are_all_shown_once(store):
    request = message("a", "b", "c", "own parent")
    spans(request)[0].parent_span_id = spans(request)[2].span_id
    spans(request)[3].parent_span_id = spans(request)[3].span_id
    save(store, request)
    with store.reader() as reader:
        (trace,) = read_traces(reader)
    assert [root.name for root in trace.roots] == ["a", "own parent"]
    assert [span.name for span in trace.spans] == ["a", "b", "c", "own parent"]


def test_a_trace_deeper_than_pythons_stack_is_read(store):
    save(store, message(*[str(number) for number in range(5000)]))
    with store.reader() as reader:
        (trace,) = read_traces(reader)
    assert [span.name for span in trace.spans] == [str(number) for number in range(5000)]


def test_rows_are_flat_and_by_time(store):
    save(store, message("b", start_ns=2 * SECOND), message("a", service="other"))
    with store.reader() as reader:
        rows = read_events(reader)
        assert [row["name"] for row in rows] == ["a", "b"]
        assert rows[0]["Timestamp"] == "1970-01-01T00:00:01.001000000Z"
        assert (rows[0]["Dataset"], rows[0]["SampleRate"]) == ("other", 1)
        assert rows[0]["service.name"] == "other"
        assert [row["name"] for row in read_events(reader, dataset="other")] == ["a"]
        assert [row["name"] for row in read_events(reader, since_ns=2 * SECOND)] == ["b"]


def test_fields_that_the_app_has_overridden_do_not_break_reading(store):
    request = message("a")
    for key in ("duration_ms", "name", "trace.parent_id", "status_message"):
        spans(request)[0].attributes.add(key=key).value.bool_value = True
    for key in ("trace.span_id", "span.kind", "error"):
        spans(request)[0].attributes.add(key=key).value.string_value = "true"
    save(store, request)
    with store.reader() as reader:
        (span,) = read_traces(reader)[0].spans
    assert (span.name, span.duration_ms, span.error) == ("True", 1.0, True)


def test_a_reader_sees_one_moment(store):
    save(store, message("a"))
    with store.reader() as reader:
        before = read_traces(reader)
        save(store, message("b", trace_id=b"u" * 16))
        assert read_traces(reader) == before


def test_reads_use_indexes(store):
    """With a million spans a scan of all of them would be felt."""
    save(store, message("a"))
    with store.reader() as reader:
        seen = []
        reader.set_trace_callback(seen.append)
        read_traces(reader, since_ns=1, service="backend", limit=5)
        read_trace(reader, "00")
        read_events(reader, since_ns=1)
        reader.set_trace_callback(None)
        selects = [statement for statement in seen if statement.startswith("SELECT")]
        assert len(selects) >= 4
        for statement in selects:
            for *_, detail in reader.execute(f"EXPLAIN QUERY PLAN {statement}").fetchall():
                assert "SCAN" not in detail, (statement, detail)


def test_reading_where_no_sandbox_has_run_says_so(tmp_path):
    with pytest.raises(WorkshopError, match="No sandbox has kept"), open_reader(tmp_path / "none"):
        pass


def test_traces_and_events_are_counted_as_they_arrive(store):
    with store.reader() as reader:
        assert (count_traces(reader), count_events(reader), count_events(reader, "00")) == (0, 0, 0)
    first = message("a", "b")
    spans(first)[0].events.add(name="seen")
    spans(first)[0].links.add(trace_id=b"o" * 16)
    save(store, first, message("c"), message("d", trace_id=b"o" * 16))
    with store.reader() as reader:
        assert (count_traces(reader), count_events(reader)) == (2, 6)
        assert count_events(reader, (b"t" * 16).hex()) == 5
        assert len(read_events(reader)) == 6


def test_one_id_with_zeros_before_it_and_without_is_one_trace(store):
    request = message("a", "b", trace_id=bytes(8) + b"12345678")
    spans(request)[1].trace_id = b"12345678"
    save(store, request)
    with store.reader() as reader:
        (trace,) = read_traces(reader)
        assert count_traces(reader) == 1
    assert [span.name for span in trace.spans] == ["a", "b"]


def test_a_time_that_no_clock_tells_is_kept_as_the_latest(store):
    save(store, message("a", start_ns=2**64 - 10**8))
    with store.reader() as reader:
        assert read_traces(reader)[0].start_ns == 2**63 - 1
        assert len(read_events(reader, since_ns=2**63 - 1)) == 1
