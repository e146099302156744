"""Answers the one operation of STS that clients of the other services need: who am I?"""

from typing import Any

from workshop.sandbox import SANDBOX_KEY
from workshop.sandbox.aws import ACCOUNT
from workshop.sandbox.store import Store


def get_caller_identity(_store: Store, _params: dict[str, Any]) -> dict[str, Any]:
    """Answer GetCallerIdentity: a user of the sandbox's one account."""
    return {
        "UserId": SANDBOX_KEY,
        "Account": ACCOUNT,
        "Arn": f"arn:aws:iam::{ACCOUNT}:user/{SANDBOX_KEY}",
    }
