"""Starts an app's server without the time of its imports, as the tests start hundreds of apps.

A process that has imported the packages of most apps is forked for each launch (preloading.py). An
app to which that could make a difference is started for real: one with another value of a variable
that was read at an import, with a module that has a package's name, or with a logging configuration
that switches off the loggers which are there already.
"""

import json
import re
import socket
import subprocess
import sys
import tempfile
import threading

import preloading

from workshop import processes

# Beside what modules are seen to read: what Python and the C library read at their start.
READ_AT_START = re.compile(r"PYTHON(?!PATH$)|LC_|LANG|TZ$|HOME$|LD_|MALLOC_|GLIBC_|OPENSSL_|SSL_")
# The kernel shows the environment that a process began with; the child writes its own over this.
ROOM = "PRELOADED_ROOM"
SERVERS = ("flask", "gunicorn")
LONGEST = preloading.LARGEST - 1000
LOGGERS_KEPT = re.compile(r"""["']disable_existing_loggers["']: False""")


class Process:
    """A preloaded app, with what is used of `subprocess.Popen`."""

    def __init__(self, words, pid, said):
        self.args, self.pid, self.returncode = words, pid, None
        self._said, self._lock = said, threading.Lock()

    def poll(self):
        """Return the exit code, or None while the process runs."""
        return self._hear(0)

    def wait(self):
        """Return the exit code once there is one."""
        return self._hear(None)

    def _hear(self, seconds):
        with self._lock:
            if self.returncode is None:
                self._said.settimeout(seconds)
                try:
                    self.returncode = int(self._said.recv(99))
                except (BlockingIOError, TimeoutError):
                    return None
                # Only now may its number become another process's.
                self._said.close()
        return self.returncode


class Preloader:
    """Launches services as `processes.launch` does; a context manager, for several threads."""

    def __init__(self):
        self._really = processes.launch
        self._lock = threading.Lock()
        self._control = self._process = None
        self.why_real = {}

    def __enter__(self):
        return self

    def __exit__(self, *_):
        if self._process:
            self._control.close()
            self._process.wait()

    def launch(self, name, words, port, folder, env, logs):
        """Start one service; the arguments are those of `processes.launch`."""
        with self._lock:
            why = self._why_not(words, folder, env)
        if why:
            self.why_real[str(logs / name)] = why
            return self._really(name, words, port, folder, env, logs)
        logs.mkdir(parents=True, exist_ok=True)
        log = logs / f"{name}.log"
        asked = json.dumps([words, str(folder), dict(env)]).encode()
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        with log.open("wb") as sink, theirs:
            socket.send_fds(self._control, [asked], [theirs.fileno(), sink.fileno()])
        return processes.Service(
            name, Process(words, int(ours.recv(99)), ours), port, log, not port
        )

    def _why_not(self, words, folder, env):
        """Return why an app has to be started for real, or nothing."""
        server = words[2] if words[:2] == [sys.executable, "-m"] else ""
        if sys.platform != "linux" or server not in SERVERS:
            return "other command"
        if not self._process:
            self._start(env)
        own = {name: value for name, value in env.items() if name in self._read or at_start(name)}
        if own != self._env:
            return f"variables: {own.items() ^ self._env.items()}"
        if sum(len(f"{name}={value}".encode()) + 1 for name, value in env.items()) > LONGEST:
            return "size"
        paths = [folder, *(folder / each for each in preloading.python_path(env))]
        near = {each.name.removesuffix(".py") for path in paths for each in path.glob("*")}
        if near & self._modules:
            return f"modules: {near & self._modules}"
        text = "\n".join(each.read_text("utf-8", "replace") for each in folder.rglob("*.py"))
        if len(re.findall(r"\b(?:dict|file)Config\(", text)) > len(LOGGERS_KEPT.findall(text)):
            return "loggers"
        return ""

    def _start(self, env):
        """Start the process that is forked, and learn what its imports have read."""
        self._env = {name: value for name, value in env.items() if at_start(name)}
        self._control, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        # A file, as the app's log will be one: Python chooses its buffers by that.
        with tempfile.TemporaryFile() as output, theirs:
            self._process = subprocess.Popen(
                [sys.executable, preloading.__file__, str(theirs.fileno())],
                env={**self._env, ROOM: "x" * preloading.LARGEST},
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                pass_fds=[theirs.fileno()],
                start_new_session=True,
            )
            theirs.close()
            said = self._control.recv(preloading.LARGEST)
            output.seek(0)
            printed = output.read().decode()
        assert said, printed
        assert not printed, f"an import prints: {printed}"
        read, modules = map(set, json.loads(said))
        self._read, self._modules = read - {ROOM}, modules


def at_start(name):
    """Tell whether Python or the C library reads a variable before any module is imported."""
    return bool(READ_AT_START.match(name))
