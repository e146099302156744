"""A preloaded app sees, says and ends with what it would if it were started for real."""

import json
import os
import signal
import sys
import textwrap

import preloaded
import preloading
import psutil
import pytest
import requests
from apps import wait_until

from workshop import process_tree, processes
from workshop.checks import environment, notes

SEES = """
    import atexit, gc, json, logging, os, pathlib, signal, site, sys, tempfile, threading, warnings
    from flask import Flask

    app = Flask("app")
    main = sys.modules["__main__"]
    frame, stack = sys._getframe(), []
    while frame:
        stack.append((frame.f_code.co_filename, frame.f_code.co_name, frame.f_lineno))
        frame = frame.f_back
    status = pathlib.Path("/proc/self/status").read_text().splitlines()
    status = dict(line.split(":", 1) for line in status)
    files = {}
    for number in range(20):
        try:
            files[number] = os.path.basename(os.readlink(f"/proc/self/fd/{number}"))
        except OSError:
            pass
    streams = [sys.stdin, sys.stdout, sys.stderr]
    pathlib.Path(os.environ["SEEN"]).write_text(json.dumps({
        "path": sys.path,
        "variables": dict(os.environ),
        "variables for others":
            pathlib.Path("/proc/self/environ").read_text().strip("\\0").split("\\0"),
        "arguments": [sys.argv, sys.orig_argv, sys.executable, sys.prefix, str(sys.flags)],
        "folder": os.getcwd(),
        "main": {name: str(value).split(" at ")[0] for name, value in vars(main).items()
                 if name not in ("__builtins__", "__spec__")},
        "builtins": str(main.__builtins__),
        "specification": [main.__spec__.name, main.__spec__.origin],
        "signals": {each.name: str(signal.getsignal(each)) for each in signal.Signals},
        "status": [status[each] for each in ("SigBlk", "SigIgn", "SigCgt", "Umask", "Threads")],
        "group": [os.getsid(0) == os.getpid(), os.getpgid(0) == os.getpid()],
        "files": {number: name.replace(str(os.getpid()), "PID") for number, name in files.items()},
        "stack": [each for each in stack if not each[0].endswith("preloading.py")],
        "streams": [(each.name, each.mode, each.encoding, each.errors, each.line_buffering,
                     each.write_through, type(each.buffer).__name__) for each in streams],
        "buffer": sys.stdout.buffer.raw._blksize if hasattr(sys.stdout.buffer, "raw") else 0,
        "temporary": tempfile.gettempdir(),
        "threads": [each.name for each in threading.enumerate()],
        "in main thread": threading.current_thread() is threading.main_thread(),
        "finders": [str(each)[:30] for each in sys.meta_path if "Six" not in str(each)],
        "hooks": [str(each).split(" at ")[0] for each in (sys.excepthook, sys.displayhook)],
        "site": [site.ENABLE_USER_SITE, str(sys.modules["sitecustomize"])],
        "bytecode": sys.dont_write_bytecode,
        "logging": [logging.root.level, str(logging.root.handlers), logging.root.manager.disable],
        "own warnings": [str(each) for each in warnings.filters if "urllib3" not in str(each)
                         and "requests" not in str(each)],
        "gc": [gc.isenabled(), gc.get_threshold()],
    }))
"""
END = {
    "returns": ("", 0),
    "cannot be imported": ("import nothing_of_this_name", 2),
    "leaves": ("raise SystemExit(7)", 7),
    "leaves with words": ("raise SystemExit('words')", 1),
    "raises": ("raise BaseException('raised')", 1),
    "is interrupted": ("import signal; signal.raise_signal(signal.SIGINT)", 1),
    "is killed": ("import os; os.kill(os.getpid(), 9)", -9),
    "ends at once": ("import os; print('lost', end=''); os._exit(5)", 5),
    "prints in order": ("import sys\nfor n in range(3000): print(n); sys.stderr.write('e')", 0),
    "cleans up": (
        """
        import atexit, logging, threading, time, weakref
        atexit.register(print, "first registered")
        atexit.register(print, "last registered")
        class Closes(logging.Handler):
            def close(self):
                print("handler closed")
                super().close()
        closes = Closes()
        def work():
            threading.main_thread().join()
            print("thread ended")
        threading.Thread(target=work).start()
        class Gone:
            def __del__(self):
                print("gone")
        gone = Gone()
        gone.itself = gone
        """,
        0,
    ),
}
SERVERS = {
    "flask": (["flask", "--app", "one"], ["routes"]),
    "gunicorn": (["gunicorn", "one:app"], ["--check-config"]),
}
HEAD = "from flask import Flask\napp = Flask('app')\n"


@pytest.fixture(scope="module")
def shared():
    with preloaded.Preloader() as made:
        yield made


@pytest.fixture
def launch(shared, tmp_path):
    """Launch `flask routes`, or other words, on an app, really or preloaded; return the service."""

    def start(kind, text, *words, server="flask", preloader=None, **variables):
        app = tmp_path / "an app"
        app.mkdir(exist_ok=True)
        (app / "one.py").write_text(textwrap.dedent(text), "utf-8")
        env = {
            **{name: value for name, value in os.environ.items() if "PYTEST" not in name},
            "PYTHONPATH": os.pathsep.join([str(environment.PROBE), str(tmp_path)]),
            "PYTHONDONTWRITEBYTECODE": "1",
            "TMPDIR": str(tmp_path),
            "WORKSHOP_PROBE": str(tmp_path / "notes"),
            "WORKSHOP_PROBE_FOLDER": str(app),
            "SEEN": str(tmp_path / "seen"),
            process_tree.MARK: f"test-{tmp_path.name}",
            **variables,
        }
        always, usual = SERVERS[server]
        how = (preloader or shared).launch if kind == "preloaded" else processes.launch
        return how("log", [sys.executable, "-m", *always, *(words or usual)], 1, app, env, tmp_path)

    return start


