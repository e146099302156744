"""A span becomes the events that Honeycomb would store."""

import base64

import pytest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.common.v1.common_pb2 import AnyValue, KeyValue
from opentelemetry.proto.trace.v1.trace_pb2 import Span, Status

from workshop.sandbox.honeycomb.attributes import FIELD_LIMIT, add_attributes
from workshop.sandbox.honeycomb.events import format_trace_id, name_dataset, translate
from workshop.sandbox.honeycomb.sampling import MOST, read_threshold, take_sample_rate

SECOND = 1_000_000_000


def text(key, value):
    return KeyValue(key=key, value=AnyValue(string_value=value))


def listed(**entries):
    value = AnyValue()
    for key, entry in entries.items():
        value.kvlist_value.values.add(key=key).value.CopyFrom(entry)
    return value


def events_of(span, resource=(), scope=(), name="", version=""):
    request = ExportTraceServiceRequest()
    resource_spans = request.resource_spans.add()
    resource_spans.resource.attributes.extend(resource)
    scope_spans = resource_spans.scope_spans.add()
    scope_spans.scope.name, scope_spans.scope.version = name, version
    scope_spans.scope.attributes.extend(scope)
    scope_spans.spans.append(span)
    return translate(request)


def fields_of(attributes):
    fields = {}
    add_attributes(fields, attributes)
    return fields


def test_a_span_with_all_it_can_say():
    span = Span(
        trace_id=bytes(range(1, 17)),
        span_id=b"\x01" * 8,
        parent_span_id=b"\x02" * 8,
        trace_state="a=b",
        name="GET /",
        kind=Span.SPAN_KIND_SERVER,
        start_time_unix_nano=SECOND,
        end_time_unix_nano=SECOND + 1_500_000,
        status=Status(code=Status.STATUS_CODE_ERROR, message="no"),
        attributes=[text("x", "y")],
    )
    resource = [text("service.name", "backend")]
    (event,) = events_of(span, resource, name="opentelemetry.instrumentation.flask", version="1")
    assert event.dataset == "backend"
    assert (event.time_ns, event.sample_rate, event.is_span) == (SECOND, 1, True)
    assert event.fields == {
        "trace.trace_id": "0102030405060708090a0b0c0d0e0f10",
        "trace.span_id": "01" * 8,
        "trace.parent_id": "02" * 8,
        "trace.trace_state": "a=b",
        "name": "GET /",
        "type": "server",
        "span.kind": "server",
        "duration_ms": 1.5,
        "status_code": 2,
        "status_message": "no",
        "error": True,
        "span.num_events": 0,
        "span.num_links": 0,
        "meta.signal_type": "trace",
        "library.name": "opentelemetry.instrumentation.flask",
        "library.version": "1",
        "telemetry.instrumentation_library": True,
        "service.name": "backend",
        "x": "y",
    }


def test_a_bare_span():
    (event,) = events_of(Span())
    assert event.dataset == "unknown_service"
    assert event.fields == {
        "trace.trace_id": "",
        "trace.span_id": "",
        "name": "",
        "type": "unspecified",
        "span.kind": "unspecified",
        "duration_ms": 0.0,
        "status_code": 0,
        "span.num_events": 0,
        "span.num_links": 0,
        "meta.signal_type": "trace",
    }


@pytest.mark.parametrize(
    ("number", "kind"),
    [
        (0, "unspecified"),
        (1, "internal"),
        (2, "server"),
        (3, "client"),
        (4, "producer"),
        (5, "consumer"),
        (6, "unspecified"),
        (-1, "unspecified"),
    ],
)
def test_kinds(number, kind):
    (event,) = events_of(Span(kind=number))
    assert event.fields["span.kind"] == event.fields["type"] == kind


def test_the_later_of_resource_scope_and_span_wins():
    span = Span(name="span's", attributes=[text("c", "span"), text("status_code", "mine")])
    resource = [text("a", "resource"), text("b", "resource"), text("c", "resource")]
    resource.append(text("name", "resource's"))
    scope = [text("b", "scope"), text("c", "scope"), text("library.name", "attribute")]
    (event,) = events_of(span, resource, scope, name="scope's")
    fields = event.fields
    assert (fields["a"], fields["b"], fields["c"]) == ("resource", "scope", "span")
    assert fields["name"] == "resource's"
    assert fields["library.name"] == "attribute"
    assert fields["status_code"] == "mine"


