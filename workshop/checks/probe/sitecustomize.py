"""Notes what the learner's app does with its SDKs while it runs, without changing it.

Python imports a module of this name at start when its folder is on PYTHONPATH. The notes say where
in the learner's files something was done, which the telemetry itself cannot say. They go to the
file named by WORKSHOP_PROBE, a JSON object a line. Verdicts rest on what arrived; notes explain.

It runs beside whatever packages and Python the app has. So it wraps calls without touching what
they return or raise, and a mistake of its own ends in a note.
"""

import faulthandler
import functools
import importlib.machinery
import importlib.util
import inspect
import itertools
import json
import os
import signal
import sys
import threading
import time
import traceback
import types
import weakref
from urllib.parse import urlsplit, urlunsplit

SINK = os.environ.get("WORKSHOP_PROBE")
FOLDER = os.environ.get("WORKSHOP_PROBE_FOLDER", "")
# As the check has set it: the app's own code may write another one over it.
DAEMON = os.environ.get("AWS_XRAY_DAEMON_ADDRESS", "")
# Rollbar's SDK reads no variable: this one says where it sends in a check.
ROLLBAR = os.environ.get("WORKSHOP_ROLLBAR_ENDPOINT", "")
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
        and "<frozen " not in file
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
    watch_errors(flask)


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


def in_request():
    """Tell whether Flask is answering a request in this thread."""
    flask = sys.modules.get("flask")
    return bool(flask and flask.has_request_context())


def subsegment_asked_for():
    """Return who opens or closes an X-Ray subsegment: their line or nothing, and whether by hand.

    A decorated function is the learner's where it is defined, whoever calls it.
    """
    managed = False
    for frame in frames():
        code = frame.f_code
        if code.co_name.startswith("record_subsegment"):
            function = inspect.unwrap(frame.f_locals["wrapped"])
            code = getattr(function, "__code__", code)
            theirs = is_theirs(code.co_filename)
            return (place(code.co_filename, code.co_firstlineno) if theirs else ""), False
        if is_theirs(code.co_filename):
            return place(code.co_filename, frame.f_lineno), not managed
        if "aws_xray_sdk/ext" in code.co_filename:
            break
        managed = managed or code.co_name in ("__enter__", "__exit__")
    return "", False


def watch_subsegments(recorder):
    """Note the subsegments that the app's own code opens, and what it does that loses them."""
    opened = weakref.WeakKeyDictionary()
    call = threading.local()

    def entities(instance):
        # Not the recorder's own get_trace_entity: it logs, or raises, where there is none.
        return getattr(instance.context._local, "entities", None) or []

    def begins(instance, args, kwargs):
        call.where, call.by_hand = subsegment_asked_for()
        if call.where:
            name = argument(args, kwargs, 0, "name")
            note("subsegment", once=True, name=name, where=call.where)

    def begun(instance, args, kwargs):
        found = entities(instance)
        if found:
            opened[found[-1]] = call.where, call.by_hand
        elif call.where:
            note(
                "subsegment-outside",
                once=True,
                name=argument(args, kwargs, 0, "name"),
                in_request=in_request(),
                main_thread=threading.current_thread() is threading.main_thread(),
                where=call.where,
            )

    def ends(instance, args, kwargs):
        call.last = next(reversed(entities(instance)), None)

    def ended(instance, args, kwargs):
        if call.last is None or not call.last.sampled:
            return
        is_segment = not hasattr(call.last, "parent_segment")
        opened_at, opened_by_hand = opened.get(call.last, ("nowhere", True))
        if not opened_at and call.last.namespace == "local":
            note("part-of-a-library", once=True, name=call.last.name)
        # Looked up after the end, so as not to be timed with it.
        line, by_hand = subsegment_asked_for()
        if line and (is_segment or (by_hand and not opened_by_hand)):
            note("nothing-to-end", once=True, where=line)

    def segment_begins(instance, args, kwargs):
        if in_request() and entities(instance) and not is_asked_by("aws_xray_sdk/ext"):
            note("segment-in-request", once=True, where=where())

    def segment_ends(instance, args, kwargs):
        if in_request() and not is_asked_by("aws_xray_sdk/ext"):
            note("segment-ended", once=True, where=where())

    def segment_ended(instance, args, kwargs):
        waiting = [getattr(each, "parent_segment", each) for each in entities(instance)[:1]]
        for entity in waiting:
            waiting += entity.subsegments
            opened_at, _ = opened.get(entity, ("", False))
            if opened_at and entity.in_progress and entity.sampled and in_request():
                request = sys.modules["flask"].request
                note(
                    "unclosed",
                    name=entity.name,
                    method=request.method,
                    path=request.path,
                    where=opened_at,
                )

    watch(recorder.AWSXRayRecorder, "begin_subsegment", before=begins, after=begun)
    watch(recorder.AWSXRayRecorder, "end_subsegment", before=ends, after=ended)
    watch(recorder.AWSXRayRecorder, "begin_segment", before=segment_begins)
    watch(recorder.AWSXRayRecorder, "end_segment", before=segment_ends, after=segment_ended)


