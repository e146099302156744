"""What X-Ray makes of a span: segment or subsegment, its name, its blocks, what is indexed."""

import pytest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.common.v1.common_pb2 import AnyValue, ArrayValue, KeyValue, KeyValueList
from opentelemetry.proto.trace.v1.trace_pb2 import Span, Status

from workshop.sandbox.xray.assembly import assemble, describe_service
from workshop.sandbox.xray.otlp.spans import make_document, make_documents
from workshop.sandbox.xray.validation import NAME_LIMIT

SERVER, CLIENT, INTERNAL = Span.SPAN_KIND_SERVER, Span.SPAN_KIND_CLIENT, Span.SPAN_KIND_INTERNAL
TRACE_ID = bytes.fromhex("4efaaf4d1e8720b39541901950019ee5")
RESOURCE = {"service.name": "backend", "telemetry.sdk.language": "python"}


def any_value(value):
    if isinstance(value, bool):
        return AnyValue(bool_value=value)
    if isinstance(value, list):
        return AnyValue(array_value=ArrayValue(values=map(any_value, value)))
    if isinstance(value, dict):
        return AnyValue(kvlist_value=KeyValueList(values=key_values(value)))
    names = {str: "string_value", int: "int_value", float: "double_value", bytes: "bytes_value"}
    return AnyValue(**{names[type(value)]: value})


def key_values(attributes):
    return [KeyValue(key=key, value=any_value(value)) for key, value in attributes.items()]


def make(name="work", kind=INTERNAL, parent=b"", attributes=(), events=(), **members):
    span = Span(
        trace_id=TRACE_ID,
        span_id=members.pop("span_id", b"s" * 8),
        parent_span_id=parent,
        name=name,
        kind=kind,
        start_time_unix_nano=1_790_000_000_250_000_000,
        end_time_unix_nano=1_790_000_000_750_000_000,
        attributes=key_values(dict(attributes)),
        **members,
    )
    for attributes in events:
        span.events.add(name="exception", attributes=key_values(attributes))
    return span


def document_of(*args, resource=RESOURCE, **options):
    return make_document(make(*args, **options), resource)


def test_an_id_of_the_w3c_is_written_as_xray_does():
    document = document_of(kind=SERVER)
    # The example of AWS's own description of PutTraceSegments.
    assert document["trace_id"] == "1-4efaaf4d-1e8720b39541901950019ee5"
    assert (document["id"], "parent_id" in document) == ("73" * 8, False)
    assert (document["start_time"], document["end_time"]) == (1790000000.25, 1790000000.75)


@pytest.mark.parametrize(
    ("kind", "parent", "is_segment"),
    [
        (SERVER, b"", True),
        (SERVER, b"p" * 8, True),
        (INTERNAL, b"", True),
        (INTERNAL, b"p" * 8, False),
        (CLIENT, b"", True),
        (CLIENT, b"p" * 8, False),
        (Span.SPAN_KIND_CONSUMER, b"", True),
        (Span.SPAN_KIND_CONSUMER, b"p" * 8, False),
        (Span.SPAN_KIND_PRODUCER, b"p" * 8, False),
        (Span.SPAN_KIND_UNSPECIFIED, b"p" * 8, False),
    ],
)
def test_a_servers_span_and_a_root_are_segments(kind, parent, is_segment):
    document = document_of(kind=kind, parent=parent)
    assert ("type" not in document) == is_segment
    assert document.get("parent_id") == (parent.hex() or None)
    assert document.get("namespace") == ("remote" if kind == CLIENT else None)


