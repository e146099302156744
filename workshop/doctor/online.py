"""Asks the real services whether they take the learner's keys, and what time it is there.

Each is asked by the one call that its cheapest key may make, and only where such a key is set.
"""

import time
from collections.abc import Callable, Mapping
from email.utils import parsedate_to_datetime
from typing import Any

import requests

from workshop import real
from workshop.doctor.remarks import FINE, NOTE, PROBLEM, UNKNOWN, Remark
from workshop.errors import command

GROUP = "Asked of the real services"
SUBJECT = "keys"
TIMEOUT = 10.0
# AWS refuses a signature that is older than five minutes.
# https://docs.aws.amazon.com/IAM/latest/UserGuide/create-signed-request.html
WORST_SKEW = 300.0
NOTABLE_SKEW = 30.0
PING = "status/ping"


def examine(variables: Mapping[str, str], ask: bool) -> list[Remark]:
    """Return what the services say.

    Args:
        variables: the learner's, as `real.read_variables` gives them.
        ask: whether to ask them at all.
    """
    asked: list[Callable[[Mapping[str, str]], tuple[Remark, str]]] = [
        question
        for is_real, question in (
            (real.honeycomb_is_real(variables), ask_honeycomb),
            (real.aws_is_real(variables), ask_aws),
            (real.rollbar_is_real(variables), ask_rollbar),
        )
        if is_real
    ]
    if not asked:
        what = "there are none, so nobody was asked; the clock was compared with nobody's"
        return [Remark(GROUP, SUBJECT, UNKNOWN, what)]
    if not ask:
        return [
            Remark(
                GROUP,
                SUBJECT,
                UNKNOWN,
                "nobody was asked whether they are taken, nor what time it is",
                command("doctor --online"),
            )
        ]
    answers = [question(variables) for question in asked]
    dates = [date for _, date in answers if date]
    return [*(remark for remark, _ in answers), tell_clock(dates[0] if dates else "", time.time())]


def ask_honeycomb(variables: Mapping[str, str]) -> tuple[Remark, str]:
    """Ask Honeycomb what the key may do, and return that and the answer's date.

    Source: https://docs.honeycomb.io/api/auth
    """
    address = variables.get("HONEYCOMB_API_ENDPOINT", "").strip() or real.HONEYCOMB
    headers = {"X-Honeycomb-Team": variables["HONEYCOMB_API_KEY"].strip()}
    try:
        answer = requests.get(f"{address.rstrip('/')}/1/auth", headers=headers, timeout=TIMEOUT)
        said = answer.json() if answer.ok else {}
    except (requests.RequestException, UnicodeError) as error:
        return _unreachable("Honeycomb", error), ""
    date = answer.headers.get("Date", "")
    if not answer.ok:
        return _refused("Honeycomb", f"status {answer.status_code}"), date
    rights = {name for name, given in said.get("api_key_access", {}).items() if given is True}
    where = said.get("environment", {}).get("name") or "no environment"
    if "events" not in rights:
        return _refused("Honeycomb", "it may not send events"), date
    others = sorted(rights - {"events", "createDatasets"})
    if others:
        what = f"takes the key, in {where}; it may also {', '.join(others)}"
        mend = "An app needs to send, no more: make an ingest key."
        return Remark(GROUP, "Honeycomb", NOTE, what, mend), date
    return Remark(GROUP, "Honeycomb", FINE, f"takes the key, in {where}, for sending only"), date


def ask_aws(variables: Mapping[str, str]) -> tuple[Remark, str]:
    """Ask AWS whose key it is, which every key may, and return that and the answer's date.

    Source: https://docs.aws.amazon.com/STS/latest/APIReference/API_GetCallerIdentity.html
    """
    # Here: they take their time, and only this question needs them.
    import boto3
    from botocore.config import Config
    from botocore.exceptions import BotoCoreError, ClientError

    given = real.aws_variables(variables, "")
    try:
        client = boto3.client(
            "sts",
            aws_access_key_id=given["AWS_ACCESS_KEY_ID"],
            aws_secret_access_key=given.get("AWS_SECRET_ACCESS_KEY", ""),
            aws_session_token=given.get("AWS_SESSION_TOKEN"),
            region_name=given["AWS_REGION"],
            config=Config(connect_timeout=TIMEOUT, retries={"total_max_attempts": 1}),
        )
        said = client.get_caller_identity()
    except ClientError as error:
        return _refused("AWS", str(error.response["Error"]["Code"])), _date(error.response)
    except (BotoCoreError, ValueError) as error:
        return _unreachable("AWS", error), ""
    who = str(said["Arn"]).rpartition(":")[2]
    if who == "root":
        what = "takes the key, and it is the root user's, which may do everything"
        mend = "Delete it, and make a user with the policy of docs/real-services.md."
        return Remark(GROUP, "AWS", PROBLEM, what, mend), _date(said)
    what = f"takes the key: {who}, account …{str(said['Account'])[-4:]}"
    return Remark(GROUP, "AWS", FINE, what), _date(said)


def ask_rollbar(variables: Mapping[str, str]) -> tuple[Remark, str]:
    """Ask whether Rollbar is there: what a token that only posts may do is post.

    Source: https://docs.rollbar.com/reference/getting-started-1
    """
    address = variables.get("ROLLBAR_ENDPOINT", "").strip() or real.ROLLBAR
    try:
        answer = requests.get(f"{address.rstrip('/')}/{PING}", timeout=TIMEOUT)
    except requests.RequestException as error:
        return _unreachable("Rollbar", error), ""
    date = answer.headers.get("Date", "")
    if not answer.ok:
        return _refused("Rollbar", f"status {answer.status_code}"), date
    what = "answers; whether it takes the token shows with the first error"
    return Remark(GROUP, "Rollbar", UNKNOWN, what), date


def tell_clock(date: str, now: float) -> Remark:
    """Compare a service's date with this machine's.

    Args:
        date: the answer's `Date` header; empty where there is none.
        now: this machine's time, in seconds since 1970.
    """
    try:
        skew = abs(now - parsedate_to_datetime(date).timestamp())
    except ValueError:
        return Remark(GROUP, "clock", UNKNOWN, "could not be compared: no answer had a date")
    if skew < NOTABLE_SKEW:
        return Remark(GROUP, "clock", FINE, "agrees with theirs")
    state = PROBLEM if skew >= WORST_SKEW else NOTE
    mend = "Let the system set it: sudo timedatectl set-ntp true"
    return Remark(GROUP, "clock", state, f"is {skew:.0f} s away from theirs", mend)


def _refused(vendor: str, why: str) -> Remark:
    mend = "Make another key, and put it into .env; .env.example tells where."
    return Remark(GROUP, vendor, PROBLEM, f"refuses the key: {why}", mend)


def _unreachable(vendor: str, error: Exception) -> Remark:
    # The error's own text may hold the address of a proxy with its password.
    what = f"cannot be reached: {type(error).__name__}"
    return Remark(GROUP, vendor, PROBLEM, what, "Look at the network, then ask again.")


def _date(response: Any) -> str:
    return str(response.get("ResponseMetadata", {}).get("HTTPHeaders", {}).get("date", ""))
