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
import inspect
import itertools
import json
import os
import signal
import sys
import threading
import traceback
import types
import weakref

SINK = os.environ.get("WORKSHOP_PROBE")
FOLDER = os.environ.get("WORKSHOP_PROBE_FOLDER", "")
HERE = os.path.dirname(os.path.abspath(__file__))  # noqa: PTH100, PTH120 - imported at every start
START = os.getcwd()  # noqa: PTH109
# Nobody else in a web app uses it by default; an app that does replaces what is set here.
ASK = signal.SIGUSR1
MOST_NOTES = 500
LONGEST_NOTE = 4000
_seen = set()
_names = weakref.WeakKeyDictionary()
_numbers = itertools.count()


def is_theirs(file):
    """Tell whether a file is the learner's own, and neither a package's nor ours."""
    file = os.path.join(START, file)  # noqa: PTH118 - an absolute path stays as it is
    return (
        file.startswith(FOLDER + os.sep)
        and not file.startswith((HERE, sys.prefix + os.sep))
        and "site-packages" not in file
    )


def place(file, line):
    """Return a line of the learner's as `file:line`, relative to the app's folder."""
    return f"{os.path.relpath(os.path.join(START, file), FOLDER)}:{line}"  # noqa: PTH118


def frames():
    """Yield the frames on the stack, innermost first, without our own."""
    frame = sys._getframe(1)
    while frame is not None:
        if not frame.f_code.co_filename.startswith(HERE):
            yield frame
        frame = frame.f_back


def lines():
    """Return the lines of the learner's own files on the stack, innermost first."""
    return [
        place(frame.f_code.co_filename, frame.f_lineno)
        for frame in frames()
        if is_theirs(frame.f_code.co_filename)
    ]


def where():
    """Return the innermost line of the learner's own files on the stack, or nothing."""
    return next(iter(lines()), "")


def is_asked_by(part):
    """Tell whether a file with this in its path, rather than the learner's code, made the call."""
    for frame in frames():
        file = frame.f_code.co_filename
        if part in file or is_theirs(file):
            return part in file
    return False


def first_call(view):
    """Return the code of the first function of the learner's that a view names, or its own.

    A view often hands on to a function elsewhere, and the work is there.
    """
    found = None
    for name in view.__code__.co_names:
        inside = vars(found) if isinstance(found, types.ModuleType) else {}
        found = inside.get(name) or view.__globals__.get(name)
        plain = inspect.unwrap(found) if isinstance(found, types.FunctionType) else None
        code = getattr(plain, "__code__", None)
        if code and is_theirs(code.co_filename):
            return code
    return view.__code__


def name_of(thing):
    """Return a name for an object: the same in forked workers, never that of another object."""
    if thing not in _names:
        _names[thing] = f"{os.getpid()}.{next(_numbers)}"
    return _names[thing]


