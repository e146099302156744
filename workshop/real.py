"""Which vendor is the real service and which the sandbox, told from the environment.

The variables are the ones that the vendors' own documents use. A key that is absent means the
sandbox, so that a learner without any account meets no difference.
"""

import os
from collections.abc import Mapping
from pathlib import Path

from dotenv import dotenv_values

from workshop import place
from workshop.errors import WorkshopError

SANDBOX_KEY = "sandbox"
DATABASE = "microblog.sqlite"
HONEYCOMB = "https://api.honeycomb.io"
ROLLBAR = "https://api.rollbar.com/api/1/"
REGION = "us-east-1"
# What the app itself reads.
OF_THE_APP = ("ENVIRONMENT", "CODE_VERSION", "KEEP_ONE_TRACE_IN", "TRUST_TRACE_HEADERS")
# Where the SDKs of AWS find each of its services, by the variables that are botocore's own.
AWS_DOORS = {
    "AWS_ENDPOINT_URL_CLOUDWATCH_LOGS": "cloudwatch",
    "AWS_ENDPOINT_URL_XRAY": "xray",
}
# Of the learner's AWS variables those that say who asks, and where.
AWS_VARIABLES = (
    "AWS_ACCESS_KEY_ID",
    "AWS_SECRET_ACCESS_KEY",
    "AWS_SESSION_TOKEN",
    "AWS_REGION",
    "AWS_DEFAULT_REGION",
)


def read_variables() -> dict[str, str]:
    """Return this shell's variables, with `.env` for those that it lacks.

    The order is docker compose's: a variable in the shell wins over the file.

    Raises:
        WorkshopError: the file is not UTF-8, as Windows' PowerShell writes it by `>`.
    """
    file = place.root() / ".env"
    try:
        from_file = {name: value for name, value in dotenv_values(file).items() if value}
    except UnicodeDecodeError:
        raise WorkshopError(
            ".env cannot be read: it is not UTF-8.",
            "Save it as UTF-8 in your editor, then run the same command again.",
        ) from None
    return {**from_file, **os.environ} if file.is_file() else dict(os.environ)


def honeycomb_is_real(variables: Mapping[str, str]) -> bool:
    """Tell whether traces go to Honeycomb itself: there is a key, and it is not the sandbox's."""
    return variables.get("HONEYCOMB_API_KEY", "").strip() not in ("", SANDBOX_KEY)


def aws_is_real(variables: Mapping[str, str]) -> bool:
    """Tell whether X-Ray and CloudWatch are AWS's own: there is a key, and not the sandbox's."""
    return variables.get("AWS_ACCESS_KEY_ID", "").strip() not in ("", SANDBOX_KEY)


def rollbar_is_real(variables: Mapping[str, str]) -> bool:
    """Tell whether errors go to Rollbar itself: there is a token, and not the sandbox's."""
    return variables.get("ROLLBAR_ACCESS_TOKEN", "").strip() not in ("", SANDBOX_KEY)


def app_variables(
    variables: Mapping[str, str],
    sandbox_url: str,
    daemon_port: int,
    doors: Mapping[str, str] | None = None,
) -> dict[str, str]:
    """Return the variables that point the app's SDKs at the right place.

    Args:
        variables: the learner's, as `read_variables` gives them.
        sandbox_url: where the sandbox listens, such as `http://127.0.0.1:4318`.
        daemon_port: the port of the sandbox's X-Ray daemon.
        doors: the address of each vendor's own port of the sandbox, by vendor, which can be broken
            alone; where there is none, it is the sandbox's.
    """
    doors = {} if doors is None else doors
    of_aws = {} if aws_is_real(variables) else AWS_DOORS
    return {
        **_honeycomb_variables(variables, doors.get("honeycomb", sandbox_url)),
        **aws_variables(variables, sandbox_url),
        **{name: doors[vendor] for name, vendor in of_aws.items() if vendor in doors},
        # The sandbox's daemon: with real keys it hands on to AWS what it is sent.
        "AWS_XRAY_DAEMON_ADDRESS": variables.get("AWS_XRAY_DAEMON_ADDRESS", "")
        or f"127.0.0.1:{daemon_port}",
        **_rollbar_variables(variables, doors.get("rollbar", sandbox_url)),
    }


def notebook_variables(variables: Mapping[str, str], sandbox_url: str) -> dict[str, str]:
    """Return the variables with which a cell reads from AWS and Rollbar what the app has sent.

    Args:
        variables: the learner's, as `read_variables` gives them.
        sandbox_url: where the sandbox listens.
    """
    real = rollbar_is_real(variables)
    tokens = {
        f"ROLLBAR_{scope.upper()}_TOKEN": variables.get(
            f"ROLLBAR_{scope.upper()}_TOKEN", ""
        ).strip()
        if real
        else f"{SANDBOX_KEY}-{scope}"
        for scope in ("read", "write")
    }
    endpoint = _rollbar_variables(variables, sandbox_url)["ROLLBAR_ENDPOINT"]
    return {**aws_variables(variables, sandbox_url), **tokens, "ROLLBAR_ENDPOINT": endpoint}


def aws_variables(variables: Mapping[str, str], sandbox_url: str) -> dict[str, str]:
    """Return the variables with which boto3 and the AWS CLI ask the right AWS, as the right user.

    Args:
        variables: the learner's, as `read_variables` gives them.
        sandbox_url: where the sandbox listens.
    """
    region = variables.get("AWS_REGION") or variables.get("AWS_DEFAULT_REGION") or REGION
    regions = {"AWS_REGION": region, "AWS_DEFAULT_REGION": region}
    if aws_is_real(variables):
        given = {name: variables[name].strip() for name in AWS_VARIABLES if variables.get(name)}
        return {**given, **regions}
    return {
        "AWS_ACCESS_KEY_ID": SANDBOX_KEY,
        "AWS_SECRET_ACCESS_KEY": SANDBOX_KEY,
        "AWS_ENDPOINT_URL": sandbox_url,
        # What some profile on this machine says must not lead a request elsewhere.
        "AWS_CONFIG_FILE": os.devnull,
        "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
        "AWS_EC2_METADATA_DISABLED": "true",
        **regions,
    }


def _honeycomb_variables(variables: Mapping[str, str], sandbox_url: str) -> dict[str, str]:
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


def _rollbar_variables(variables: Mapping[str, str], sandbox_url: str) -> dict[str, str]:
    real = rollbar_is_real(variables)
    return {
        "ROLLBAR_ACCESS_TOKEN": variables["ROLLBAR_ACCESS_TOKEN"].strip() if real else SANDBOX_KEY,
        # With the slash at the end: the SDK joins paths to it as a browser would.
        "ROLLBAR_ENDPOINT": ROLLBAR if real else f"{sandbox_url}/api/1/",
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
        and name not in OF_THE_APP
        and name != "PYTHONDONTWRITEBYTECODE"
    }
    return {**kept, "DATABASE": str(data / DATABASE), "PYTHONUNBUFFERED": "1"}
