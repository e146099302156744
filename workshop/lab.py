"""What a notebook calls: start the app, wait for its telemetry, draw it, check it.

Importing it finds the sandbox, or starts one, and puts the `workshop` command on the kernel's
path, so that a notebook runs alike in JupyterLab, in VS Code and under nbval.
"""

import atexit
import os
import re
import sys
import time
from collections.abc import Mapping
from pathlib import Path

from workshop import learner_app, place, processes, real
from workshop.checks import memory
from workshop.checks.check import check as run_check
from workshop.checks.target import learner_app as learner_app_target
from workshop.checks.words import request_path
from workshop.errors import WorkshopError, command
from workshop.learner_app import RunningApp
from workshop.sandbox import running
from workshop.sandbox.honeycomb.traces import Span, Trace, read_traces
from workshop.sandbox.refusals import read_refusals
from workshop.sandbox.store import open_reader
from workshop.views import bars as bars_view
from workshop.views import table as table_view
from workshop.views import tree as tree_view
from workshop.views import waterfall as waterfall_view
from workshop.views.picture import Picture

PATIENCE = 5.0
# Times differ from run to run: the log's own, and the server's in its access lines.
LOG_TIMES = (
    re.compile(r"^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d,\d{3} ", re.MULTILINE),
    re.compile(r" - - \[[^\]]*\]"),
)

_variables = real.read_variables()
_data = place.state() / "sandbox"
_sandbox = running.ensure(_data)
_app: RunningApp | None = None
_started_ns = 0
_shown: set[str] = set()

# boto3 in a cell, and `!aws`, ask the AWS that the app sends to.
for _name in [each for each in os.environ if each.startswith("AWS_")]:
    del os.environ[_name]
os.environ.update(real.aws_variables(_variables, _sandbox.url))

# A learner's own shell may show colours and any width; a saved output must not depend on it.
os.environ.update(
    PATH=f"{Path(sys.executable).parent}{os.pathsep}{os.environ.get('PATH', '')}",
    NO_COLOR="1",
    COLUMNS="100",
)


def start_app(**variables: str) -> RunningApp:
    """Start both services of your app; what ran before is stopped first.

    Args:
        variables: environment variables to add or change for both services.

    Raises:
        WorkshopError: a service ended or stayed silent; the message has its own words.
    """
    global _app, _started_ns
    again = _app is not None
    stop_app()
    folder = place.state() / "app"
    folder.mkdir(exist_ok=True)
    # Each start begins with the same posts, so that what you see does not depend on yesterday.
    (folder / real.DATABASE).unlink(missing_ok=True)
    env = {
        **real.clean_environment(folder),
        **real.app_variables(_variables, _sandbox.url, _sandbox.daemon_port),
        **variables,
    }
    _started_ns = time.time_ns()
    try:
        _app = learner_app.start(place.root(), env, folder)
    except processes.DidNotStartError as error:
        raise WorkshopError(
            f"Your {error.service.name} did not start ({error.reason}): "
            f"{processes.last_error(error.service.output())}",
            f"All that it printed: {error.service.log}",
        ) from None
    print("backend and profiles are running" + (" again" if again else ""))
    return _app


def stop_app() -> None:
    """End both services; what their SDKs still hold is sent first."""
    global _app
    if _app is not None:
        _app.stop()
        _app = None


atexit.register(stop_app)


def stop_profiles() -> None:
    """End the profiles service alone, as an outage would."""
    if _app is not None:
        processes.stop(_app.profiles)
        print("profiles is stopped; backend goes on")


def log(service: str = "backend") -> list[str]:
    """Return the lines that a service has printed since it was started, without their times.

    Args:
        service: `backend` or `profiles`.
    """
    file = place.state() / "app" / f"{service}.log"
    text = file.read_text("utf-8", errors="replace") if file.is_file() else ""
    for time_stamp in LOG_TIMES:
        text = time_stamp.sub("", text)
    return text.replace(f"{place.root()}/", "").splitlines()


