"""The process that preloaded.py starts: imports packages, and is forked for each launch of an app.

The child becomes what the interpreter is when it imports sitecustomize for `python -m NAME`:
session, folder, environment, path, arguments, output and `__main__`. It then runs on as the
interpreter does, and ends as one. What differs is that modules are there, with what they set up at
their import: loggers, filters of warnings, finders of `six`, and exit handlers that run last; and
that they are not taken apart at the end.
"""

import atexit
import builtins
import ctypes
import functools
import gc
import importlib.util
import json
import os
import runpy
import select
import site
import socket
import sys
import types
from importlib.machinery import SourceFileLoader
from pathlib import Path

# None of them keeps a thread, a file or a socket, or prints. Not there are aws_xray_sdk, which
# makes a socket and clients of AWS, rollbar, whose import is what the probe waits for, and
# gunicorn.config, which reads PORT.
MODULES = (
    "boto3.session",
    "botocore.client",
    "botocore.httpsession",
    "flask.cli",
    "google.protobuf.json_format",
    "gunicorn.arbiter",
    "gunicorn.workers.gthread",
    "httpx",
    "opentelemetry.exporter.otlp.proto.http.trace_exporter",
    "opentelemetry.instrumentation.flask",
    "opentelemetry.instrumentation.requests",
    "opentelemetry.sdk.trace.export",
    "requests",
    "s3transfer.manager",
    # Not of any app: rollbar imports them, where they are installed.
    "tornado.httpclient",
    "tornado.httpserver",
    "werkzeug.serving",
    "werkzeug.test",
    "wrapt",
)
# Those that each app has to run itself are read once.
RUN_ANEW = ("aws_xray_sdk", "rollbar", "watchtower")
LARGEST = 1 << 16
# As it is before the probe takes note of whoever calls it.
EXIT = os._exit


def preload(modules):
    """Import modules, and return which variables they have read meanwhile."""
    kind, read = type(os.environ), set()
    getitem, iterate = kind.__getitem__, kind.__iter__

    def noted(environ, name):
        read.add(name)
        return getitem(environ, name)

    def refused(environ):
        raise AssertionError("a module reads all variables at its import: it cannot be preloaded")

    kind.__getitem__, kind.__iter__ = noted, refused
    for module in modules:
        importlib.import_module(module)
    kind.__getitem__, kind.__iter__ = getitem, iterate
    return read


def remember_models():
    """Have botocore read each of its files once for all launches: every app makes five clients.

    Its own memory is one for each session; what it has read it does not change.
    """
    from botocore.loaders import JSONFileLoader, Loader

    one, read = JSONFileLoader(), JSONFileLoader.load_file
    known = functools.cache(functools.partial(read, one))
    JSONFileLoader.load_file = lambda _, path: known(path)
    listed, really = {}, Loader.list_available_services

    def list_available_services(self, type_name):
        key = (*self.search_paths, type_name)
        if key not in listed:
            listed[key] = really(self, type_name)
        return listed[key]

    Loader.list_available_services = list_available_services
    loader = Loader()
    for name in ("endpoints", "partitions", "_retry", "sdk-default-configuration"):
        loader.load_data(name)
    for service in ("logs", "sts", "xray"):
        loader.load_service_model(service, "service-2")
        loader.load_service_model(service, "endpoint-rule-set-1")


def remember_handlers():
    """Have botocore look once at each function that each of its sessions calls at events.

    A session has 120 of them, and an app with X-Ray and CloudWatch has four sessions.
    """
    import boto3.session
    import botocore.session
    from botocore import hooks

    takes_more, made = functools.cache(hooks.accepts_kwargs), hooks.EventAliaser.__init__
    hooks.accepts_kwargs = lambda function: takes_more(getattr(function, "__func__", function))
    names = {}

    def __init__(self, event_emitter, event_aliases=None):
        made(self, event_emitter, event_aliases)
        if event_aliases in (None, hooks.EVENT_ALIASES):
            self._alias_name_cache = names

    hooks.EventAliaser.__init__ = __init__
    # Both kinds of session find the services in folders of their own.
    boto3.session.Session("nobody", "nobody", region_name="us-east-1").client("logs")
    for service in ("logs", "sts", "xray"):
        botocore.session.Session().create_client(
            service, "us-east-1", aws_access_key_id="nobody", aws_secret_access_key="nobody"
        )


def remember_code(packages):
    """Read the bytecode of packages once for all launches; each launch runs it anew."""
    known = {}
    for package in packages:
        folder = Path(importlib.util.find_spec(package).origin).parent
        for file in [*folder.rglob("*.py")] if folder.name == package else []:
            known[str(file)] = SourceFileLoader(package, str(file)).get_code(package)
    really = SourceFileLoader.get_code

    def get_code(self, name):
        return known.get(self.path) or really(self, name)

    SourceFileLoader.get_code = get_code