@pytest.mark.parametrize(
    ("kind", "attributes", "name"),
    [
        (SERVER, {}, "backend"),
        (SERVER, {"http.host": "example.com", "server.address": "example.com"}, "backend"),
        (INTERNAL, {}, "work"),
        (CLIENT, {}, "work"),
        (CLIENT, {"server.address": "profiles", "server.port": 4568}, "profiles"),
        (CLIENT, {"net.peer.name": "old", "server.address": "new"}, "old"),
        (CLIENT, {"peer.service": "chosen", "server.address": "profiles"}, "chosen"),
        (CLIENT, {"rpc.service": "Orders", "server.address": "profiles"}, "Orders"),
        (CLIENT, {"db.name": "orders"}, "orders"),
        (CLIENT, {"db.namespace": "orders", "server.address": "db"}, "orders"),
        (
            CLIENT,
            {"db.name": "orders", "db.connection_string": "jdbc:mysql://db.example.com:3306"},
            "orders@db.example.com",
        ),
        (INTERNAL, {"server.address": "profiles"}, "work"),
        (CLIENT, {"peer.service": 5}, "work"),
        (CLIENT, {"peer.service": "?<>"}, "work"),
    ],
)
def test_a_name_is_the_services_wherever_that_is_known(kind, attributes, name):
    assert document_of(kind=kind, parent=b"p" * 8, attributes=attributes)["name"] == name


def test_a_name_keeps_to_what_xray_allows():
    assert document_of("GET /<uuid>?!")["name"] == "GET /uuid"
    assert document_of("x" * 500)["name"] == "x" * NAME_LIMIT
    assert document_of("?!")["name"] == "span"
    assert document_of("größer 表")["name"] == "größer 表"


NEW = {
    "http.request.method": "GET",
    "url.scheme": "http",
    "server.address": "127.0.0.1:4567",
    "server.port": 4567,
    "url.path": "/api/search",
    "url.query": "term=x",
    "client.address": "10.0.0.7",
    "user_agent.original": "curl/8",
    "http.route": "/api/search",
    "http.response.status_code": 200,
}
OLD = {
    "http.method": "GET",
    "http.scheme": "http",
    "http.host": "127.0.0.1:4567",
    "http.server_name": "127.0.0.1",
    "net.host.port": 4567,
    "http.target": "/api/search?term=x",
    "net.peer.ip": "10.0.0.7",
    "http.user_agent": "curl/8",
    "http.route": "/api/search",
    "http.status_code": 200,
}


@pytest.mark.parametrize(("attributes", "forwarded"), [(NEW, True), (OLD, None)])
def test_old_and_new_conventions_tell_the_same_of_a_request(attributes, forwarded):
    document = document_of(kind=SERVER, attributes=attributes)
    request = document["http"]["request"]
    assert request.pop("x_forwarded_for", None) is forwarded
    assert document["http"] == {
        "request": {
            "method": "GET",
            "url": "http://127.0.0.1:4567/api/search?term=x",
            "user_agent": "curl/8",
            "client_ip": "10.0.0.7",
        },
        "response": {"status": 200},
    }
    # What the block does not tell stays where it can be read.
    assert document["metadata"]["default"]["http.route"] == "/api/search"
    assert "http.request.method" not in document["metadata"]["default"]


@pytest.mark.parametrize(
    ("kind", "attributes", "url"),
    [
        (CLIENT, {"url.full": "http://profiles:4568/p?x=1"}, "http://profiles:4568/p?x=1"),
        (CLIENT, {"http.url": "https://example.com/"}, "https://example.com/"),
        (CLIENT, {"http.method": "GET", "net.peer.name": "a", "net.peer.port": 80}, "http://a/"),
        (
            CLIENT,
            {"http.request.method": "GET", "server.address": "a", "server.port": 81},
            "http://a:81/",
        ),
        (
            SERVER,
            {"url.scheme": "https", "server.address": "a", "server.port": 443, "url.path": "/x"},
            "https://a/x",
        ),
        (SERVER, {"url.path": "/x"}, None),
    ],
)
def test_an_address_is_put_together_from_its_parts(kind, attributes, url):
    told = document_of(kind=kind, attributes=attributes).get("http", {})
    assert told.get("request", {}).get("url") == url


def test_what_is_not_about_http_has_no_such_block():
    attributes = {"server.address": "db", "net.peer.ip": "10.0.0.1", "db.system": "redis"}
    document = document_of(kind=CLIENT, parent=b"p" * 8, attributes=attributes)
    assert "http" not in document
    assert document["metadata"]["default"] == attributes


