"""Vendor by vendor: the real service or the sandbox, why, and whether the key can be right.

Only the form of a key is looked at here; nobody is asked.
"""

import os
import re
from collections.abc import Mapping

from workshop import real
from workshop.doctor.remarks import FINE, NOTE, PROBLEM, Remark

GROUP = "Vendors"
_HERE = "Correct it in .env; .env.example tells where to get it."

# https://docs.honeycomb.io/api/authentication
_CONFIGURATION_KEY = re.compile(r"hc[a-z]?lk_")
_MANAGEMENT_KEY = re.compile(r"hc[a-z]?mk_")
_CLASSIC_KEY = re.compile(r"[0-9a-f]{32}|hc[a-z]ic_.*")
# https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html
_LASTING_KEY = re.compile(r"AKIA[A-Z0-9]{16}")
_TEMPORARY_KEY = re.compile(r"ASIA[A-Z0-9]{16}")


def examine(variables: Mapping[str, str]) -> list[Remark]:
    """Return what there is to say of each vendor.

    Args:
        variables: the learner's, as `real.read_variables` gives them.
    """
    aws = _aws_problem(variables)
    return [
        _tell(
            "Honeycomb",
            "HONEYCOMB_API_KEY",
            variables,
            real.honeycomb_is_real(variables),
            _honeycomb_problem(variables),
        ),
        _tell("X-Ray", "AWS_ACCESS_KEY_ID", variables, real.aws_is_real(variables), aws),
        _tell("CloudWatch Logs", "AWS_ACCESS_KEY_ID", variables, real.aws_is_real(variables), aws),
        _tell(
            "Rollbar",
            "ROLLBAR_ACCESS_TOKEN",
            variables,
            real.rollbar_is_real(variables),
            _form_problem("ROLLBAR_ACCESS_TOKEN", variables),
        ),
        *_profile(variables),
    ]


def name_source(name: str) -> str:
    """Return where a variable comes from: this shell wins over the file."""
    return "this shell" if os.environ.get(name) else ".env"


def _tell(
    vendor: str,
    name: str,
    variables: Mapping[str, str],
    is_real: bool,
    problem: tuple[str, str, str] | None,
) -> Remark:
    if not is_real:
        why = "is not set"
        if variables.get(name, "").strip():
            why = f"is the word 'sandbox', in {name_source(name)}"
        return Remark(GROUP, vendor, FINE, f"the sandbox: {name} {why}")
    if problem:
        state, what, mend = problem
        return Remark(GROUP, vendor, state, f"the real service: {what}", mend)
    return Remark(GROUP, vendor, FINE, f"the real service: {name} is set in {name_source(name)}")


def _form_problem(name: str, variables: Mapping[str, str]) -> tuple[str, str, str] | None:
    """Return what no key can be: quotes, blanks, or what some page has in a key's place."""
    value = variables.get(name, "").strip()
    if re.search(r"[\s'\"]", value):
        return PROBLEM, f"{name} has quotes or blanks in it", _HERE
    if not value.isascii():
        return PROBLEM, f"{name} has characters in it that no key has, such as curly quotes", _HERE
    if re.match(r"(?i)your|<|\$|x-honeycomb-team", value):
        return PROBLEM, f"{name} is not a key, but what stands in a key's place", _HERE
    return None


def _honeycomb_problem(variables: Mapping[str, str]) -> tuple[str, str, str] | None:
    name = "HONEYCOMB_API_KEY"
    key = variables.get(name, "").strip()
    endpoint = variables.get("HONEYCOMB_API_ENDPOINT", "").strip() or real.HONEYCOMB
    if problem := _form_problem(name, variables):
        return problem
    if _MANAGEMENT_KEY.match(key):
        return PROBLEM, f"{name} is a management key, which cannot send", _HERE
    if _CLASSIC_KEY.fullmatch(key):
        return PROBLEM, f"{name} is a Classic key, which needs a dataset header", _HERE
    if not re.fullmatch(r"https?://[^/]+/?", endpoint):
        return (
            PROBLEM,
            "HONEYCOMB_API_ENDPOINT is not an address without a path",
            f"Write it as HONEYCOMB_API_ENDPOINT={real.HONEYCOMB}; the SDK adds /v1/traces.",
        )
    if _CONFIGURATION_KEY.match(key):
        return (
            NOTE,
            f"{name} is a configuration key, which may do more than send",
            "Make an ingest key: in Honeycomb, the environment's settings, API Keys, Ingest.",
        )
    return None


def _aws_problem(variables: Mapping[str, str]) -> tuple[str, str, str] | None:
    key = variables.get("AWS_ACCESS_KEY_ID", "").strip()
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        if problem := _form_problem(name, variables):
            return problem
    if not variables.get("AWS_SECRET_ACCESS_KEY", "").strip():
        return PROBLEM, "AWS_ACCESS_KEY_ID is set, AWS_SECRET_ACCESS_KEY is not", _HERE
    if _TEMPORARY_KEY.fullmatch(key) and not variables.get("AWS_SESSION_TOKEN", "").strip():
        return PROBLEM, "the key is a temporary one, and AWS_SESSION_TOKEN is not set", _HERE
    if not _LASTING_KEY.fullmatch(key) and not _TEMPORARY_KEY.fullmatch(key):
        return NOTE, "AWS_ACCESS_KEY_ID does not have the form of one", _HERE
    if not (variables.get("AWS_REGION") or variables.get("AWS_DEFAULT_REGION")):
        return (
            NOTE,
            f"no region is named, so it is {real.REGION}",
            f"Name yours in .env, such as AWS_REGION={real.REGION}",
        )
    return None


def _profile(variables: Mapping[str, str]) -> list[Remark]:
    if not variables.get("AWS_PROFILE") or real.aws_is_real(variables):
        return []
    return [
        Remark(
            GROUP,
            "AWS_PROFILE",
            NOTE,
            "is set, and not used: only keys in variables count here",
            "Nothing to do, unless you want AWS itself: .env.example tells how.",
        )
    ]
