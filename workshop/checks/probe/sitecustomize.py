"""Notes what the learner's app does with its SDKs while it runs, without changing it.

Python imports a module of this name at start when its folder is on PYTHONPATH. The notes say where
in the learner's files something was done, which the telemetry itself cannot say. They go to the
file named by WORKSHOP_PROBE, a JSON object a line. Verdicts rest on what arrived; notes explain.

It runs beside whatever packages and Python the app has. So it wraps calls without touching what
they return or raise, and a mistake of its own ends in a note.
"""

import faulthandler
import importlib.machinery
import importlib.util
import os
import signal
import sys

from workshop_probe import (
    flask_calls,
    logs_calls,
    opentelemetry_calls,
    rollbar_calls,
    subsegment_calls,
    xray_calls,
)
from workshop_probe.noting import HERE, SINK, note, quietly
from workshop_probe.wrapping import after_import, guarded, wrapt

# Nobody else in a web app uses it by default; an app that does replaces what is set here.
ASK = signal.SIGUSR1
WATCHED = {
    **flask_calls.WATCHED,
    **logs_calls.WATCHED,
    **opentelemetry_calls.WATCHED,
    **subsegment_calls.WATCHED,
    **xray_calls.WATCHED,
}


def answer_where_it_is():
    """Have each thread's stack written down when the check asks for it, to explain a silence."""
    if signal.getsignal(ASK) == signal.SIG_DFL:
        # Not closed while the process lives: it is written to from within a signal.
        stacks = os.open(f"{SINK}.{os.getpid()}.stacks", os.O_WRONLY | os.O_APPEND | os.O_CREAT)
        faulthandler.register(ASK, file=stacks)
        note("stacks", pid=os.getpid())


def run_the_next_one():
    """Run the module of this name that Python would have found without us.

    What that raises is raised, as Python itself deals with it.
    """
    others = [folder for folder in sys.path if os.path.abspath(folder) != HERE]  # noqa: PTH100
    spec = importlib.machinery.PathFinder.find_spec(__name__, others)
    if spec is None or spec.loader is None:
        return
    module = importlib.util.module_from_spec(spec)
    sys.modules[__name__] = module
    spec.loader.exec_module(module)


if SINK:
    if wrapt is None:
        note("no-probe", why="wrapt is not installed beside the app")
    else:
        note("probe")
        for name, watcher in WATCHED.items():
            quietly(wrapt.register_post_import_hook, guarded(watcher), name)
    quietly(after_import, "rollbar", rollbar_calls.watch_rollbar)
    quietly(answer_where_it_is)
if __name__ == "sitecustomize":
    run_the_next_one()