def test_a_clients_address_has_to_be_one():
    attributes = {"http.method": "GET", "client.address": "unknown", "net.peer.ip": "10.0.0.1"}
    request = document_of(kind=SERVER, attributes=attributes)["http"]["request"]
    assert (request["client_ip"], "x_forwarded_for" in request) == ("10.0.0.1", False)


ERROR = Status(code=Status.STATUS_CODE_ERROR, message="it broke")


@pytest.mark.parametrize(
    ("attributes", "status", "flags"),
    [
        ({"http.response.status_code": 200}, None, set()),
        ({"http.response.status_code": 404}, None, {"error"}),
        ({"http.status_code": 404}, ERROR, {"error"}),
        ({"http.response.status_code": 429}, None, {"error", "throttle"}),
        ({"http.response.status_code": 500}, None, {"fault"}),
        ({"http.status_code": 503}, None, {"fault"}),
        ({"http.response.status_code": 200}, ERROR, {"fault"}),
        ({}, ERROR, {"fault"}),
        ({}, Status(code=Status.STATUS_CODE_OK), set()),
    ],
)
def test_a_status_decides_between_error_throttle_and_fault(attributes, status, flags):
    document = document_of(attributes=attributes, status=status)
    assert {flag for flag in ("error", "throttle", "fault") if flag in document} == flags
    assert all(document[flag] is True for flag in flags)


STACK = """Traceback (most recent call last):
  File "/srv/app/services/create_activity.py", line 61, in parse_ttl
    return timedelta(**{unit: int(amount)})
TypeError: 'day' is an invalid keyword argument for __new__()
"""
CHAINED = f"""Traceback (most recent call last):
  File "/srv/app/a.py", line 1, in first
    fail()
    ~~~~^^
ValueError: two
lines

During handling of the above exception, another exception occurred:

Traceback (most recent call last):
  File "/srv/app/b.py", line 2, in second
    raise KeyError
KeyError

The above exception was the direct cause of the following exception:

{STACK}"""


def exception(stack=STACK, kind="TypeError", message="'day' is an invalid keyword argument"):
    return {
        "exception.type": kind,
        "exception.message": message,
        "exception.stacktrace": stack,
        "exception.escaped": "False",
    }


def test_an_exception_becomes_a_cause_with_the_line_that_raised_first():
    document = document_of(kind=SERVER, status=ERROR, events=[exception()])
    (told,) = document["cause"]["exceptions"]
    assert (told["type"], told["remote"]) == ("TypeError", False)
    assert told["message"] == "'day' is an invalid keyword argument"
    assert told["stack"] == [
        {"path": "/srv/app/services/create_activity.py", "line": 61, "label": "parse_ttl"}
    ]
    assert len(told["id"]) == 16


def test_exceptions_that_led_to_another_are_linked_to_it():
    document = document_of(status=ERROR, events=[exception(CHAINED)])
    newest, middle, oldest = document["cause"]["exceptions"]
    assert newest["cause"] == middle["id"]
    assert middle["cause"] == oldest["id"]
    assert "cause" not in oldest
    assert (middle["type"], "message" in middle) == ("KeyError", False)
    assert (oldest["type"], oldest["message"]) == ("ValueError", "two\nlines")
    assert [each["stack"][0]["label"] for each in (newest, middle, oldest)] == [
        "parse_ttl",
        "second",
        "first",
    ]


def test_each_event_is_an_exception_of_its_own():
    document = document_of(status=ERROR, events=[exception(), exception(kind="OSError")])
    first, second = document["cause"]["exceptions"]
    assert first["id"] != second["id"]
    assert "cause" not in first


def test_a_call_that_fails_has_a_remote_exception():
    document = document_of(kind=CLIENT, status=ERROR, events=[exception("", "ConnectionError")])
    (told,) = document["cause"]["exceptions"]
    assert (told["type"], told["remote"], told["stack"]) == ("ConnectionError", True, [])


