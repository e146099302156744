"""What a notebook calls: start the app, wait for its telemetry, draw it, check it.

Importing it finds the sandbox, or starts one, and puts the `workshop` command on the kernel's
path, so that a notebook runs alike in JupyterLab, in VS Code and under nbval.
"""

import atexit
import contextlib
import json
import os
import re
import sys
import time
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

import requests

from bench import own_app
from bench.own_app import Overhead
from workshop import breaking, learner_app, page_links, place, processes, real
from workshop.checks import memory
from workshop.checks.check import JUDGES, describe_run
from workshop.checks.check import check as run_check
from workshop.checks.target import learner_app as learner_app_target
from workshop.checks.words import request_path
from workshop.cost import since
from workshop.cost.report import FAILING, REQUESTS, Cost
from workshop.errors import WorkshopError, command
from workshop.failure import report as survival_report
from workshop.failure.matrix import run as run_matrix
from workshop.failure.production import backend as production_backend
from workshop.journal import writing
from workshop.leaks import report as leaks_report
from workshop.leaks.survey import survey
from workshop.learner_app import RunningApp
from workshop.sandbox import running
from workshop.sandbox.cloudwatch.logs import read_group_name
from workshop.sandbox.honeycomb.traces import Span, Trace, read_traces
from workshop.sandbox.refusals import Refusal, read_refusals
from workshop.sandbox.rollbar.items import read_item, read_occurrences
from workshop.sandbox.store import open_reader
from workshop.sandbox.xray.assembly import assemble
from workshop.sandbox.xray.trace import XrayTrace
from workshop.views import bars as bars_view
from workshop.views import item as item_view
from workshop.views import log_table as log_table_view
from workshop.views import log_volume as log_volume_view
from workshop.views import sampling_table
from workshop.views import segments as segments_view
from workshop.views import service_map as service_map_view
from workshop.views import table as table_view
from workshop.views import tree as tree_view
from workshop.views import waterfall as waterfall_view
from workshop.views.link import Link
from workshop.views.picture import Picture

PATIENCE = 10.0
# For what is sure to come, on however busy a machine.
LONGEST_WAIT = 30.0
# How long docker waits between SIGTERM and SIGKILL.
# https://docs.docker.com/reference/compose-file/services/#stop_grace_period
DOCKERS_PATIENCE = 10.0
# Of `survive` in a notebook: enough to see whether they wait.
SURVIVE_REQUESTS = 100
PRODUCTION = {"ENVIRONMENT": "production", "KEEP_ONE_TRACE_IN": "1"}
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

# boto3 in a cell, and `!aws`, ask the AWS that the app sends to; so do cells that ask Rollbar.
for _name in [each for each in os.environ if each.startswith(("AWS_", "ROLLBAR_"))]:
    del os.environ[_name]
os.environ.update(real.notebook_variables(_variables, _sandbox.url))

# A learner's own shell may show colours and any width; a saved output must not depend on it.
os.environ.update(
    PATH=f"{Path(sys.executable).parent}{os.pathsep}{os.environ.get('PATH', '')}",
    NO_COLOR="1",
    COLUMNS="100",
)


