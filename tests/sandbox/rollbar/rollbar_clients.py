"""What the tests of Rollbar's stand-in share: payloads by hand, and plain HTTP."""

import json
from pathlib import Path

import requests

from workshop.sandbox.refusals import read_refusals
from workshop.sandbox.rollbar.items import read_items, read_occurrences

REPORTER = Path(__file__).with_name("rollbar_reporter.py")


def trace(*methods, kind="ZeroDivisionError", message="division by zero", file="/srv/app/pay.py"):
    """An exception whose frames have these functions, the outermost first."""
    frames = [
        {"filename": file, "lineno": 10 + index, "method": method, "code": f"{method}()"}
        for index, method in enumerate(methods)
    ]
    return {"frames": frames, "exception": {"class": kind, "message": message}}


def exception(*methods, environment="production", more=None, **words):
    """A payload of one exception."""
    data = {"environment": environment, "body": {"trace": trace(*methods, **words)}}
    return {"data": data | (more or {})}


def message(text, environment="production", **more):
    """A payload of one message."""
    body = {"message": {"body": text}}
    return {"data": {"environment": environment, "body": body, **more}}


def post(sandbox, payload, token="sandbox", path="/api/1/item/", **headers):
    if token is not None:
        headers["X-Rollbar-Access-Token"] = token
    body = payload if isinstance(payload, bytes) else json.dumps(payload).encode()
    return requests.post(sandbox.url + path, data=body, headers=headers, timeout=10)


def send(sandbox, *payloads):
    """Post payloads that have to be taken."""
    for payload in payloads:
        answer = post(sandbox, payload)
        assert (answer.status_code, answer.json()["err"]) == (200, 0), answer.text


def get(sandbox, path, token="sandbox-read", **options):
    headers = {"X-Rollbar-Access-Token": token} if token else {}
    return requests.get(sandbox.url + path, headers=headers, timeout=10, **options)


def result(sandbox, path):
    answer = get(sandbox, path)
    assert (answer.status_code, answer.json()["err"]) == (200, 0), answer.text
    return answer.json()["result"]


def patch(sandbox, item_id, token="sandbox-write", **changes):
    return requests.patch(
        f"{sandbox.url}/api/1/item/{item_id}",
        json=changes,
        headers={"X-Rollbar-Access-Token": token},
        timeout=10,
    )


def items(sandbox):
    with sandbox.reader() as reader:
        return read_items(reader)


def occurrences(sandbox, item_id=None):
    with sandbox.reader() as reader:
        return read_occurrences(reader, item_id)


def refused(sandbox):
    with sandbox.reader() as reader:
        return read_refusals(reader)