def watch_annotations(entity):
    """Note annotations that X-Ray's SDK drops; for the others there is no time within a part."""

    def annotated(instance, args, kwargs):
        key = argument(args, kwargs, 0, "key")
        if instance.sampled and not (isinstance(key, str) and key in instance.annotations):
            kind = type(argument(args, kwargs, 1, "value")).__name__
            note("annotation-dropped", once=True, key=str(key), kind=kind, where=where())

    watch(entity.Entity, "put_annotation", after=annotated)


def watch_xray(core):
    """Note how the X-Ray recorder is configured, and calls in a thread that has no segment."""

    def configured(instance, args, kwargs):
        naming = argument(args, kwargs, 7, "dynamic_naming")
        note(
            "xray-configure",
            sampling=bool(instance.sampling),
            rules=bool(argument(args, kwargs, 3, "sampling_rules") or kwargs.get("sampler")),
            dynamic=naming is not None,
            asked=argument(args, kwargs, 4, "daemon_address") or "",
            where=where(),
            lines=lines(),
        )

    def begins(instance, args, kwargs):
        namespace = argument(args, kwargs, 1, "namespace")
        if namespace == "remote" and not getattr(instance.context._local, "entities", None):
            line = where()
            # What an SDK's own thread sends is in no request of theirs.
            if line:
                note("xray-outside", once=True, namespace=namespace, where=line)

    recorder = type(core.xray_recorder)
    watch(recorder, "configure", after=configured)
    watch(recorder, "begin_subsegment", before=begins)


def watch_xray_emitter(module):
    """Note where segments are sent, beside where the check has said they should be."""

    def addressed(instance, args, kwargs):
        address = f"{instance.ip}:{instance.port}"
        note("xray-emitter", once=True, address=address, given=DAEMON, where=where())

    watch(module.UDPEmitter, "set_daemon_address", after=addressed)


def watch_xray_switch(module):
    """Note that the app's own code switches the X-Ray SDK on or off."""

    def switched(instance, args, kwargs):
        note("xray-switch", enabled=module.SDKConfig.sdk_enabled(), where=where())

    watch(module.SDKConfig, "set_sdk_enabled", after=switched)


def watch_xray_middleware(module):
    """Note which app object X-Ray's middleware is put around, and whether the SDK is on then."""

    def put_around(instance, args, kwargs):
        app = argument(args, kwargs, 0, "app")
        note("xray-middleware", app=name_of(app), where=where())
        enabled = sys.modules["aws_xray_sdk"].global_sdk_config.sdk_enabled()
        note("xray-switch", enabled=enabled, where=where())

    watch(module.XRayMiddleware, "__init__", after=put_around)


def watch_xray_patcher(module):
    """Note which libraries are patched for X-Ray."""

    def patched(instance, args, kwargs):
        modules = list(argument(args, kwargs, 0, "modules_to_patch"))
        note("xray-patch", modules=modules, where=where())

    watch(module, "patch", after=patched)


def watch_errors(flask):
    """Note what becomes of exceptions: handlers of the app's own, and who hears of the rest."""

    def handler_added(instance, args, kwargs):
        kind = argument(args, kwargs, 0, "code_or_exception")
        code = getattr(argument(args, kwargs, 1, "f"), "__code__", None)
        if code and is_theirs(code.co_filename):
            name = getattr(kind, "__name__", str(kind))
            line = place(code.co_filename, code.co_firstlineno)
            note("error-handler", once=True, name=name, where=line)

    def unhandled(instance, args, kwargs):
        signal = sys.modules["flask.signals"].got_request_exception
        heard_by = len(list(signal.receivers_for(instance)))
        request = sys.modules["flask"].request
        note("unhandled", once=True, method=request.method, path=request.path, heard_by=heard_by)

    watch(flask.Flask, "register_error_handler", before=handler_added)
    watch(flask.Flask, "handle_exception", before=unhandled)