def start_app(*, production: bool = False, **variables: str) -> RunningApp:
    """Start both services of your app; what ran before is stopped first.

    Args:
        production: serve backend as its container does, by the CMD of app/Dockerfile, not by
            `flask run`.
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
        **real.app_variables(_variables, _sandbox.url, _sandbox.daemon_port, _sandbox.doors),
        **variables,
    }
    _started_ns = time.time_ns()
    try:
        _app = _start(env, folder, production)
    except processes.DidNotStartError as error:
        raise WorkshopError(
            f"Your {error.service.name} did not start ({error.reason}): "
            f"{processes.last_error(error.service.output())}",
            f"All that it printed: {error.service.log}",
        ) from None
    print("backend and profiles are running" + (" again" if again else ""))
    _remind_of_faults()
    return _app


def _start(env: dict[str, str], folder: Path, production: bool) -> RunningApp:
    if not production:
        return learner_app.start(place.root(), env, folder)
    backend = production_backend(learner_app_target())
    app = learner_app.start(place.root(), {**env, **PRODUCTION}, folder, backend=backend)
    # gunicorn opens its port before it has the app.
    deadline = time.monotonic() + processes.START_DEADLINE
    while time.monotonic() < deadline and app.backend.process.poll() is None:
        with contextlib.suppress(requests.RequestException):
            if requests.get(f"{app.url}/api/health-check", timeout=1).ok:
                return app
    app.stop()
    reason = "silent" if app.backend.process.poll() is None else "ended"
    raise processes.DidNotStartError(app.backend, reason)


def terminate_app() -> None:
    """End both services by SIGTERM, as docker ends a container: after ten seconds it kills."""
    global _app
    if _app is not None:
        print(f"SIGTERM; it is given {DOCKERS_PATIENCE:g} seconds")
        willing = _app.terminate(DOCKERS_PATIENCE)
        _app = None
        print("backend has ended" if willing else "backend did not end, and was killed")


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


def break_vendor(vendor: str, mode: str) -> None:
    """Make a vendor's back end ill, as `workshop break` does; your app notices at once.

    Args:
        vendor: `honeycomb`, `xray`, `cloudwatch`, `rollbar`, or `all`.
        mode: `refused`, `silent`, `late`, `500`, `429`, or `killed`.
    """
    print(breaking.break_vendor(vendor, mode).splitlines()[0])
    # What a closed notebook has broken would puzzle the next one.
    atexit.register(_mend_quietly)


def mend(vendor: str = "all") -> None:
    """Make back ends well again, as `workshop mend` does.

    Args:
        vendor: which; without it, all of them.
    """
    print(breaking.mend(vendor))


def _mend_quietly() -> None:
    with contextlib.suppress(WorkshopError):
        breaking.mend()


def _remind_of_faults() -> None:
    ill = breaking.remind(breaking.read_faults())
    if ill:
        print(ill)


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
    have sent nothing since you last looked. What is refused for good is not waited for.

    Args:
        path: the request's path, such as `/api/activities/home`.
        which: of the requests that you have sent since you last looked: 1 is the first.
        seconds: how long to wait until a part of it arrives; the whole has twice as long, as
            each service sends its own.
    """
    if real.honeycomb_is_real(_variables):
        print(
            "Your traces went to Honeycomb itself. Open https://ui.honeycomb.io, choose the "
            f"dataset 'backend', Recent Traces, and the row of {path}."
        )
        return None
    began = time.monotonic()
    patience = seconds
    found: list[Trace] = []
    while time.monotonic() < began + patience:
        found = [each for each in traces() if _asks_for(each, path)]
        new = [each for each in found if each.trace_id not in _shown]
        if len(new) >= which:
            patience = 2 * seconds
            if new[which - 1].is_whole:
                found = new[:which]
                break
        elif not found and any(each.is_for_good for each in _read_refusals()):
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


def _read_refusals() -> list[Refusal]:
    """Return what was refused on its way to Honeycomb since you started the app."""
    with open_reader(_data) as reader:
        told = read_refusals(reader, since_ns=_started_ns)
    return [each for each in told if each.vendor in ("", "honeycomb")]


def _explain_nothing(path: str, seconds: float) -> str:
    if running.find(_data) is None:
        return (
            f"No trace of {path} could arrive: the sandbox has ended. Restart the notebook's kernel"
            " (menu Kernel), which starts it again, and run the cells from the top."
        )
    refused = _read_refusals()
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
    if trace is None:
        return None
    return waterfall_view.show(trace, title).linked(page("honeycomb", trace=trace.trace_id))


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


def wait_until(holds: Callable[[], Any], seconds: float = LONGEST_WAIT) -> None:
    """Wait until something holds, as what you have sent takes a moment to be found.

    Args:
        holds: asked again and again, until it returns something true.
        seconds: how long at most; what came of it by then is left as it is.
    """
    deadline = time.monotonic() + seconds
    while not holds() and time.monotonic() < deadline:
        time.sleep(0.1)


