"""The variables of the app, as lines that a shell can evaluate."""

import shlex

from workshop import place, real
from workshop.errors import WorkshopError, command
from workshop.sandbox import running


def render() -> str:
    """Return `export` lines that point an app at the sandbox, or at the learner's vendors.

    A real key is never printed: the lines name the variable, or read it from `.env`.

    Raises:
        WorkshopError: the sandbox is wanted, and does not run.
    """
    variables = real.read_variables()
    sandbox = running.find(place.state() / "sandbox")
    if sandbox is None:
        raise WorkshopError("The sandbox is not running.", f"Start it: `{command('sandbox')}`")
    lines = []
    file = place.root() / ".env"
    if file.is_file():
        lines.append(f"set -a; . {shlex.quote(str(file))}; set +a")
    pointers = real.app_variables(variables, sandbox.url, sandbox.daemon_port, sandbox.doors)
    for name, value in pointers.items():
        if name == "OTEL_EXPORTER_OTLP_HEADERS" and real.honeycomb_is_real(variables):
            lines.append(f'export {name}="x-honeycomb-team=$HONEYCOMB_API_KEY"')
        elif variables.get(name, "").strip() == value:
            # The shell has it, or has read it from `.env` above.
            lines.append(f"export {name}")
        else:
            lines.append(f"export {name}={shlex.quote(value)}")
    return "\n".join(lines)
