"""Which vendor is the real service and which the sandbox, told from the environment.

The variables are the ones that the vendors' own documents use. A key that is absent means the
sandbox, so that a learner without any account meets no difference.
"""

import os
from collections.abc import Mapping
from pathlib import Path

from dotenv import dotenv_values

from workshop import place

SANDBOX_KEY = "sandbox"
DATABASE = "microblog.sqlite"
HONEYCOMB = "https://api.honeycomb.io"


def read_variables() -> dict[str, str]:
    """Return this shell's variables, with `.env` for those that it lacks.

    The order is docker compose's: a variable in the shell wins over the file.
    """
    file = place.root() / ".env"
    from_file = {name: value for name, value in dotenv_values(file).items() if value}
    return {**from_file, **os.environ} if file.is_file() else dict(os.environ)


def honeycomb_is_real(variables: Mapping[str, str]) -> bool:
    """Tell whether traces go to Honeycomb itself: there is a key, and it is not the sandbox's."""
    return variables.get("HONEYCOMB_API_KEY", "").strip() not in ("", SANDBOX_KEY)


def app_variables(variables: Mapping[str, str], sandbox_url: str) -> dict[str, str]:
    """Return the variables that point the app's SDKs at the right place.

    Args:
        variables: the learner's, as `read_variables` gives them.
        sandbox_url: where the sandbox listens, such as `http://127.0.0.1:4318`.
    """
    real = honeycomb_is_real(variables)
    endpoint = variables.get("HONEYCOMB_API_ENDPOINT", HONEYCOMB) if real else sandbox_url
    key = variables["HONEYCOMB_API_KEY"].strip() if real else SANDBOX_KEY
    return {
        "OTEL_EXPORTER_OTLP_ENDPOINT": endpoint,
        "OTEL_EXPORTER_OTLP_HEADERS": f"x-honeycomb-team={key}",
        "OTEL_SEMCONV_STABILITY_OPT_IN": "http",
        # Spans leave after a fifth of a second, not five: a lesson should not wait, and the
        # setting costs no CPU that could be measured.
        "OTEL_BSP_SCHEDULE_DELAY": "200",
    }


def clean_environment(data: Path) -> dict[str, str]:
    """Return the variables of this process that an app of the learner's may inherit.

    Variables that would change how Flask or an SDK behaves are left out, so that a setting
    forgotten in some shell cannot decide what the learner sees.

    Args:
        data: the folder in which the app keeps its database.
    """
    kept = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("OTEL_", "FLASK_", "AWS_", "ROLLBAR_", "HONEYCOMB_", "PYTEST_"))
        and name != "PYTHONDONTWRITEBYTECODE"
    }
    return {**kept, "DATABASE": str(data / DATABASE), "PYTHONUNBUFFERED": "1"}