@pytest.mark.parametrize("stack", ["", "nonsense", 'File "x"', STACK[:60], "\n\n"])
def test_a_stack_that_is_none_loses_no_exception(stack):
    document = document_of(status=ERROR, events=[exception(stack)])
    assert document["cause"]["exceptions"][0]["type"] == "TypeError"


def test_of_other_languages_the_stack_is_left_out():
    resource = {**RESOURCE, "telemetry.sdk.language": "java"}
    document = document_of(status=ERROR, events=[exception()], resource=resource)
    assert "stack" not in document["cause"]["exceptions"][0]


def test_without_an_exception_the_status_tells_the_cause():
    (told,) = document_of(status=ERROR)["cause"]["exceptions"]
    assert told["message"] == "it broke"
    assert "cause" not in document_of(status=Status(code=Status.STATUS_CODE_ERROR))


@pytest.mark.parametrize(
    "attributes",
    [
        {"db.system": "sqlite", "db.name": "/data/m.db", "db.statement": "SELECT 1"},
        {"db.system.name": "sqlite", "db.namespace": "/data/m.db", "db.query.text": "SELECT 1"},
    ],
)
def test_a_query_becomes_an_sql_block(attributes):
    document = document_of("SELECT", kind=CLIENT, parent=b"p" * 8, attributes=attributes)
    assert (document["name"], document["namespace"]) == ("/data/m.db", "remote")
    assert document["sql"] == {
        "url": "SELECT",
        "connection_string": "localhost//data/m.db",
        "database_type": "sqlite",
        "sanitized_query": "SELECT 1",
    }
    assert "metadata" not in document


def test_annotations_are_those_attributes_that_are_listed():
    document = document_of(
        parent=b"p" * 8,
        attributes={
            "hits": 3,
            "rate": 0.5,
            "found": True,
            "app.search/term": "a b",
            "tags": ["a"],
            "note": "not listed",
            "aws.xray.annotations": ["hits", "rate", "found", "app.search/term", "tags", "gone", 5],
        },
    )
    assert document["annotations"] == {
        "hits": 3,
        "rate": 0.5,
        "found": True,
        "app.search_term": "a b",
    }
    assert document["metadata"] == {"default": {"tags": ["a"], "note": "not listed"}}


def test_metadata_of_a_namespace_keeps_it():
    document = document_of(
        parent=b"p" * 8,
        attributes={
            "aws.xray.metadata.search": '{"term": "x"}',
            "aws.xray.metadata.Default": '{"own": 1}',
            "aws.xray.metadata.broken": "{",
            "aws.xray.metadata.odd": '{"half": "\\ud800"}',
            "aws.xray.metadata.list": "[1]",
        },
    )
    assert document["metadata"]["search"] == {"term": "x"}
    assert document["metadata"]["default"] == {
        "own": 1,
        "aws.xray.metadata.broken": "{",
        "aws.xray.metadata.odd": '{"half": "\\ud800"}',
        "aws.xray.metadata.list": "[1]",
    }


def test_a_segment_tells_its_resource_and_a_subsegment_does_not():
    resource = {**RESOURCE, "service.version": "1.2", "enabled": True}
    segment = document_of(kind=SERVER, resource=resource)
    assert segment["metadata"]["default"]["otel.resource.service.name"] == "backend"
    assert segment["service"] == {"version": "1.2"}
    assert "metadata" not in document_of(parent=b"p" * 8, resource=resource)
    listed = {"aws.xray.annotations": ["otel.resource.enabled"]}
    indexed = document_of(kind=SERVER, attributes=listed, resource=resource)
    assert indexed["annotations"] == {"otel.resource.enabled": True}


