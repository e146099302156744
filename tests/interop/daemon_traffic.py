"""What is sent through a daemon, whosever it is, and what must then be in the sandbox behind it."""

import contextlib
import json
import os
import subprocess
import sys
from pathlib import Path

import requests
from otlp_clients import wait_until
from xray_clients import rule

from workshop.sandbox.xray.sampling_statistics import read_sampling_counts

SEGMENTS = 1_000
# UDP has no brakes, and a daemon's socket holds little: no more than these are under way.
BURST = 50
REQUESTS = 60
HERE = Path(__file__).parent
TRACED_APP = HERE.parent / "sandbox" / "xray" / "traced_app.py"


@contextlib.contextmanager
def sdk(daemon_address, *words):
    """A program with the real SDK, pointed at a daemon."""
    process = subprocess.Popen(
        [sys.executable, *map(str, words)],
        env={**os.environ, "AWS_XRAY_DAEMON_ADDRESS": daemon_address},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    try:
        yield process
    finally:
        process.kill()
        process.communicate()


def documents(sandbox):
    """Return the documents that the sandbox has kept."""
    with sandbox.reader() as reader:
        rows = reader.execute("SELECT document FROM xray_segment_documents").fetchall()
    return [json.loads(document) for (document,) in rows]


def count(sandbox):
    with sandbox.reader() as reader:
        return reader.execute("SELECT count(*) FROM xray_segment_documents").fetchone()[0]


def assert_segments_go_through(daemon_address, sandbox):
    """Send a thousand segments, and see that each has come, once and whole."""
    with sdk(daemon_address, HERE / "segments.py") as program:
        for sent in range(BURST, SEGMENTS + 1, BURST):
            program.stdin.write(f"{BURST}\n")
            program.stdin.flush()
            assert int(program.stdout.readline()) == sent
            wait_until(lambda sent=sent: count(sandbox) == sent, f"{sent} segments")
    kept = documents(sandbox)
    assert {each["annotations"]["number"] for each in kept} == set(range(SEGMENTS))
    assert all(each["subsegments"][0]["name"] == "work" for each in kept)


def assert_rules_are_followed(daemon_address, sandbox, api):
    """See that an SDK behind a daemon samples by the sandbox's rules, and reports to it."""
    api.create_sampling_rule(SamplingRule=rule("nothing", 1, rate=0.0, path="/nothing"))
    api.create_sampling_rule(SamplingRule=rule("all", 2, rate=1.0, path="/all"))
    with sdk(daemon_address, TRACED_APP, 0.2) as program:
        url = f"http://127.0.0.1:{program.stdout.readline().strip()}"
        session = requests.Session()

        def rules():
            return session.get(f"{url}/sdk/rules", timeout=10).json()["rules"]

        wait_until(lambda: {"nothing", "all"} <= set(rules()), "the SDK to know the rules")
        for path in ("/nothing", "/all"):
            for _ in range(REQUESTS):
                assert session.get(url + path, timeout=10).ok
        reported = {
            name: wait_until(_told(sandbox, name), f"a report on {name}")
            for name in ("nothing", "all")
        }
        assert (reported["nothing"].sampled, reported["all"].sampled) == (0, REQUESTS)
        wait_until(lambda: len(_recorded(sandbox, "all")) == REQUESTS, "the recorded segments")
        assert _recorded(sandbox, "nothing") == []
        # A target says that there are newer rules; the SDK then asks for them at once.
        api.update_sampling_rule(SamplingRuleUpdate={"RuleName": "all", "FixedRate": 0.0})
        session.get(f"{url}/all", timeout=10)
        wait_until(lambda: rules()["all"][0] == 0.0, "the SDK to know the changed rule")
        session.close()


def _told(sandbox, name):
    def told():
        with sandbox.reader() as reader:
            found = [each for each in read_sampling_counts(reader) if each.name == name]
        return found and found[0].requests == REQUESTS and found[0]

    return told


def _recorded(sandbox, name):
    return [
        each for each in documents(sandbox) if each["aws"]["xray"].get("sampling_rule_name") == name
    ]
