"""Connects the sandbox's X-Ray daemon with the learner's own AWS account."""

import os
from collections.abc import Mapping
from typing import TYPE_CHECKING

from workshop import real
from workshop.errors import WorkshopError

if TYPE_CHECKING:
    from workshop.sandbox.xray.forward import Forwarder


def choose(wanted: bool | None = None) -> "Forwarder | None":
    """Return the connection that a sandbox's daemon should have, or None where it keeps all.

    Args:
        wanted: whether to forward; None does where there are real keys of AWS's.

    Raises:
        WorkshopError: as `open_forwarder`.
    """
    try:
        variables = real.read_variables()
    except WorkshopError:
        # Outside a checkout a sandbox can run as well; there is no `.env` then.
        variables = dict(os.environ)
    forwards = real.aws_is_real(variables) if wanted is None else wanted
    return open_forwarder(variables) if forwards else None


def open_forwarder(variables: Mapping[str, str]) -> "Forwarder":
    """Return the connection to X-Ray that these variables describe.

    Args:
        variables: the learner's, as `real.read_variables` gives them.

    Raises:
        WorkshopError: there is no key of AWS's, or half of one.
    """
    if not real.aws_is_real(variables):
        raise WorkshopError(
            "There is no AWS key, so X-Ray's daemon has nobody to forward to.",
            "Put AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY into .env; .env.example tells how.",
        )
    given = real.aws_variables(variables, "")
    if not given.get("AWS_SECRET_ACCESS_KEY"):
        raise WorkshopError(
            "AWS_ACCESS_KEY_ID is set, AWS_SECRET_ACCESS_KEY is not.",
            "Put both into .env, or neither; .env.example tells how.",
        )
    # Here: boto3 takes its time, and only a daemon that forwards needs it.
    from workshop.sandbox.xray.forward import Account, Forwarder

    return Forwarder(
        Account(
            access_key=given["AWS_ACCESS_KEY_ID"],
            secret_key=given["AWS_SECRET_ACCESS_KEY"],
            token=given.get("AWS_SESSION_TOKEN", ""),
            region=given["AWS_REGION"],
            endpoint=variables.get("AWS_ENDPOINT_URL_XRAY", "").strip(),
        )
    )