def test_what_it_runs_on_and_what_it_calls_of_aws():
    resource = {
        "cloud.provider": "aws",
        "cloud.platform": "aws_ec2",
        "cloud.account.id": "123456789012",
        "cloud.availability_zone": "us-east-1a",
        "host.id": "i-1",
        "aws.log.group.names": "one&two",
        "telemetry.sdk.name": "opentelemetry",
        "telemetry.sdk.language": "python",
        "telemetry.sdk.version": "1.45.1",
    }
    attributes = {
        "rpc.system": "aws-api",
        "rpc.service": "DynamoDB",
        "rpc.method": "GetItem",
        "aws.dynamodb.table_names": ["posts"],
        "aws.requestId": "42",
    }
    document = document_of(
        "DynamoDB.GetItem", kind=CLIENT, parent=b"p" * 8, attributes=attributes, resource=resource
    )
    assert (document["name"], document["namespace"]) == ("DynamoDB", "aws")
    assert document["origin"] == "AWS::EC2::Instance"
    assert document["aws"] == {
        "account_id": "123456789012",
        "operation": "GetItem",
        "request_id": "42",
        "table_name": "posts",
        "ec2": {"instance_id": "i-1", "availability_zone": "us-east-1a"},
        "cloudwatch_logs": [{"log_group": "one"}, {"log_group": "two"}],
        "xray": {
            "sdk": "opentelemetry for python",
            "sdk_version": "1.45.1",
            "auto_instrumentation": False,
        },
    }
    elsewhere = document_of(kind=SERVER, resource={"cloud.provider": "gcp"})
    assert not {"aws", "origin"} & set(elsewhere)


def test_a_user_and_links_are_told():
    span = make(kind=SERVER, attributes={"enduser.id": "noor"})
    span.links.add(trace_id=b"l" * 16, span_id=b"k" * 8, attributes=key_values({"why": "batch"}))
    span.links.add()
    document = make_document(span, RESOURCE)
    assert document["user"] == "noor"
    assert document["links"] == [
        {
            "trace_id": f"1-{'6c' * 4}-{'6c' * 12}",
            "id": "6b" * 8,
            "attributes": {"why": "batch"},
        }
    ]


def test_values_that_json_does_not_know_become_texts():
    attributes = {
        "bytes": b"\xff",
        "inf": float("inf"),
        "nan": float("nan"),
        "deep": {"list": [1, {"a": True}]},
    }
    document = document_of(parent=b"p" * 8, attributes=attributes)
    assert document["metadata"]["default"] == {
        "bytes": "/w==",
        "inf": "Infinity",
        "nan": "NaN",
        "deep": {"list": [1, {"a": True}]},
    }


def test_a_span_that_ends_before_it_starts_takes_no_time():
    span = make()
    span.end_time_unix_nano = span.start_time_unix_nano - 5
    document = make_document(span, RESOURCE)
    assert document["start_time"] == document["end_time"]


def test_spans_of_two_services_make_one_map():
    request = ExportTraceServiceRequest()
    ids = {"server": b"1" * 8, "own": b"2" * 8, "call": b"3" * 8, "other": b"4" * 8}
    url = {"http.request.method": "GET", "url.full": "http://profiles:4568/profiles/noor"}
    query = {"db.system": "sqlite", "db.name": "microblog.db"}
    of_backend = [
        make("GET /", SERVER, span_id=ids["server"]),
        make("feed", INTERNAL, ids["server"], span_id=ids["own"]),
        make("GET", CLIENT, ids["own"], {**url, "server.address": "profiles"}, span_id=ids["call"]),
    ]
    of_profiles = [
        make("GET /profiles", SERVER, ids["call"], span_id=ids["other"]),
        make("SELECT", CLIENT, ids["other"], query, span_id=b"5" * 8),
    ]
    for name, spans in (("backend", of_backend), ("profiles", of_profiles)):
        added = request.resource_spans.add()
        added.resource.attributes.extend(key_values({"service.name": name}))
        added.scope_spans.add().spans.extend(spans)
    documents = list(make_documents(request))
    trace = assemble(documents[0]["trace_id"], documents)
    (root,) = trace.roots
    (feed,) = root.subsegments
    (call,) = feed.subsegments
    (profiles,) = call.downstream
    (answered,) = profiles.subsegments[0].downstream
    names = [each.name for each in (root, feed, call, profiles)]
    assert names == ["backend", "feed", "profiles", "profiles"]
    assert describe_service(answered) == ("microblog.db", "remote")
