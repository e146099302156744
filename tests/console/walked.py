"""A small workshop's worth of telemetry, sent as apps send it, with markup in every field.

The same eight requests are told to all four tools, three seconds apart. Odd ones carry one trace id
everywhere; even ones have an id of their own at X-Ray and none elsewhere, as where two SDKs know
nothing of each other. Every fourth one fails.
"""

import json
import socket
import time

import boto3
import requests
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

XSS = "<img src=x onerror=alert(1)>"
QUOTES = "\"'><script>alert(1)</script>"
KEY = "sandbox"
REQUESTS = 8
CALLS = 3
GROUP = "backend-flask"
STREAM = f"web-{XSS}"
SERVER, INTERNAL, CLIENT = 2, 1, 3


def path_of(number):
    return "/api/activities/home" if number % 2 == 0 else "/api/activities/search"


def fails(number):
    return number % 4 == 3


def trace_id(number):
    return f"{0xA0 + number:02x}" * 4 + f"{number + 1:024x}"


def xray_id(number, start_s):
    plain = trace_id(number)
    first = plain[:8] if number % 2 else f"{start_s:08x}"
    return f"1-{first}-{plain[8:]}"


class Walk:
    """What was sent, and when.

    Args:
        url: the sandbox's address.
        daemon_port: of its X-Ray daemon.
        start_s: when the first request began, in seconds since 1970.
    """

    def __init__(self, url, daemon_port, start_s=None):
        self.url = url
        self.daemon_port = daemon_port
        self.start_s = int(time.time()) - 120 if start_s is None else start_s

    def begin(self, number):
        return self.start_s + 3 * number

    def send(self):
        for number in range(REQUESTS):
            self.send_spans(number)
            self.send_segments(number)
        self.send_lines()
        for number in filter(fails, range(REQUESTS)):
            self.send_occurrence(number)
        self.send_what_is_refused()

    def send_spans(self, number):
        export = ExportTraceServiceRequest()
        begin_ns = self.begin(number) * 10**9
        spans = {}
        for service in ("backend", f"profiles{QUOTES}"):
            resource = export.resource_spans.add()
            _set(resource.resource, {"service.name": service})
            scope = resource.scope_spans.add()
            scope.scope.name = XSS
            spans[service[:8]] = scope.spans

        def add(service, name, span_id, parent, start_ms, length_ms, kind, fields):
            span = spans[service].add(
                trace_id=bytes.fromhex(trace_id(number)),
                span_id=span_id.to_bytes(8, "big"),
                name=name,
                kind=kind,
                start_time_unix_nano=begin_ns + start_ms * 10**6,
                end_time_unix_nano=begin_ns + (start_ms + length_ms) * 10**6,
            )
            if parent:
                span.parent_span_id = parent.to_bytes(8, "big")
            _set(span, fields)
            return span

        status = 500 if fails(number) else 200
        asked = {"url.path": path_of(number), "http.request.method": "GET"}
        length = 20 + 30 * CALLS + number
        answer = {**asked, "http.response.status_code": status}
        root = add("backend", f"GET {path_of(number)}", 1, 0, 0, length, SERVER, answer)
        add("backend", f"load {XSS}", 2, 1, 2, length - 5, INTERNAL, {f"app.{XSS}": QUOTES})
        for call in range(CALLS):
            start = 5 + 30 * call
            add("backend", "GET", 10 + call, 2, start, 28, CLIENT, {})
            span = add(
                "profiles",
                "GET /profiles/<handle>",
                30 + call,
                10 + call,
                start + 2,
                20,
                SERVER,
                {},
            )
        if fails(number):
            for each in (root, span):
                each.status.code, each.status.message = 2, f"boom {XSS}"
            event = span.events.add(
                name="exception", time_unix_nano=span.start_time_unix_nano + 10**6
            )
            _set(event, {"exception.type": "KeyError", "exception.message": XSS})
        headers = {"Content-Type": "application/x-protobuf", "x-honeycomb-team": KEY}
        answer = requests.post(
            f"{self.url}/v1/traces", export.SerializeToString(), headers=headers, timeout=10
        )
        answer.raise_for_status()

    def send_segments(self, number):
        begin = self.begin(number) + 0.001
        trace = xray_id(number, self.begin(number))
        status = 500 if fails(number) else 200

        def document(name, part, start_ms, length_ms, status=200, **members):
            return {
                "name": name,
                "id": f"{100 * number + part:016x}",
                "start_time": begin + start_ms / 1000,
                "end_time": begin + (start_ms + length_ms) / 1000,
                "http": {"request": {"url": f"http://{name}/x", "method": "GET"}},
                **members,
            }

        calls = [
            document("profiles", 10 + call, 5 + 30 * call, 28, namespace="remote")
            for call in range(CALLS)
        ]
        root = document("backend", 1, 0, 20 + 30 * CALLS, trace_id=trace, user=XSS)
        root["http"] = {
            "request": {
                "url": f"http://127.0.0.1:4567{path_of(number)}?term={XSS}",
                "method": "GET",
                "user_agent": XSS,
            },
            "response": {"status": status},
        }
        root["annotations"] = {"handle": XSS, "count": 3}
        root["metadata"] = {f"ns{XSS}": {XSS: QUOTES}}
        load = document("home-feed", 2, 2, 10 + 30 * CALLS, subsegments=calls)
        root["subsegments"] = [load]
        if fails(number):
            stack = [{"path": XSS, "line": 3, "label": XSS}]
            error = {"id": "e" * 16, "type": XSS, "message": QUOTES, "stack": stack}
            root |= {"fault": True, "cause": {"exceptions": [error]}}
        answers = [
            document(
                *("profiles", 30 + call, 7 + 30 * call, 20),
                trace_id=trace,
                parent_id=f"{100 * number + 10 + call:016x}",
            )
            for call in range(CALLS)
        ]
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as client:
            for each in (root, *answers):
                datagram = '{"format":"json","version":1}\n' + json.dumps(each)
                client.sendto(datagram.encode(), ("127.0.0.1", self.daemon_port))

    def send_lines(self):
        logs = boto3.client(
            "logs",
            endpoint_url=self.url,
            region_name="us-east-1",
            aws_access_key_id=KEY,
            aws_secret_access_key=KEY,
        )
        logs.create_log_group(logGroupName=GROUP)
        logs.create_log_stream(logGroupName=GROUP, logStreamName=STREAM)
        events = []
        for number in range(REQUESTS):
            fields = {
                "level": "ERROR" if fails(number) else "INFO",
                "message": f"{XSS} {number}",
                "path": path_of(number),
                XSS: QUOTES,
                **({"trace_id": trace_id(number)} if number % 2 else {}),
            }
            plain = f"INFO GET {path_of(number)} 200 {XSS}"
            message = json.dumps(fields) if number % 2 else plain
            events.append({"timestamp": self.begin(number) * 1000 + 5, "message": message})
        logs.put_log_events(logGroupName=GROUP, logStreamName=STREAM, logEvents=events)
        logs.close()

    def send_occurrence(self, number):
        def frame(file, line):
            values = {"handle": XSS, XSS: QUOTES}
            return {"filename": file, "lineno": line, "method": XSS, "code": XSS, "locals": values}

        trace = {
            "frames": [
                frame("/x/lib/python3.11/site-packages/flask/app.py", 917),
                frame("app/services/search.py", 12),
            ],
            "exception": {"class": "KeyError", "message": XSS},
        }
        data = {
            "environment": XSS,
            "level": "error",
            "timestamp": self.begin(number),
            "language": XSS,
            "framework": XSS,
            "request": {
                "url": f"http://127.0.0.1:4567{path_of(number)}?{XSS}",
                "method": XSS,
                "headers": {XSS: XSS},
                "user_ip": "127.0.0.1",
            },
            "person": {"id": XSS, "username": XSS},
            "custom": {"trace_id": trace_id(number), XSS: QUOTES},
            "server": {"host": XSS},
            "code_version": XSS,
            "body": {"trace": trace},
        }
        answer = requests.post(
            f"{self.url}/api/1/item/",
            json={"data": data},
            headers={"X-Rollbar-Access-Token": KEY},
            timeout=10,
        )
        answer.raise_for_status()

    def send_what_is_refused(self):
        headers = {"x-honeycomb-team": "wrong", "User-Agent": XSS}
        requests.post(f"{self.url}/v1/traces/{XSS}", headers=headers, timeout=10)


def _set(holder, fields):
    for key, value in fields.items():
        attribute = holder.attributes.add(key=key)
        if isinstance(value, int):
            attribute.value.int_value = value
        else:
            attribute.value.string_value = value