def trace(path: str, which: int = 1, seconds: float = PATIENCE) -> Trace | None:
    """Wait for the trace of a request that you have sent, and return it.

    A trace counts once it is whole: each span's parent is there, and so is the other side of
    each call between services. At the deadline the newest is returned as it is; so it is when you
    have sent nothing since you last looked.

    Args:
        path: the request's path, such as `/api/activities/home`.
        which: of the requests that you have sent since you last looked: 1 is the first.
        seconds: how long to wait.
    """
    if real.honeycomb_is_real(_variables):
        print(
            "Your traces went to Honeycomb itself. Open https://ui.honeycomb.io, choose the "
            f"dataset 'backend', Recent Traces, and the row of {path}."
        )
        return None
    deadline = time.monotonic() + seconds
    found: list[Trace] = []
    while time.monotonic() < deadline:
        found = [each for each in traces() if _asks_for(each, path)]
        new = [each for each in found if each.trace_id not in _shown]
        if len(new) >= which and new[which - 1].is_whole:
            found = new[:which]
            break
        time.sleep(0.05)
    if not found:
        print(_explain_nothing(path, seconds))
        return None
    _shown.update(each.trace_id for each in found)
    return found[-1]


def traces() -> list[Trace]:
    """Return all traces that have arrived since you started the app, oldest first."""
    with open_reader(_data) as reader:
        return read_traces(reader, since_ns=_started_ns)


def _asks_for(trace: Trace, path: str) -> bool:
    return any(span.kind == "server" and request_path(span) == path for span in trace.roots)


def _is_whole(trace: Trace) -> bool:
    return not any(
        span.missing_parent or (span.kind == "client" and not span.children) for span in trace.spans
    )


def _explain_nothing(path: str, seconds: float) -> str:
    with open_reader(_data) as reader:
        refused = read_refusals(reader, since_ns=_started_ns)
    if refused:
        last = refused[-1]
        return (
            f"No trace of {path} arrived. The sandbox refused what came to {last.path}: "
            f"{last.status}, {last.reason}."
        )
    return f"No trace of {path} arrived within {seconds:g} s. `{command('check')}` says why."


def waterfall(trace: Trace | None, title: str | None = None) -> Picture | None:
    """Draw one trace as a waterfall: a span a row, time from left to right.

    Args:
        trace: what `trace` returned.
        title: what to see in the picture.
    """
    return None if trace is None else waterfall_view.show(trace, title)


def tree(trace: Trace | None) -> None:
    """Print one trace as a tree: which span is inside which, without times."""
    if trace is not None:
        print(tree_view.render(trace))


def attributes(span: Span, *names: str) -> None:
    """Print some attributes of a span.

    Args:
        span: one of a trace's spans.
        names: which; in Honeycomb each is a column.
    """
    print(table_view.render(span, names))


def find(trace: Trace, name: str) -> Span:
    """Return the first span of a trace with a name.

    Args:
        trace: what `trace` returned.
        name: the span's name, as the picture has it.

    Raises:
        WorkshopError: there is none of that name.
    """
    for span in trace.spans:
        if span.name == name:
            return span
    names = ", ".join(sorted({span.name for span in trace.spans}))
    raise WorkshopError(f"No span is called {name}.", f"There are: {names}")


def bars(values: Mapping[str, float], title: str, unit: str = "ms") -> Picture:
    """Draw one bar for each value.

    Args:
        values: label → value.
        title: what to see in the picture.
        unit: what the values are.
    """
    return bars_view.show(values, title, unit)


def check(number: int | None = None) -> None:
    """Check your app as `workshop check` does, and print what it says.

    Args:
        number: the step to judge; none means all that have a check.
    """
    checked = run_check(learner_app_target(), number)
    memory.remember(checked.verdicts, checked.app)
    print(checked.as_text())
