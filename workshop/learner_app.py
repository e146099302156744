"""The learner's app as two running services: `backend`, and the `profiles` that it calls."""

import signal
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from workshop import processes
from workshop.processes import DidNotStartError, Service, flask_words


@dataclass(frozen=True)
class Program:
    """One service to run.

    Args:
        name: what messages call it.
        module: what `flask --app` is given; empty where `words` stands.
        words: the command, with `{port}` for the port.
        service: its name in docker-compose.yml.
        python: the interpreter that serves a module.
    """

    name: str
    module: str = ""
    words: tuple[str, ...] = ()
    service: str = ""
    python: str = sys.executable

    @property
    def own_port(self) -> bool:
        """Whether its command leaves the port to the app."""
        return bool(self.words) and not any("{port}" in word for word in self.words)

    def command(self, port: int) -> list[str]:
        """Return the command that serves it on a port."""
        if self.words:
            return [word.replace("{port}", str(port)) for word in self.words]
        return flask_words(self.module, port, self.python)


BACKEND = Program("backend", "app", service="backend")
PROFILES = Program("profiles", "app.profiles", service="profiles")


@dataclass
class RunningApp:
    """Both services of the app.

    Args:
        backend: what learners call.
        profiles: what backend calls.
    """

    backend: Service
    profiles: Service

    @property
    def url(self) -> str:
        """Where backend answers, without a slash at the end."""
        return self.backend.url

    def stop(self) -> None:
        """End both, backend first, so that it never calls a service that is gone."""
        processes.stop(self.backend)
        processes.stop(self.profiles)

    def terminate(self, seconds: float) -> bool:
        """End both by SIGTERM, as a container is ended; tell whether backend ended by itself.

        Args:
            seconds: how long each may take before it is killed.
        """
        willing = processes.stop(self.backend, seconds, signal.SIGTERM)
        processes.stop(self.profiles, seconds, signal.SIGTERM)
        return willing


def start(
    folder: Path,
    env: Mapping[str, str],
    logs: Path,
    backend_port: int = 0,
    profiles_port: int = 0,
    backend: Program = BACKEND,
) -> RunningApp:
    """Start both services of the app and wait until they answer.

    Args:
        folder: the folder that holds `app/`.
        env: the whole environment for both, without `PROFILES_URL`.
        logs: the folder for what they print.
        backend_port: 0 lets the system choose.
        profiles_port: 0 lets the system choose.
        backend: how backend is served.

    Raises:
        DidNotStartError: one of them ended or stayed silent; neither is left running.
    """
    backend_port = backend_port or processes.free_port()
    profiles_port = profiles_port or processes.free_port()
    variables = {**env, "PROFILES_URL": f"http://{processes.LOCALHOST}:{profiles_port}"}
    services: list[Service] = []
    try:
        for program, port in ((PROFILES, profiles_port), (backend, backend_port)):
            words = program.command(port)
            services.append(processes.launch(program.name, words, port, folder, variables, logs))
        for service in services:
            processes.wait_until_listening(service)
    except (DidNotStartError, KeyboardInterrupt):
        for service in services:
            processes.stop(service, seconds=1)
        raise
    return RunningApp(backend=services[1], profiles=services[0])
