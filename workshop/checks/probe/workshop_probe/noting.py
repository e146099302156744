"""Writes notes, and finds the learner's own lines on the stack."""

import inspect
import itertools
import json
import os
import sys
import traceback
import types
import weakref

SINK = os.environ.get("WORKSHOP_PROBE")
FOLDER = os.environ.get("WORKSHOP_PROBE_FOLDER", "")
# The folder that is on PYTHONPATH: no frame in it is anybody's but ours.
HERE = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))  # noqa: PTH100, PTH120
START = os.getcwd()  # noqa: PTH109
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


def in_request():
    """Tell whether Flask is answering a request in this thread."""
    flask = sys.modules.get("flask")
    return bool(flask and flask.has_request_context())


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