def test_a_span_that_ends_before_it_starts_takes_no_time_and_is_marked():
    (event,) = events_of(Span(start_time_unix_nano=2 * SECOND, end_time_unix_nano=SECOND))
    assert event.fields["duration_ms"] == 0
    assert event.fields["meta.invalid_duration"] is True
    (event,) = events_of(Span(start_time_unix_nano=2 * SECOND))
    assert event.fields["duration_ms"] == 0
    assert "meta.invalid_duration" not in event.fields


def test_a_time_beyond_the_year_2262_is_the_last_one_that_can_be_kept():
    (event,) = events_of(Span(start_time_unix_nano=2**64 - 1, end_time_unix_nano=2**64 - 1))
    assert event.time_ns == 2**63 - 1


def test_span_events_and_links_are_events_of_their_own_before_their_span():
    span = Span(
        trace_id=b"\x01" * 16,
        span_id=b"\x02" * 8,
        name="parent",
        start_time_unix_nano=SECOND,
        status=Status(code=Status.STATUS_CODE_ERROR),
        attributes=[text("only", "span")],
        events=[
            Span.Event(name="late", time_unix_nano=SECOND + 250_000, attributes=[text("k", "v")]),
            Span.Event(name="early", time_unix_nano=SECOND - 1),
        ],
        links=[Span.Link(trace_id=b"\x03" * 16, span_id=b"\x04" * 8, attributes=[text("l", "m")])],
    )
    late, early, link, parent = events_of(span, [text("service.name", "s")])
    common = {
        "trace.trace_id": "01" * 16,
        "trace.parent_id": "02" * 8,
        "parent_name": "parent",
        "meta.signal_type": "trace",
        "error": True,
        "service.name": "s",
    }
    assert late.fields == {
        **common,
        "name": "late",
        "meta.annotation_type": "span_event",
        "meta.time_since_span_start_ms": 0.25,
        "k": "v",
    }
    assert early.fields == {
        **common,
        "name": "early",
        "meta.annotation_type": "span_event",
        "meta.time_since_span_start_ms": 0.0,
        "meta.invalid_time_since_span_start": True,
    }
    assert link.fields == {
        **common,
        "meta.annotation_type": "link",
        "trace.link.trace_id": "03" * 16,
        "trace.link.span_id": "04" * 8,
        "l": "m",
    }
    assert [each.time_ns - SECOND for each in (late, early, link, parent)] == [250_000, -1, 0, 0]
    assert [each.is_span for each in (late, early, link, parent)] == [False, False, False, True]
    assert parent.fields["span.num_events"] == 2
    assert parent.fields["span.num_links"] == 1


def test_the_first_exception_is_copied_where_the_span_is_silent():
    def exception(**said):
        event = Span.Event(name="exception")
        for key, value in said.items():
            event.attributes.append(text(f"exception.{key}", value))
        return event

    first = exception(type="A", message="first", unknown="not copied")
    first.attributes.add(key="exception.escaped").value.bool_value = True
    second = exception(type="B", message="second", stacktrace="only here")
    other = Span.Event(name="log", attributes=[text("exception.type", "C")])
    span = Span(events=[other, first, second], attributes=[text("exception.message", "own")])
    fields = events_of(span)[-1].fields
    assert fields["exception.type"] == "A"
    assert fields["exception.message"] == "own"
    assert fields["exception.stacktrace"] == "only here"
    assert fields["exception.escaped"] is True
    assert "exception.unknown" not in fields


@pytest.mark.parametrize(
    ("said", "dataset"),
    [
        ([text("service.name", "  backend ")], "backend"),
        ([text("service.name", "   ")], "unknown_service"),
        ([text("service.name", "unknown_service:python")], "unknown_service"),
        ([KeyValue(key="service.name", value=AnyValue(int_value=5))], "unknown_service"),
        ([], "unknown_service"),
    ],
)
def test_the_dataset_is_the_services_name(said, dataset):
    assert name_dataset(fields_of(said)) == dataset


@pytest.mark.parametrize(
    ("raw", "written"),
    [
        (bytes(8) + b"\x01" * 8, "01" * 8),
        (b"\x01" * 16, "01" * 16),
        (b"\x01" * 8, "01" * 8),
        # Hexadecimal that was read as base64 on the way is written back.
        (base64.b64decode("5b8efff798038103d269b633813fc60c"), "5b8efff798038103d269b633813fc60c"),
    ],
)
def test_trace_ids(raw, written):
    assert format_trace_id(raw) == written