def watch_signals(module):
    """Note who is to hear of exceptions, and of which app's."""

    def connected(instance, args, kwargs):
        receiver = argument(args, kwargs, 0, "receiver")
        sender = argument(args, kwargs, 1, "sender")
        is_app = hasattr(sender, "wsgi_app")
        note(
            "error-signal",
            once=True,
            receiver=getattr(receiver, "__qualname__", ""),
            app=name_of(sender) if is_app else "",
            where=where(),
        )

    watch(module.got_request_exception, "connect", before=connected)


def instead_of_rollbar(endpoint):
    """Return an address with the check's sandbox in the place of Rollbar itself, else as it is."""
    parts = urlsplit(str(endpoint))
    if not ROLLBAR or not (parts.hostname or "").endswith("rollbar.com"):
        return endpoint
    return urlunsplit((*urlsplit(ROLLBAR)[:2], *parts[2:]))


def watch_rollbar(rollbar):
    """Note how Rollbar is set up and what is reported; never a token.

    Unlike most else here this does change something: nothing is sent to Rollbar itself.
    """

    def wrap(name, call):
        wrapped = getattr(rollbar, name)
        setattr(rollbar, name, functools.wraps(wrapped)(functools.partial(call, wrapped)))

    def redirect():
        rollbar.SETTINGS["endpoint"] = instead_of_rollbar(rollbar.SETTINGS["endpoint"])

    def note_init(first, given):
        settings = rollbar.SETTINGS
        parts = urlsplit(str(given))
        note(
            "rollbar-init",
            first=first,
            has_token=bool(settings["access_token"]),
            host=parts.netloc.rpartition("@")[2],
            path=parts.path,
            handler=settings["handler"],
            enabled=bool(settings["enabled"]),
            logs_payload=bool(settings["log_payload_on_error"]),
            where=where(),
        )

    def note_report(uuid):
        flask = sys.modules.get("flask")
        request = flask.request if in_request() else None
        note(
            "rollbar-report",
            uuid=uuid or "",
            method=request.method if request else "",
            path=request.path if request else "",
            where=where(),
        )

    def init(wrapped, *args, **kwargs):
        first = not rollbar._initialized
        wrapped(*args, **kwargs)
        given = rollbar.SETTINGS["endpoint"]
        quietly(redirect)
        quietly(note_init, first, given)

    def report(wrapped, *args, **kwargs):
        uuid = wrapped(*args, **kwargs)
        quietly(note_report, uuid)
        return uuid

    redirect()
    wrap("init", init)
    wrap("report_exc_info", report)
    wrap("report_message", report)


def watch_aws_session(module):
    """Note what a client of CloudWatch Logs is given by the app's own code; never a key."""

    def made(instance, args, kwargs):
        if argument(args, kwargs, 0, "service_name") == "logs":
            own = instance.instance_variables()
            note(
                "logs-client",
                region_in_code=bool(kwargs.get("region_name") or own.get("region")),
                empty_region=kwargs.get("region_name") == "",
                endpoint_in_code=bool(kwargs.get("endpoint_url")),
                keys_in_code=bool(kwargs.get("aws_access_key_id")),
                where=where(),
            )

    watch(module.Session, "create_client", after=made)


def watch_aws_client(module):
    """Note calls to CloudWatch Logs: where they go, who makes them, and whether at the start."""

    def called(instance, args, kwargs):
        if instance.meta.service_model.service_name != "logs":
            return
        asked = argument(args, kwargs, 1, "api_params") or {}
        in_main = threading.current_thread() is threading.main_thread()
        operation = argument(args, kwargs, 0, "operation_name")
        note(
            "logs-call",
            once=True,
            operation=operation,
            ms=int(1000 * time.time()) if operation == "CreateLogStream" else 0,
            endpoint=instance.meta.endpoint_url,
            group=asked.get("logGroupName", ""),
            stream=asked.get("logStreamName", ""),
            pid=os.getpid(),
            at_start=in_main and not in_request(),
            by_config=any("logging/config.py" in each.f_code.co_filename for each in frames()),
            lines=lines(),
        )

    watch(module.BaseClient, "_make_api_call", before=called)


