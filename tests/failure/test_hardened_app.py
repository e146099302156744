"""What of step 09 no check can see: lines that wait for a log group, and the reloader's two starts.

Each runs in a process of its own, with the app of that step.
"""

import json
import subprocess
import sys
import textwrap

import pytest

from workshop import course

WAITING = """
    import json, logging, threading
    from app.telemetry import cloudwatch
    from opentelemetry import trace

    class Client:
        '''CloudWatch, as far as it is asked here: away at first, then back.'''
        class exceptions:
            class ResourceAlreadyExistsException(Exception):
                pass
            class InvalidSequenceTokenException(Exception):
                pass
            class DataAlreadyAcceptedException(Exception):
                pass
            class InvalidParameterException(Exception):
                pass
        def __init__(self):
            self.asked, self.sent, self.is_back = 0, [], threading.Event()
        def create_log_group(self, **_):
            self.asked += 1
            if not self.is_back.is_set():
                raise cloudwatch.ClientError({"Error": {"Code": "503"}}, "CreateLogGroup")
        def put_retention_policy(self, **_):
            pass
        create_log_stream = put_retention_policy
        def put_log_events(self, logEvents, **_):
            self.sent += [each["message"] for each in logEvents]
            return {}

    client = Client()
    cloudwatch.make_client = lambda: client
    cloudwatch.MOST_LINES, cloudwatch.SECONDS_BETWEEN = 3, 0.01
    handler = cloudwatch.make_handler("backend")
    handler.setFormatter(logging.Formatter("%(message)s"))
    handler.addFilter(lambda record: record.name == "shop")
    logger = logging.getLogger("shop")
    logger.addHandler(handler)
    ids = []
    for number in range(5):
        context = trace.SpanContext(number + 1, 1, False)
        with trace.use_span(trace.NonRecordingSpan(context)):
            logger.error("line %d", number)
    waiting = len(handler.early)
    # Of those that are handed over, the sender may not have taken one when the next line comes.
    cloudwatch.MOST_LINES = 100
    really = handler.format
    handler.format = lambda record: (
        f"{really(record)} of {trace.get_current_span().get_span_context().trace_id}"
    )
    client.is_back.set()
    while not handler.is_open:
        threading.Event().wait(0.005)
    logger.error("line after")
    handler.close()
    tried = client.asked
    client.is_back.clear()
    handler.early.append("of the process before")
    handler.start()
    logger.error("line of a fork")
    print(json.dumps({"waiting": waiting, "sent": client.sent, "tried": tried,
                      "in a fork": [handler.is_open, len(handler.early)]}))
"""

COMMANDS = """
    import json, os, sys
    from app.telemetry import lifecycle

    told = []
    for words, variables in json.loads(sys.argv[1]):
        sys.argv[:] = words.split()
        os.environ.pop("FLASK_DEBUG", None)
        os.environ.pop("WERKZEUG_RUN_MAIN", None)
        os.environ.update({"FLASK_RUN_FROM_CLI": "true", **variables})
        told.append(lifecycle.is_only_watching())
    print(json.dumps(told))
"""


def run(text, *words):
    """Run a program beside the app of step 09, and return what it says."""
    done = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(text), *words],
        cwd=course.step(9).folder,
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    return json.loads(done.stdout.splitlines()[-1])


@pytest.fixture(scope="module")
def waited():
    """What became of lines that were logged while CloudWatch was away."""
    return run(WAITING)


def test_of_more_lines_than_may_wait_the_oldest_are_dropped(waited):
    assert waited["waiting"] == 3
    assert [each.partition(" of")[0] for each in waited["sent"]] == [
        "line 2", "line 3", "line 4", "line after",
    ]  # fmt: skip


def test_each_is_written_within_its_own_request(waited):
    assert [each.partition(" of ")[2] for each in waited["sent"]] == ["3", "4", "5", "0"]


def test_the_group_is_tried_until_it_is_there(waited):
    assert waited["tried"] > 1


def test_a_fork_begins_anew(waited):
    assert waited["in a fork"] == [False, 1]


SERVES, WATCHES = False, True


CASES = [
    ("flask run", {}, SERVES),
    ("flask run --debug", {"FLASK_DEBUG": "1"}, WATCHES),
    ("flask run --debug", {"FLASK_DEBUG": "1", "WERKZEUG_RUN_MAIN": "true"}, SERVES),
    ("flask run --reload", {}, WATCHES),
    ("flask run --debug --no-reload", {"FLASK_DEBUG": "1"}, SERVES),
    ("flask routes", {"FLASK_DEBUG": "1"}, SERVES),
    ("gunicorn app:create_app()", {"FLASK_RUN_FROM_CLI": "", "FLASK_DEBUG": "1"}, SERVES),
]


def test_only_the_process_that_serves_sets_anything_up():
    told = run(COMMANDS, json.dumps([case[:2] for case in CASES]))
    assert told == [case[2] for case in CASES]
