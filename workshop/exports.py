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
    is_real = real.honeycomb_is_real(variables)
    sandbox = running.find(place.state() / "sandbox")
    if sandbox is None and not is_real:
        raise WorkshopError("The sandbox is not running.", f"Start it: `{command('sandbox')}`")
    wanted = real.app_variables(variables, sandbox.url if sandbox else "")
    lines = [f"export {name}={shlex.quote(value)}" for name, value in wanted.items()]
    if is_real:
        header = 'export OTEL_EXPORTER_OTLP_HEADERS="x-honeycomb-team=$HONEYCOMB_API_KEY"'
        lines = [header if "OTLP_HEADERS" in line else line for line in lines]
        file = place.root() / ".env"
        if file.is_file():
            lines.insert(0, f"set -a; . {shlex.quote(str(file))}; set +a")
    return "\n".join(lines)