def note(what, once=False, **facts):
    """Write one note; of very many, only the first.

    Args:
        what: the kind of note.
        once: leave it out where the same note was written before.
        facts: what is noted; JSON values only.
    """
    try:
        line = json.dumps({"what": what, **facts}, default=str)
        if (once and line in _seen) or len(_seen) >= MOST_NOTES or len(line) > LONGEST_NOTE:
            return
        # The place makes equal notes two, as far as counting goes.
        _seen.add(line if once else (len(_seen), line))
        # One write, so that the lines of several processes do not mix.
        sink = os.open(SINK, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
        try:
            os.write(sink, f"{line}\n".encode())
        finally:
            os.close(sink)
    except Exception:  # noqa: S110 - a full disk is no reason to disturb the app
        pass


def quietly(function, *args):
    """Call one of our functions; a mistake in it becomes a note."""
    try:
        return function(*args)
    except Exception:
        note("probe-failed", once=True, error=traceback.format_exc(limit=3))
        return None


def watch(owner, name, before=None, after=None):
    """Have functions of ours called around one of a library's.

    Args:
        owner: the module or class.
        name: the function's name in it.
        before: called with the instance, the arguments and the keyword arguments.
        after: the same, once the call has returned.
    """

    def call(wrapped, instance, args, kwargs):
        if before:
            quietly(before, instance, args, kwargs)
        done = wrapped(*args, **kwargs)
        if after:
            quietly(after, instance, args, kwargs)
        return done

    quietly(wrapt.wrap_function_wrapper, owner, name, call)


def argument(args, kwargs, position, name):
    """Return one argument of a call, however it was given."""
    return args[position] if len(args) > position else kwargs.get(name)


def watch_flask(flask):
    """Note routes and the object that serves."""
    serving = set()

    def made(instance, args, kwargs):
        note("app", app=name_of(instance), where=where())

    def called(instance, args, kwargs):
        if name_of(instance) not in serving:
            serving.add(name_of(instance))
            note("serving", app=name_of(instance))

    def route_added(instance, args, kwargs):
        view = argument(args, kwargs, 2, "view_func")
        code = getattr(view, "__code__", None)
        if code and is_theirs(code.co_filename):
            work = first_call(view)
            note(
                "route",
                once=True,
                rule=argument(args, kwargs, 0, "rule"),
                where=place(work.co_filename, work.co_firstlineno),
            )

    watch(flask.Flask, "__init__", after=made)
    watch(flask.Flask, "__call__", before=called)
    watch(flask.Flask, "add_url_rule", before=route_added)
    if not hasattr(flask.Flask, "before_first_request"):
        stand_in_for_before_first_request(flask.Flask)


def stand_in_for_before_first_request(flask_class):
    """Let apps of the old Flask start: with the decorator there, all the rest can be judged.

    Unlike all else here this does change something: it adds what left Flask in 2.3.
    """
    waiting = weakref.WeakKeyDictionary()
    lock = threading.Lock()

    def before_first_request(self, function):
        note("before-first-request", where=where())
        waiting.setdefault(self, []).append(function)
        return function

    def dispatch(wrapped, instance, args, kwargs):
        with lock:
            functions = waiting.pop(instance, [])
            for function in functions:
                function()
        return wrapped(*args, **kwargs)

    flask_class.before_first_request = before_first_request
    wrapt.wrap_function_wrapper(flask_class, "full_dispatch_request", dispatch)


def watch_sdk(trace):
    """Note providers, processors, own spans and attributes that come too late."""

    def provider_made(instance, args, kwargs):
        note(
            "provider",
            provider=name_of(instance),
            name=instance.resource.attributes.get("service.name", ""),
            sampler=instance.sampler.get_description(),
            disabled=os.environ.get("OTEL_SDK_DISABLED", "").strip().lower() == "true",
            flushes=getattr(instance, "_atexit_handler", True) is not None,
            where=where(),
        )

    def processor_added(instance, args, kwargs):
        processor = argument(args, kwargs, 0, "span_processor")
        exporter = getattr(processor, "span_exporter", None)
        if exporter is None:
            inner = getattr(processor, "_batch_processor", None)
            exporter = getattr(inner, "_exporter", None)
        note(
            "processor",
            provider=name_of(instance),
            kind=type(processor).__name__,
            exporter=type(exporter).__name__,
            where=where(),
        )

    def span_started(instance, args, kwargs):
        line = where()
        if line and not is_asked_by("opentelemetry/instrumentation"):
            note("span", once=True, name=argument(args, kwargs, 0, "name"), where=line)

    def attribute_set(instance, args, kwargs):
        if getattr(instance, "end_time", None) is not None:
            key = argument(args, kwargs, 0, "key")
            note("late-attribute", once=True, key=key, where=where())

    watch(trace.TracerProvider, "__init__", after=provider_made)
    watch(trace.TracerProvider, "add_span_processor", before=processor_added)
    watch(trace.Tracer, "start_span", before=span_started)
    watch(trace.Span, "set_attribute", before=attribute_set)


def watch_api(trace):
    """Note which provider the process was given."""

    def provider_set(instance, args, kwargs):
        given = argument(args, kwargs, 0, "tracer_provider")
        note(
            "set-provider",
            provider=name_of(given),
            accepted=trace.get_tracer_provider() is given,
            where=where(),
        )

    watch(trace, "set_tracer_provider", after=provider_set)


def watch_resource(module):
    """Note where the app's own code describes its service, and through which of its lines."""

    def described(instance, args, kwargs):
        caller = next(frame for frame in frames() if "/wrapt/" not in frame.f_code.co_filename)
        if is_theirs(caller.f_code.co_filename):
            note("resource", where=where(), lines=lines())

    watch(module.Resource, "create", after=described)
    watch(module.Resource, "__init__", after=described)


def watch_propagate(module):
    """Note that the app's own code decides how context travels."""

    def propagator_set(instance, args, kwargs):
        note("propagator", where=where())

    watch(module, "set_global_textmap", before=propagator_set)


def watch_exporter(module):
    """Note where the exporter sends, and whether the code or a variable said so; never a key."""

    def exporter_made(instance, args, kwargs):
        note(
            "exporter",
            endpoint=getattr(instance, "_endpoint", ""),
            endpoint_in_code=bool(args or kwargs.get("endpoint")),
            headers_in_code=len(args) > 4 or bool(kwargs.get("headers")),
            where=where(),
        )

    watch(module.OTLPSpanExporter, "__init__", after=exporter_made)


def watch_flask_instrumentation(module):
    """Note which app object is instrumented."""

    def instrumented(instance, args, kwargs):
        app = argument(args, kwargs, 0, "app")
        note("instrument-flask", app=name_of(app), where=where())

    watch(module.FlaskInstrumentor, "instrument_app", before=instrumented)


def watch_requests_instrumentation(module):
    """Note that outgoing requests are instrumented."""

    def instrumented(instance, args, kwargs):
        note("instrument-requests", where=where())

    watch(module.RequestsInstrumentor, "instrument", before=instrumented)


def watch_exit(module):
    """Note an exit that skips Python's own clean-up, and with it the SDKs' last flush."""

    def left(instance, args, kwargs):
        note("hard-exit", where=where())

    watch(module, "_exit", before=left)


WATCHED = {
    "os": watch_exit,
    "flask.app": watch_flask,
    "opentelemetry.trace": watch_api,
    "opentelemetry.propagate": watch_propagate,
    "opentelemetry.sdk.resources": watch_resource,
    "opentelemetry.sdk.trace": watch_sdk,
    "opentelemetry.exporter.otlp.proto.http.trace_exporter": watch_exporter,
    "opentelemetry.instrumentation.flask": watch_flask_instrumentation,
    "opentelemetry.instrumentation.requests": watch_requests_instrumentation,
}


def guarded(watcher):
    """Return a watcher that never lets a mistake of ours reach the learner's app."""
    return lambda module: quietly(watcher, module)


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
    try:
        import wrapt
    except ImportError:
        note("no-probe", why="wrapt is not installed beside the app")
    else:
        note("probe")
        for name, watcher in WATCHED.items():
            quietly(wrapt.register_post_import_hook, guarded(watcher), name)
    quietly(answer_where_it_is)
if __name__ == "sitecustomize":
    run_the_next_one()