def serve(control, room):
    """Fork a child for each launch and tell how it ended; return in each child what it shall be."""
    poller = select.poll()
    poller.register(control, select.POLLIN)
    # By the file descriptor that says that it has ended, then by the one that it is told to.
    running, told = {}, {}
    while True:
        for file, _ in poller.poll():
            if file == control.fileno():
                text, (said, sink), _, _ = receive(control)
                pid = os.fork()
                if not pid:
                    asked = json.loads(text)
                    show_environment(asked[2], room)
                    for number in (1, 2):
                        os.dup2(sink, number)
                    os.write(said, str(os.getpid()).encode())
                    control.detach()
                    os.closerange(3, os.sysconf("SC_OPEN_MAX"))
                    return asked
                os.close(sink)
                ended = os.pidfd_open(pid)
                running[ended] = pid, said
                poller.register(ended, select.POLLIN)
            elif file in running:
                pid, said = running.pop(file)
                how = os.waitid(os.P_PID, pid, os.WEXITED | os.WNOWAIT)
                code = how.si_status if how.si_code == os.CLD_EXITED else -how.si_status
                os.write(said, str(code).encode())
                poller.unregister(file)
                os.close(file)
                told[said] = pid
                poller.register(said, 0)
            else:
                os.waitpid(told.pop(file), 0)
                poller.unregister(file)
                os.close(file)


def receive(control):
    """Return the next request, or leave where there will be none."""
    received = socket.recv_fds(control, 4 * LARGEST, 2)
    return received if received[0] else sys.exit()


def show_environment(env, room):
    """Set the environment, also where the kernel shows it to others."""
    added = {name: value for name, value in os.environ.items() if name not in room[2]}
    os.environ.clear()
    os.environ.update({**env, **added})
    block = b"".join(os.fsencode(f"{name}={value}") + b"\0" for name, value in os.environ.items())
    start, end, _ = room
    assert len(block) < end - start
    ctypes.memmove(start, block.ljust(end - start, b"\0"), end - start)


def find_room():
    """Return where the environment that this process began with lies, and its names."""
    # proc(5): the fields after the name, of which env_start and env_end are the 50th and 51st.
    fields = Path("/proc/self/stat").read_text().rpartition(")")[2].split()
    begun = Path("/proc/self/environ").read_bytes().split(b"\0")
    names = {os.fsdecode(each.partition(b"=")[0]) for each in begun}
    return int(fields[47]), int(fields[48]), names


def python_path(env):
    """Return the folders that PYTHONPATH names."""
    return env["PYTHONPATH"].split(os.pathsep) if env.get("PYTHONPATH") else []


def become(words, folder, env):
    """Be what `python -m flask` is, from the import of sitecustomize on."""
    os.setsid()
    os.chdir(folder)
    sys.orig_argv[:] = words
    sys.argv[:] = words[1:2] + words[3:]
    sys.path[:0] = python_path(env)
    site.removeduppaths()
    main = types.ModuleType("__main__")
    main.__builtins__, main.__annotations__ = builtins, {}
    sys.modules["__main__"] = sys.modules["__mp_main__"] = main
    site.execsitecustomize()
    sys.path.insert(0, str(Path.cwd()))
    # As the interpreter itself runs what -m names.
    runpy._run_module_as_main(words[2])


def print_as_the_interpreter(error):
    """Print an exception without the frames that are here, and have it printed only once."""
    trace = error.__traceback__
    while trace and trace.tb_frame.f_code.co_filename == __file__:
        trace = trace.tb_next
    sys.excepthook(type(error), error.with_traceback(trace), trace)
    sys.excepthook = lambda *_: None


def leave(codes, modules):
    """End with an exit code, if there is one, once the app's own objects have been finalised.

    All else that the interpreter would take apart now is in memory that is shared with others, and
    would be copied for that.
    """
    if not codes:
        return
    for name in set(sys.modules) - modules:
        del sys.modules[name]
    gc.collect()
    try:
        for stream in (sys.stdout, sys.stderr):
            stream.flush()
    except Exception:
        # The interpreter has words and a code for that.
        return
    EXIT(codes[0])


def main():
    """Import, tell what was read, and serve."""
    # The first to be registered runs last.
    codes, known = [], set()
    atexit.register(leave, codes, known)
    control = socket.socket(fileno=int(sys.argv[1]))
    # This file's folder, which no app has there.
    del sys.path[0]
    read = preload(MODULES)
    remember_models()
    remember_handlers()
    remember_code(RUN_ANEW)
    known.update(sys.modules)
    modules = {name.partition(".")[0] for name in known}
    control.send(json.dumps([sorted(read), sorted(modules)]).encode())
    # What is here now is no garbage of the child's: to look through it is most of a quick run.
    gc.collect()
    gc.freeze()
    asked = serve(control, find_room())
    try:
        become(*asked)
    except SystemExit as error:
        if error.code is None or isinstance(error.code, int):
            codes.append(error.code or 0)
        raise
    except BaseException as error:
        print_as_the_interpreter(error)
        raise


if __name__ == "__main__":
    main()