def watch_log_configuration(module):
    """Note what keeps a part of logging from being configured: Flask does not show the cause."""

    def configured(wrapped, instance, args, kwargs):
        try:
            return wrapped(*args, **kwargs)
        except Exception as error:
            quietly(failed, error.__cause__ or error)
            raise

    def failed(error):
        places = [
            place(each.filename, each.lineno)
            for each in traceback.extract_tb(error.__traceback__)
            if is_theirs(each.filename)
        ]
        note(
            "log-configuration-failed",
            error=f"{type(error).__name__}: {error}",
            where=next(reversed(places), "") or where(),
        )

    quietly(wrapt.wrap_function_wrapper, module, "dictConfig", configured)


def is_their_logger(name):
    """Tell whether a logger is named like a package of the learner's, or like no package."""
    package = sys.modules.get(name.partition(".")[0])
    return package is None or is_theirs(getattr(package, "__file__", None) or "")


def watch_log_handler(module):
    """Note handlers that send to CloudWatch Logs, which lines reach them, and how they end."""
    logging = sys.modules["logging"]

    def made(instance, args, kwargs):
        old = [name for name in ("log_group", "stream_name") if kwargs.get(name) is not None]
        note("log-handler", stream=instance.log_stream_name, old=old, where=where())

    def emitted(instance, args, kwargs):
        record = argument(args, kwargs, 0, "message")
        path = sys.modules["flask"].request.path if in_request() else None
        texts = [record.getMessage(), *vars(record).values()]
        about = path and any(path in str(each) for each in texts if isinstance(each, str | dict))
        note(
            "log-line",
            once=True,
            level=record.levelno,
            about=bool(about and not record.exc_info),
            where=where(),
        )

    def closed(instance, args, kwargs):
        named = logging.root.manager.loggerDict.values()
        named = [each for each in named if isinstance(each, logging.Logger)]
        note(
            "log-handler-closed",
            level=instance.level,
            holders=[
                {"name": each.name, "level": each.getEffectiveLevel()}
                for each in [logging.root, *named]
                if instance in each.handlers
            ],
            silent=[
                {"name": each.name, "disabled": bool(each.disabled)}
                for each in named
                if is_their_logger(each.name)
                and (each.disabled or not each.propagate)
                and instance not in each.handlers
            ],
            where=where(),
        )

    watch(module.CloudWatchLogHandler, "__init__", after=made)
    watch(module.CloudWatchLogHandler, "emit", before=emitted)
    watch(module.CloudWatchLogHandler, "close", before=closed)


WATCHED = {
    "os": watch_exit,
    "aws_xray_sdk.core.models.entity": watch_annotations,
    "aws_xray_sdk.core.recorder": watch_subsegments,
    "aws_xray_sdk.core": watch_xray,
    "aws_xray_sdk.core.emitters.udp_emitter": watch_xray_emitter,
    "aws_xray_sdk.core.patcher": watch_xray_patcher,
    "aws_xray_sdk.ext.flask.middleware": watch_xray_middleware,
    "aws_xray_sdk.sdk_config": watch_xray_switch,
    "botocore.client": watch_aws_client,
    "botocore.session": watch_aws_session,
    "flask.app": watch_flask,
    "logging.config": watch_log_configuration,
    "flask.signals": watch_signals,
    "opentelemetry.trace": watch_api,
    "opentelemetry.propagate": watch_propagate,
    "opentelemetry.sdk.resources": watch_resource,
    "opentelemetry.sdk.trace": watch_sdk,
    "opentelemetry.exporter.otlp.proto.http.trace_exporter": watch_exporter,
    "opentelemetry.instrumentation.flask": watch_flask_instrumentation,
    "opentelemetry.instrumentation.requests": watch_requests_instrumentation,
    "watchtower": watch_log_handler,
}


def after_import(name, function):
    """Have a function of ours called with a module once it is imported, with or without wrapt."""

    def find_spec(wanted, path=None, target=None):
        if wanted != name:
            return None
        sys.meta_path.remove(finder)
        spec = importlib.util.find_spec(name)
        # A module of the learner's own that has this name is none of ours.
        if spec and spec.loader and not is_theirs(spec.origin or ""):
            run = spec.loader.exec_module

            def exec_module(module):
                run(module)
                quietly(function, module)

            spec.loader.exec_module = exec_module
        return spec

    finder = types.SimpleNamespace(find_spec=find_spec)
    sys.meta_path.insert(0, finder)


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
    quietly(after_import, "rollbar", watch_rollbar)
    quietly(answer_where_it_is)
if __name__ == "sitecustomize":
    run_the_next_one()
