"""Sends this service's log to CloudWatch Logs, a JSON object a line, through watchtower."""

import contextlib
import json
import logging
import os
import threading
import time
from collections import deque
from contextvars import Context, copy_context
from typing import Any

import boto3
from botocore.client import BaseClient
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError
from flask import Flask, Response, g, request
from watchtower import CloudWatchLogHandler

from app.telemetry import lifecycle
from app.telemetry.correlation import find_ids, find_keepers
from app.telemetry.redaction import clean, clean_value
from app.telemetry.thrift import QUIET_PATHS

GROUP = "microblog"
RETENTION_DAYS = 7
SEND_SECONDS = 1
# How many wait at most, while CloudWatch is away; stderr has every line.
MOST_LINES = 5_000
SECONDS_BETWEEN = 2

logger = logging.getLogger(__name__)


class JsonFormatter(logging.Formatter):
    """Writes a log line as a JSON object, with the id of the request that it belongs to."""

    def __init__(self, service_name: str) -> None:
        super().__init__()
        self.service_name = service_name

    def format(self, record: logging.LogRecord) -> str:
        """Return the line for one record."""
        line = {
            "level": record.levelname,
            "service": self.service_name,
            "logger": record.name,
            "message": clean(record.getMessage()),
            **find_ids(),
        }
        if record.exc_info:
            line["exception"] = clean(self.formatException(record.exc_info))
        return json.dumps({**line, **clean_value(getattr(record, "fields", {}))})


class PlainFormatter(logging.Formatter):
    """Writes a log line for people: what a stranger has sent cannot begin a line of its own."""

    def formatMessage(self, record: logging.LogRecord) -> str:
        """Return the line, without the traceback that may follow it."""
        line = clean(super().formatMessage(record)).replace("\r", "\\r").replace("\n", "\\n")
        ids = find_ids()
        return f"{line} trace_id={ids['trace_id']}" if ids else line

    def formatException(self, ei: Any) -> str:
        """Return a traceback."""
        return clean(super().formatException(ei))


class PatientHandler(CloudWatchLogHandler):
    """Sends lines as soon as there is a log group; until then, and after, it keeps only so many."""

    def __init__(self, service_name: str) -> None:
        self.service_name = service_name
        self.is_open = False
        self.early: deque[tuple[Context, logging.LogRecord]] = deque(maxlen=MOST_LINES)
        super().__init__(
            log_group_name=GROUP,
            log_stream_name=f"{service_name}/{{process_id}}",
            send_interval=SEND_SECONDS,
            create_log_group=False,
            boto3_client=make_client(),
        )

    def start(self) -> None:
        """Begin to make the log group, in a thread: the app does not wait for it."""
        self.is_open = False
        self.early.clear()
        threading.Thread(target=self.open, daemon=True).start()

    def open(self) -> None:
        """Make the log group, however long that takes, then send what has been logged so far."""
        while not make_group_and_stream(self.cwl_client, self.service_name):
            time.sleep(SECONDS_BETWEEN)
        assert self.lock
        with self.lock:
            self.is_open = True
            while self.early:
                context, record = self.early.popleft()
                context.run(super().emit, record)

    def emit(self, record: logging.LogRecord) -> None:
        """Hand a line to the thread that sends, or keep it together with its request's id."""
        if not self.is_open:
            self.early.append((copy_context(), record))
        elif sum(queue.qsize() for queue in self.queues.values()) < MOST_LINES:
            super().emit(record)


def make_handler(service_name: str) -> logging.Handler:
    """Return the handler that collects lines and sends them, from a thread of its own."""
    handler = PatientHandler(service_name)
    handler.start()
    # A worker that is forked from this process has none of its threads.
    os.register_at_fork(after_in_child=handler.start)
    lifecycle.at_the_end(handler.close)
    return handler


def make_client() -> BaseClient:
    """Return a client that gives up soon: nobody waits long for CloudWatch."""
    return boto3.client(
        "logs",
        region_name=os.environ.get("AWS_REGION", "us-east-1"),
        config=Config(connect_timeout=1, read_timeout=3, retries={"total_max_attempts": 1}),
    )


def make_group_and_stream(client: BaseClient, service_name: str) -> bool:
    """Make the log group, with an end to how long it keeps lines, and this process's stream.

    Left to itself, watchtower makes the stream when it has lines to send, and drops all that is
    logged in the meantime.
    """
    exists = client.exceptions.ResourceAlreadyExistsException
    try:
        with contextlib.suppress(exists):
            client.create_log_group(logGroupName=GROUP)
            client.put_retention_policy(logGroupName=GROUP, retentionInDays=RETENTION_DAYS)
        with contextlib.suppress(exists):
            client.create_log_stream(
                logGroupName=GROUP, logStreamName=f"{service_name}/{os.getpid()}"
            )
    except (BotoCoreError, ClientError) as error:
        logger.warning("no log group in CloudWatch yet: %s", error)
        return False
    return True


def log_requests(app: Flask) -> None:
    """Write one line about each request, whose level follows from its status."""

    @app.before_request
    def begin() -> None:
        g.began = time.perf_counter()
        g.status = 500

    @app.after_request
    def note_status(response: Response) -> Response:
        g.status = response.status_code
        return response

    @app.teardown_request
    def write_line(_error: BaseException | None) -> None:
        if request.path in QUIET_PATHS and g.status < 400:
            return
        fields = {
            "method": request.method,
            "path": request.path,
            "route": request.url_rule.rule if request.url_rule else "",
            "status": g.status,
            "duration_ms": round(1000 * (time.perf_counter() - g.began), 1),
            "kept_by": find_keepers(),
        }
        level = logging.INFO
        if g.status >= 400:
            level = logging.ERROR if g.status >= 500 else logging.WARNING
        logger.log(level, "%(method)s %(path)s %(status)s", fields, extra={"fields": fields})