def service_map(services: Iterable[Mapping[str, Any]], title: str) -> Picture:
    """Draw X-Ray's service map: who calls whom, how often, and what fails.

    Args:
        services: `Services` of boto3's `get_service_graph`.
        title: what to see in the picture.
    """
    return service_map_view.show(services, title).linked(page("xray"))


def timeline(trace: Mapping[str, Any], title: str | None = None) -> Picture:
    """Draw one X-Ray trace as a timeline: a segment or subsegment a row.

    Args:
        trace: one of `Traces` of boto3's `batch_get_traces` or `list_retrieved_traces`.
        title: what to see in the picture.
    """
    picture = segments_view.show(_assemble(trace), title)
    return picture.linked(page("xray", trace=trace["Id"]))


def parts(trace: Mapping[str, Any]) -> None:
    """Print one X-Ray trace as a tree: which part is inside which, without times.

    Args:
        trace: one of `Traces` of boto3's `batch_get_traces` or `list_retrieved_traces`.
    """
    print(segments_view.render(_assemble(trace)))


def _assemble(trace: Mapping[str, Any]) -> XrayTrace:
    told = trace.get("Segments") or trace["Spans"]
    return assemble(trace["Id"], (json.loads(each["Document"]) for each in told))


def sampling_rules(rules: Iterable[Mapping[str, Any]]) -> None:
    """Print X-Ray's sampling rules, in the order in which a request is held against them.

    Args:
        rules: `SamplingRuleRecords` of boto3's `get_sampling_rules`.
    """
    print(sampling_table.render(rules).rstrip())


def log_table(events: Iterable[Mapping[str, Any]], title: str) -> Picture:
    """Draw log lines as a table: a line a row, what is bad marked.

    Args:
        events: `events` of boto3's `filter_log_events`.
        title: what to see in the picture.
    """
    kept = list(events)
    return log_table_view.show(kept, title).linked(_group_page(kept))


def log_volume(events: Iterable[Mapping[str, Any]], title: str) -> Picture:
    """Draw how many log lines of each level there were over time.

    Args:
        events: `events` of boto3's `filter_log_events`.
        title: what to see in the picture.
    """
    kept = list(events)
    return log_volume_view.show(kept, title).linked(_group_page(kept))


def _group_page(events: Iterable[Mapping[str, Any]]) -> Link:
    """Return the link to the log group that some events are of, which AWS does not say in them."""
    with open_reader(_data) as reader:
        groups = {read_group_name(reader, str(event.get("eventId", ""))) for event in events}
    return page("cloudwatch", group=groups.pop()) if len(groups) == 1 else page("cloudwatch")


def item(item_id: int, title: str) -> Picture | None:
    """Draw a Rollbar item: how often it happened, and its stack with your own frames first.

    Args:
        item_id: its `id`, as Rollbar's API gives it.
        title: what to see in the picture.

    Raises:
        WorkshopError: there is no item of that id.
    """
    if real.rollbar_is_real(_variables):
        print("Your errors went to Rollbar itself. Open https://app.rollbar.com, then Items.")
        return None
    with open_reader(_data) as reader:
        found = read_item(reader, item_id)
        occurrences = read_occurrences(reader, item_id)
    if found is None:
        raise WorkshopError(f"There is no item {item_id}.", "Ask for the items again: GET items")
    return item_view.show(found, occurrences, title).linked(page("rollbar", item=found.counter))


def bars(
    values: Mapping[str, float],
    title: str,
    unit: str = "ms",
    see: Link | None = None,
    digits: int = 0,
) -> Picture:
    """Draw one bar for each value.

    Args:
        values: label → value.
        title: what to see in the picture.
        unit: what the values are.
        see: where more of it can be seen, such as `lab.page("insights", query=query)`.
        digits: how many are shown after the point.
    """
    picture = bars_view.show(values, title, unit, digits)
    return picture if see is None else picture.linked(see)