def both(launch, tmp_path, text, preloader=None, server="flask", **variables):
    """Return what an app says, how it ends and what it has seen, really and preloaded."""
    found = []
    for kind in ("real", "preloaded"):
        service = launch(kind, text, preloader=preloader, server=server, **variables)
        assert isinstance(service.process, preloaded.Process) == (kind == "preloaded")
        code = service.process.wait()
        seen = tmp_path / "seen"
        found.append(
            (code, service.output(), json.loads(seen.read_text()) if seen.is_file() else {})
        )
        seen.unlink(missing_ok=True)
    return found


@pytest.mark.parametrize("server", SERVERS)
@pytest.mark.parametrize("unbuffered", [{}, {"PYTHONUNBUFFERED": "1"}], ids=["plain", "unbuffered"])
def test_an_app_sees_the_same(launch, tmp_path, unbuffered, server):
    with preloaded.Preloader() as own:
        (real_code, _, real), (code, _, seen) = both(
            launch, tmp_path, SEES, own, server, **unbuffered
        )
    assert (real_code, code) == (0, 0)
    assert set(seen) == set(real)
    for what, value in real.items():
        assert seen[what] == value, what


@pytest.mark.parametrize("how", END)
def test_an_app_says_the_same_and_ends_alike(launch, tmp_path, how):
    text, code = END[how]
    real, preloaded_one = both(launch, tmp_path, HEAD + textwrap.dedent(text))
    assert preloaded_one == real
    assert real[0] == code


SAME = """
from logging.config import dictConfig
dictConfig({"version": 1, "disable_existing_loggers": False})
"""
PROPAGATORS = {"OTEL_PROPAGATORS": "tracecontext"}
REAL = {
    "a variable that was read at an import": ("", PROPAGATORS, "variables"),
    "one that Python reads": ("", {"PYTHONDEVMODE": "1"}, "variables"),
    "a very large environment": ("", {"LARGE": "x" * preloading.LARGEST}, "size"),
    "loggers switched off": (SAME.replace("False", "True"), {}, "loggers"),
    "loggers switched off by default": (
        SAME.replace(', "disable_existing_loggers": False', ""), {}, "loggers",
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", REAL)
def test_an_app_to_which_it_matters_is_started_for_real(launch, shared, tmp_path, case):
    text, variables, why = REAL[case]
    assert kind_and_reason(launch, shared, tmp_path, HEAD, {}) == (preloaded.Process, None)
    kind, reason = kind_and_reason(launch, shared, tmp_path, HEAD + text, variables)
    assert kind is not preloaded.Process
    assert reason.startswith(why)


def kind_and_reason(launch, shared, tmp_path, text, variables):
    """Return the kind of process that a launch gave, and why it was not preloaded."""
    service = launch("preloaded", text, **variables)
    service.process.wait()
    return type(service.process), shared.why_real.pop(str(tmp_path / "log"), None)


def test_a_module_with_a_package_s_name_is_the_app_s_own(launch, shared, tmp_path):
    app = tmp_path / "an app"
    app.mkdir()
    (app / "requests.py").write_text("print('their own')\n")
    service = launch("preloaded", f"{HEAD}import requests\n")
    assert service.process.wait() == 0
    assert service.output().startswith("their own\n")
    assert shared.why_real.pop(str(tmp_path / "log")) == "modules: {'requests'}"


def test_loggers_that_stay_need_no_real_start(launch):
    service = launch("preloaded", HEAD + SAME)
    assert isinstance(service.process, preloaded.Process)
    assert service.process.wait() == 0


def test_it_is_found_by_its_mark_and_ended(launch, tmp_path):
    mark = f"test-{tmp_path.name}"
    port = processes.free_port()
    service = launch("preloaded", HEAD, "run", "--port", str(port))
    service.port = port
    processes.wait_until_listening(service)
    # It listens before it is ready to be ended.
    assert requests.get(service.url).status_code == 404
    assert {each.pid for each in process_tree.marked(mark)} == {service.process.pid}
    assert processes.listening_ports(service.process) == [port]
    assert process_tree.end(service.process, signal.SIGINT, 10, mark) == (True, 0)
    assert service.process.returncode == 0
    noted = [note["what"] for note in notes.read(tmp_path / "notes")]
    assert noted[:1] == ["probe"]
    assert "hard-exit" not in noted


def test_a_worker_of_gunicorn_is_found_and_ended_with_it(launch, tmp_path):
    port = processes.free_port()
    bind = f"--bind=127.0.0.1:{port}"
    service = launch("preloaded", HEAD, "--workers=1", bind, server="gunicorn")
    mark = f"test-{tmp_path.name}"
    assert isinstance(service.process, preloaded.Process)
    assert wait_until(lambda: len(process_tree.marked(mark)) == 2)
    assert processes.listening_ports(service.process) == [port]
    assert process_tree.end(service.process, signal.SIGTERM, 10, mark) == (True, 0)
    assert service.process.returncode == 0


def test_no_two_have_the_same_chances(launch):
    text = f"{HEAD}import random\nprint(random.random())\n"
    said = set()
    for _ in range(2):
        service = launch("preloaded", text)
        service.process.wait()
        said.add(service.output())
    assert len(said) == 2


def test_the_preloader_is_single_threaded_and_goes_with_its_owner(launch):
    with preloaded.Preloader() as own:
        service = launch("preloaded", HEAD, preloader=own)
        assert service.process.wait() == 0
        process = psutil.Process(own._process.pid)
        assert process.num_threads() == 1
        assert wait_until(lambda: not process.children())
    assert not process.is_running()