def test_scalars_stay_what_they_are_and_the_rest_becomes_text():
    values = {
        "int": AnyValue(int_value=-(2**63)),
        "bool": AnyValue(bool_value=False),
        "double": AnyValue(double_value=2.0),
        "text": AnyValue(string_value="é<&>"),
        "bytes": AnyValue(bytes_value=b"\x01\x02"),
        "nan": AnyValue(double_value=float("nan")),
        "infinite": AnyValue(double_value=float("-inf")),
        "nothing": AnyValue(),
        "": AnyValue(string_value="no key"),
    }
    array = AnyValue()
    array.array_value.values.extend(
        [
            AnyValue(string_value="é<&>"),
            AnyValue(double_value=1.0),
            AnyValue(double_value=0.5),
            AnyValue(),
            AnyValue(bytes_value=b"\x01"),
            listed(b=AnyValue(int_value=1), a=AnyValue(bool_value=True)),
        ]
    )
    values["array"] = array
    fields = fields_of(KeyValue(key=key, value=value) for key, value in values.items())
    assert fields == {
        "int": -(2**63),
        "bool": False,
        "double": 2.0,
        "text": "é<&>",
        "bytes": '"AQI="\n',
        "nan": "NaN",
        "infinite": "-Infinity",
        "array": '["é<&>",1,0.5,null,"AQ==",{"a":true,"b":1}]\n',
    }
    assert isinstance(fields["double"], float)


def test_an_array_with_a_number_that_is_not_finite_is_left_out():
    array = AnyValue()
    array.array_value.values.add().double_value = float("inf")
    assert fields_of([KeyValue(key="a", value=array)]) == {}


def test_lists_of_keys_are_flattened_to_a_depth_of_five():
    value = listed(leaf=AnyValue(string_value="deep"), deeper=listed(x=AnyValue(int_value=1)))
    for level in (5, 4, 3, 2, 1):
        value = listed(**{f"l{level}": value, "own": AnyValue(int_value=level)})
    fields = fields_of([KeyValue(key="top", value=value)])
    assert fields["top.own"] == 1
    assert fields["top.l1.l2.l3.l4.own"] == 5
    assert fields["top.l1.l2.l3.l4.l5.leaf"] == '"deep"\n'
    assert fields["top.l1.l2.l3.l4.l5.deeper"] == '{"x":1}\n'


def test_text_made_of_an_array_is_cut_at_honeycombs_limit():
    array = AnyValue()
    array.array_value.values.add().string_value = "é" * FIELD_LIMIT
    cut = fields_of([KeyValue(key="a", value=array)])["a"]
    assert len(cut.encode()) in (FIELD_LIMIT, FIELD_LIMIT - 1)


@pytest.mark.parametrize(
    ("fields", "rate", "left"),
    [
        ({}, None, {}),
        ({"SampleRate": 5}, 5, {}),
        ({"sampleRate": "2.5", "SampleRate": 9}, 3, {"SampleRate": 9}),
        ({"SampleRate": 0}, 1, {}),
        ({"SampleRate": -4}, 1, {}),
        ({"SampleRate": 1e30}, MOST, {}),
        ({"SampleRate": "often"}, 1, {}),
        ({"SampleRate": "nan"}, 1, {}),
        ({"SampleRate": "inf"}, MOST, {}),
        ({"SampleRate": True}, 1, {}),
        ({"samplerate": 5}, None, {"samplerate": 5}),
    ],
)
def test_the_sample_rate_is_taken_out_of_the_fields(fields, rate, left):
    assert take_sample_rate(fields) == rate
    assert fields == left


@pytest.mark.parametrize(
    ("trace_state", "rate"),
    [
        ("", None),
        ("ot=th:8", 2),
        ("ot=th:0", 1),
        ("x=1, ot=rv:abc;th:c", 4),
        ("ot=th:fd70a3d70a3d71", 100),
        ("ot=th:ffffffffffffff", MOST),
        ("th:8", None),
        ("ot=th:", None),
        ("ot=th:xyz", None),
        ("ot=th:123456789012345", None),
    ],
)
def test_the_sample_rate_of_a_trace_state(trace_state, rate):
    assert read_threshold(trace_state) == rate


def test_whose_sample_rate_counts():
    resource = [text("SampleRate", "7")]
    own = Span(attributes=[text("SampleRate", "3")], trace_state="ot=th:8")
    (event,) = events_of(own, resource)
    assert event.sample_rate == 3
    of_resource, of_span = events_of(Span(events=[Span.Event()], trace_state="ot=th:8"), resource)
    assert (of_resource.sample_rate, of_span.sample_rate) == (7, 7)
    assert "SampleRate" not in of_span.fields
    (of_state,) = events_of(Span(trace_state="ot=th:8"))
    assert of_state.sample_rate == 2