def page(name: str, **asked: object) -> Link:
    """Return a link to one of the sandbox's pages; a cell that ends with it shows it.

    Where the vendor is real, it leads to the vendor's own page.

    Args:
        name: `overview`, `honeycomb`, `xray`, `cloudwatch`, `insights`, `rollbar` or `request`.
        asked: what of it: `trace` for honeycomb and xray, `filter` for xray, `group` and `pattern`
            for cloudwatch, `group` and `query` for insights, `item` (its counter) for rollbar,
            `id` (a trace's) for request.

    Raises:
        WorkshopError: there is no such page.
    """
    return page_links.link(_variables, _sandbox.url, name, asked)


def cost(requests_per_month: int = REQUESTS, failing: float = FAILING) -> Cost:
    """Stop your app, and return what it has sent since you started it, and what a month costs.

    A cell that ends with it shows the tables; `per_hundred()` of two of them makes bars.

    Args:
        requests_per_month: of the month.
        failing: the share of them that fails, from 0 to 1.

    Raises:
        WorkshopError: a vendor is real, so that nobody here can count; or there was no request.
    """
    real_ones = (real.honeycomb_is_real, real.aws_is_real, real.rollbar_is_real)
    if any(is_real(_variables) for is_real in real_ones):
        raise WorkshopError(
            "What went to a real vendor cannot be counted here.",
            f"`{command('cost')}` measures with the sandbox; the vendor's own page has your usage.",
        )
    # What its SDKs still hold is sent while it ends.
    stop_app()
    log_file = place.state() / "app" / "backend.log"
    return Cost(
        since.measure(_data, log_file, _started_ns),
        requests=requests_per_month,
        failing=failing,
    )


def leaks() -> None:
    """Show what your app gives away, as `workshop leaks` does."""
    print(leaks_report.render(survey(learner_app_target())))


def survive(vendor: str, mode: str) -> None:
    """Start a copy of your app while a back end is ill, use it, end it, and tell what came of it.

    `workshop survive` measures the same for all of them, in numbers.

    Args:
        vendor: `honeycomb`, `xray`, `cloudwatch` or `rollbar`.
        mode: `refused`, `silent`, `late`, `500`, `429` or `killed`.
    """
    print("A copy of your app starts, answers and ends meanwhile; it takes up to half a minute.")
    chosen = breaking.choose(vendor)
    found = run_matrix(
        learner_app_target(),
        chosen,
        [mode],
        requests=SURVIVE_REQUESTS,
        with_well=False,
        with_pace=False,
    )
    print("\n".join(survival_report.tell(each, found) for each in found.cells))


def overhead(**others: Mapping[str, str]) -> Overhead:
    """Measure what a request costs your app, beside the same app before the course.

    Nobody's telemetry is touched: both send to a sandbox of their own. `of("page")` and
    `of("error")` of what it returns make bars, and so do its `shares`.

    Args:
        others: your app with other variables, measured in the same turns: a name → variables.

    Raises:
        WorkshopError: your app does not start, or a page of it fails.
    """
    named = {name.replace("_", " "): dict(variables) for name, variables in others.items()}
    apps = 2 + len(named)
    print(f"Measuring {apps} apps in {own_app.ROUNDS} turns: about half a minute …", flush=True)
    return own_app.measure(place.root(), named, shown=False)


def check(number: int | None = None) -> None:
    """Check your app as `workshop check` does, and print what it says.

    Args:
        number: the step to judge; none means all that have a check.
    """
    if number is None or number in JUDGES:
        print(describe_run(number), flush=True)
    checked = run_check(learner_app_target(), number)
    memory.remember(checked.verdicts, checked.app, len(checked.evidence.asked))
    print(checked.as_text())


def journal(number: int | None = None) -> None:
    """Write the evidence of a step's last check into your journal, as `workshop journal` does.

    Args:
        number: the step; none means all that have been checked.
    """
    print(writing.write(number))
