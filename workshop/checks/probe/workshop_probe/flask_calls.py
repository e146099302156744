"""Notes what an app does with Flask: routes, what serves, what becomes of errors."""

import sys
import threading
import weakref

from workshop_probe.noting import first_call, is_theirs, name_of, note, place, where
from workshop_probe.wrapping import argument, watch, wrapt


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


def watch_exit(module):
    """Note an exit that skips Python's own clean-up, and with it the SDKs' last flush."""

    def left(instance, args, kwargs):
        note("hard-exit", where=where())

    watch(module, "_exit", before=left)


WATCHED = {
    "os": watch_exit,
    "flask.app": watch_flask,
    "flask.signals": watch_signals,
}
