"""Says with which environment variables a check runs each of the app's services."""

import compileall
import functools
import os
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType

from workshop import process_tree, processes, real
from workshop.checks.target import Target, compose_variables
from workshop.learner_app import Program
from workshop.sandbox.server import Sandbox

PROBE = Path(__file__).parent / "probe"
# backend's spans leave each second: long enough that the last request's are still in the queue when
# the app is stopped, so that only a flush at exit can deliver them. Those of profiles leave sooner,
# so that it is backend's delivery that ends the wait, and a whole second follows it.
SCHEDULE_DELAY_MS = 1000
PROFILES_DELAY_MS = 200
# As docker-compose.yml has it: what an app does in development alone must not be there.
ENVIRONMENT = "production"

# From step 06 on the app sends less, and from step 07 on it believes no stranger's headers. A check
# of all steps wants everything, and asks X-Ray by a header to record it.
WHOLE = {"KEEP_ONE_TRACE_IN": "1", "TRUST_TRACE_HEADERS": "yes"}


def make(
    target: Target,
    program: Program,
    ports: dict[str, int],
    sandbox: Sandbox,
    folder: Path,
    mark: str,
) -> dict[str, str]:
    """Return one service's whole environment.

    Args:
        target: the app.
        program: the service.
        ports: the port of each service, by name.
        sandbox: where its SDKs shall send.
        folder: the check's temporary folder, for all that the app writes on its own account.
        mark: the check's mark.
    """
    pointers = real.app_variables({}, sandbox.url, sandbox.daemon_port)
    written = compose_variables(target, program, sandbox.url)
    if written:
        # What spans say of HTTP is for compose to decide; where they go, for the check.
        del pointers["OTEL_SEMCONV_STABILITY_OPT_IN"]
    scratch = folder / "tmp"
    scratch.mkdir(exist_ok=True)
    port = str(ports[program.name])
    delay = PROFILES_DELAY_MS if program.name == "profiles" else SCHEDULE_DELAY_MS
    variables = {
        **real.clean_environment(folder),
        "ENVIRONMENT": ENVIRONMENT,
        **written,
        **({"ENVIRONMENT": target.environment} if target.environment else WHOLE),
        **_stand_ins(),
        # A check must not send with the learner's real credentials, and an SDK without any must
        # neither fail at import nor ask the network for some.
        **pointers,
        "OTEL_BSP_SCHEDULE_DELAY": str(delay),
        "WORKSHOP_ROLLBAR_ENDPOINT": pointers["ROLLBAR_ENDPOINT"],
        "PATH": target.search_path,
        **probe(target, folder / f"{program.name}.notes", written),
        # The app's folder stays as it is: no __pycache__ that was not there before.
        "PYTHONDONTWRITEBYTECODE": "1",
        "TMPDIR": str(scratch),
        # For a command that names no port.
        "PORT": port,
        "FLASK_RUN_PORT": port,
        process_tree.MARK: f"{mark}/{program.name}",
    }
    if "profiles" in ports:
        variables["PROFILES_URL"] = f"http://{processes.LOCALHOST}:{ports['profiles']}"
    return variables


def probe(
    target: Target, notes: Path, written: Mapping[str, str] = MappingProxyType({})
) -> dict[str, str]:
    """Return the variables with which a service notes what it does with its SDKs.

    Args:
        target: the app.
        notes: the file for them.
        written: the service's variables in docker-compose.yml.
    """
    return {
        "PYTHONPATH": _python_path(written),
        "WORKSHOP_PROBE": str(notes),
        "WORKSHOP_PROBE_FOLDER": str(target.folder),
    }


def _stand_ins() -> dict[str, str]:
    """Return variables that keep every proxy away from this machine's own addresses."""
    return {
        "NO_PROXY": f"{processes.LOCALHOST},localhost",
        "no_proxy": f"{processes.LOCALHOST},localhost",
    }


@functools.cache
def _compile_probe() -> None:
    """Write the probe's bytecode once: in a check no app writes any."""
    compileall.compile_dir(PROBE, quiet=2)


def _python_path(written: Mapping[str, str]) -> str:
    """Return the probe's folder, then those that the shell or docker-compose.yml names."""
    _compile_probe()
    own = written.get("PYTHONPATH") or os.environ.get("PYTHONPATH", "")
    return os.pathsep.join([str(PROBE), *([own] if own else [])])
