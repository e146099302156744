"""The lines that step 09 adds are missed if they are gone: the check fails, and says why.

Each check runs two copies of an app, so one mutant stands for those that fail in the same way.
"""

import mutants
import pytest

STEP = 9
NO_START = "app/does-not-start"
SLOW_STOP = "failure/slow-stop"
STAYS_SILENT = "failure/stays-silent"
LOST = "failure/lost-at-the-end"

# What the check finds first where each of these is gone: file → what is gone → finding.
CAUGHT = {
    "app/backend.py": {"lifecycle.watch_for_the_end()": SLOW_STOP},
    "app/telemetry/cloudwatch.py": {
        "import threading": NO_START,
        "SECONDS_BETWEEN = 2": STAYS_SILENT,
        "threading.Thread(target=self.open, daemon=True).start()": STAYS_SILENT,
        "while not make_group_and_stream(self.cwl_client, self.service_name):": STAYS_SILENT,
        "self.is_open = True": LOST,
        "super().emit(record)": LOST,
        "lifecycle.at_the_end(handler.close)": SLOW_STOP,
        "return False": STAYS_SILENT,
    },
    "app/telemetry/honeycomb.py": {"lifecycle.at_the_end(provider.shutdown)": LOST},
    "app/telemetry/lifecycle.py": {
        "_last_sends.append(send)": SLOW_STOP,
        "thread.start()": SLOW_STOP,
        "threading.Thread(target=_end, args=[is_over, sending]).start()": SLOW_STOP,
        "is_over.wait()": STAYS_SILENT,
        "send()": SLOW_STOP,
        "threading.main_thread().join()": STAYS_SILENT,
        "is_over.set()": SLOW_STOP,
    },
}
EXPECTED = mutants.label_each(CAUGHT)
# What an outage costs is shown and not judged; tests/failure/ holds the lines to be kept. Where the
# group comes late, the lines of the end are lost as well.
RACES = {"app/telemetry/cloudwatch.py: while self.early:": {None, LOST}}
SURVIVORS = {
    "app/telemetry/cloudwatch.py: os.register_at_fork(after_in_child=handler.start)": (
        "gunicorn builds the app after the fork; with --preload notebook 09 counts what arrives"
    ),
}
# These are not run: each fails as the one does whose reason is named, or survives for it.
NAME = "a name that is gone: the app does not start, as without `import threading`"
KEPT = "tests/failure/test_hardened_app.py looks at what waits in the handler"
RELOADER = "the check has no reloader; tests/failure/test_hardened_app.py asks for each command"
FLASK_RUN = "gunicorn knows SIGTERM; the mistake flask-run-in-the-container is caught for it"
PROFILES = "this check runs backend alone; the others run both"
NO_GROUP = "the group is never made or waited for, as without the thread that makes it"
NO_THREADS = "nobody sends at the end, as without `thread.start()`"
RACE = "nobody is waited for: what is sent at the end runs a race with it, and may win"
NOT_RUN = {
    "app/backend.py": {
        "from app.telemetry import boundary, cloudwatch, correlation, honeycomb, lifecycle, "
        "rollbar, xray": NAME,
        "if lifecycle.is_only_watching():": RELOADER,
        "return Flask(__name__)": RELOADER,
    },
    "app/profiles.py": {
        "from app.telemetry import cloudwatch, correlation, honeycomb, lifecycle, rollbar, xray": (
            PROFILES
        ),
        "if lifecycle.is_only_watching():": RELOADER,
        "return Flask(__name__)": RELOADER,
        "lifecycle.watch_for_the_end()": PROFILES,
    },
    "app/telemetry/cloudwatch.py": {
        "MOST_LINES = 5_000": NAME,
        "class PatientHandler(CloudWatchLogHandler):": NAME,
        "self.service_name = service_name": NO_GROUP,
        "self.is_open = False": KEPT,
        "self.early: deque[tuple[Context, logging.LogRecord]] = deque(maxlen=MOST_LINES)": NAME,
        "super().__init__(": NAME,
        "self.is_open = False #2": KEPT,
        "self.early.clear()": KEPT,
        "time.sleep(SECONDS_BETWEEN)": "it asks again and again, and gets there all the same",
        "assert self.lock": "for the type checker",
        "with self.lock:": "a line that is logged in that very moment may come out of order",
        "context, record = self.early.popleft()": KEPT,
        "context.run(super().emit, record)": KEPT,
        "if not self.is_open:": NO_GROUP,
        "self.early.append((copy_context(), record))": KEPT,
        "elif sum(queue.qsize() for queue in self.queues.values()) < MOST_LINES:": (
            "nothing is handed on, as without `super().emit(record)`"
        ),
        "handler = PatientHandler(service_name)": NAME,
        "handler.start()": NO_GROUP,
        "return handler": "logging gets no handler: the app does not start",
        'logger.warning("no log group in CloudWatch yet: %s", error)': (
            "what is printed is read by eyes"
        ),
        "return True": NO_GROUP,
    },
    "app/telemetry/honeycomb.py": {
        "from app.telemetry import lifecycle": NAME,
        "provider = TracerProvider(resource=resource, shutdown_on_exit=False)": NAME,
    },
    "app/telemetry/lifecycle.py": {
        "import os": NAME,
        "_last_sends: list[Callable[[], object]] = []": NAME,
        'is_flask_run = os.environ.get("FLASK_RUN_FROM_CLI") == "true" and "run" in sys.argv': NAME,
        'reloads = "--reload" in sys.argv '
        'or (get_debug_flag() and "--no-reload" not in sys.argv)': RELOADER,
        "return is_flask_run and reloads and not is_running_from_reloader()": RELOADER,
        'if os.environ.get("FLASK_RUN_FROM_CLI") == "true":': FLASK_RUN,
        "signal.signal(signal.SIGTERM, lambda *_: sys.exit())": FLASK_RUN,
        "_start_threads()": NO_THREADS,
        "os.register_at_fork(after_in_child=_start_threads)": (
            "gunicorn builds the app after the fork; with --preload notebook 09 counts what arrives"
        ),
        "is_over = threading.Event()": NAME,
        "sending = [": NAME,
        "for thread in sending:": NO_THREADS,
        "SECONDS_TO_END = 3.0": RACE,
        "deadline = time.monotonic() + SECONDS_TO_END": RACE,
        "for thread in sending: #2": RACE,
        "thread.join(max(0, deadline - time.monotonic()))": RACE,
    },
}
LEFT_OUT = mutants.label_each(NOT_RUN)
MUTANTS = mutants.mutants(STEP)


@pytest.fixture(scope="module")
def found(request, tmp_path_factory):
    yield from mutants.check_each_in_advance(request, tmp_path_factory, STEP, MUTANTS)


def test_each_mutant_is_listed_once():
    assert not set(LEFT_OUT) & (set(EXPECTED) | set(SURVIVORS))
    mutants.assert_each_is_listed_once(MUTANTS, EXPECTED | LEFT_OUT | RACES, SURVIVORS)


@pytest.mark.parametrize("label", [each for each in MUTANTS if each not in LEFT_OUT])
def test_mutant(label, found):
    mutants.assert_caught(label, found, EXPECTED, SURVIVORS, RACES)
