"""Listens between an app and its sandbox, and counts what passes on its own: no code of ours."""

import contextlib
import gzip
import http.client
import json
import socket
import threading
from collections import Counter
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

LOOPBACK = "127.0.0.1"


class Counted:
    """What has passed, in the vendors' units."""

    def __init__(self):
        self._lock = threading.Lock()
        self._numbers = Counter()
        self._traces = set()

    def add(self, **numbers):
        with self._lock:
            self._numbers.update(numbers)

    def read_http(self, path, headers, body):
        if headers.get("content-encoding") == "gzip":
            body = gzip.decompress(body)
        if path == "/v1/traces" and "authorization" in headers:
            with self._lock:
                self._traces |= {span.trace_id for span in spans_of(body)}
        elif path == "/v1/traces":
            spans = spans_of(body)
            self.add(events=sum(1 + len(span.events) + len(span.links) for span in spans))
        elif headers.get("x-amz-target") == "Logs_20140328.PutLogEvents":
            messages = [each["message"] for each in json.loads(body)["logEvents"]]
            sizes = sum(26 + len(each.encode()) for each in messages)
            self.add(log_events=len(messages), log_bytes=sizes)
        elif path == "/api/1/item/":
            assert isinstance(json.loads(body)["data"], dict)
            self.add(occurrences=1)

    def read_datagram(self, datagram):
        _, _, document = datagram.partition(b"\n")
        with self._lock:
            self._traces.add(json.loads(document)["trace_id"])
        self.add(segment_bytes=len(document))

    @property
    def volume(self):
        return {**self._numbers, "traces": len(self._traces)}


def spans_of(body):
    """Return the spans of one export."""
    request = ExportTraceServiceRequest.FromString(body)
    return [
        span
        for of_resource in request.resource_spans
        for of_scope in of_resource.scope_spans
        for span in of_scope.spans
    ]


def make_handler(counted, port):
    """Return a handler that passes each request on to a port as it came, and its answer back."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def pass_on(self):
            body = self.rfile.read(int(self.headers.get("content-length", 0)))
            counted.read_http(self.path, self.headers, body)
            ahead = http.client.HTTPConnection(LOOPBACK, port, timeout=30)
            # The signature of AWS's requests covers the host that was asked.
            ahead.putrequest(self.command, self.path, skip_host=True, skip_accept_encoding=True)
            for name, value in self.headers.items():
                ahead.putheader(name, value)
            ahead.endheaders(body)
            answer = ahead.getresponse()
            text = answer.read()
            self.send_response_only(answer.status)
            for name, value in answer.getheaders():
                if name.lower() not in ("content-length", "connection", "transfer-encoding"):
                    self.send_header(name, value)
            self.send_header("Content-Length", str(len(text)))
            self.end_headers()
            self.wfile.write(text)
            ahead.close()

        do_GET = do_POST = pass_on

        def log_message(self, *_):
            pass

    return Handler


class Relay:
    """Both of a sandbox's doors, moved to other ports.

    Args:
        counted: what is told of all that passes.
        port: the sandbox's HTTP port.
        daemon_port: the port of its X-Ray daemon, UDP and TCP.
    """

    def __init__(self, counted, port, daemon_port):
        self._counted = counted
        self._ahead = (LOOPBACK, daemon_port)
        self._http = ThreadingHTTPServer((LOOPBACK, 0), make_handler(counted, port))
        self._tcp, self._udp = bind_both(make_handler(counted, daemon_port))
        self.port = self._http.server_port
        self.daemon_port = self._tcp.server_port
        self._threads = [
            threading.Thread(target=each, daemon=True)
            for each in (self._http.serve_forever, self._tcp.serve_forever, self._pass_datagrams)
        ]
        for thread in self._threads:
            thread.start()

    def _pass_datagrams(self):
        while datagram := self._udp.recv(65_536):
            self._counted.read_datagram(datagram)
            self._udp.sendto(datagram, self._ahead)

    def close(self):
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as last:
            last.sendto(b"", (LOOPBACK, self.daemon_port))
        for server in (self._http, self._tcp):
            server.shutdown()
            server.server_close()
        for thread in self._threads:
            thread.join(5)
        self._udp.close()


def bind_both(handler):
    """Return an HTTP server and a UDP socket on the same number."""
    for _ in range(50):
        server = ThreadingHTTPServer((LOOPBACK, 0), handler)
        udp = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        with contextlib.suppress(OSError):
            udp.bind((LOOPBACK, server.server_port))
            return server, udp
        udp.close()
        server.server_close()
    raise AssertionError("no port is free for both")
