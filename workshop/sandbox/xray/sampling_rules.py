"""Keeps the sampling rules: which requests a rule is for, and how many of them are recorded.

Clients fetch all rules and try them in ascending order of priority, then of name; the built-in rule
'Default' comes last and takes every request. Which rule a request falls under is theirs to find.

Sources: botocore's model, and
https://docs.aws.amazon.com/xray/latest/devguide/xray-api-sampling.html
"""

import json
import sqlite3
import time
from dataclasses import dataclass
from typing import Any

from workshop.sandbox.aws import ACCOUNT, REGION
from workshop.sandbox.aws.errors import ApiError, invalid_request
from workshop.sandbox.store import Reader, Store
from workshop.sandbox.xray.paging import cut_page

DEFAULT = "Default"
# The account's quota as it is widely quoted; AWS states it in the console only.
LIMIT = 25
# All rules fit on one page: the X-Ray SDK for Python reads no other.
PAGE = 100
ARN_PREFIX = f"arn:aws:xray:{REGION}:{ACCOUNT}:sampling-rule/"

_NAMES = ("RuleName", "RuleARN")
_OF_DEFAULT = {"FixedRate", "ReservoirSize"}
_SECOND = 1_000_000_000


@dataclass(frozen=True)
class SamplingRule:
    """One rule.

    Args:
        name: its name.
        definition: the members of the API's SamplingRule but for its name and ARN, such as
            `{"Priority": 9000, "FixedRate": 0.1, "ReservoirSize": 5, …}`.
        created_ns: when it was created, in nanoseconds since 1970; 0 for the built-in one.
        modified_ns: when it was last changed, likewise.
    """

    name: str
    definition: dict[str, Any]
    created_ns: int
    modified_ns: int

    @property
    def priority(self) -> int:
        """Its place among the rules; the lowest number is tried first."""
        return int(self.definition["Priority"])

    @property
    def fixed_rate(self) -> float:
        """Which part of the requests beyond the reservoir is recorded, 0 to 1."""
        return float(self.definition["FixedRate"])

    @property
    def reservoir_size(self) -> int:
        """How many requests a second all clients together record before the fixed rate."""
        return int(self.definition["ReservoirSize"])

    def to_record(self) -> dict[str, Any]:
        """Return it as the API tells it, a SamplingRuleRecord."""
        named = {"RuleName": self.name, "RuleARN": ARN_PREFIX + self.name}
        return {
            "SamplingRule": {**named, **self.definition},
            "CreatedAt": self.created_ns // _SECOND,
            "ModifiedAt": self.modified_ns // _SECOND,
        }


def create_sampling_rule(store: Store, params: dict[str, Any]) -> dict[str, Any]:
    """Answer CreateSamplingRule.

    Raises:
        ApiError: there is a rule of this name, there are too many, or the version is unknown.
    """
    said = params["SamplingRule"]
    name = _read_name(said)
    definition = {member: value for member, value in said.items() if member not in _NAMES}
    definition.setdefault("Attributes", {})
    if definition["Version"] != 1:
        raise invalid_request("Version of a sampling rule has to be 1")
    now = time.time_ns()
    rule = SamplingRule(name, definition, now, now)
    with store.transaction() as connection:
        names = {each.name for each in read_rules(connection)}
        if name in names:
            raise invalid_request("Sampling rule already exists")
        if len(names - {DEFAULT}) >= LIMIT:
            raise ApiError(
                "RuleLimitExceededException",
                "You have reached the maximum number of sampling rules.",
            )
        _save(connection, rule)
    return {"SamplingRuleRecord": rule.to_record()}


def get_sampling_rules(store: Store, params: dict[str, Any]) -> dict[str, Any]:
    """Answer GetSamplingRules: all rules with the built-in one, in the order of their priority."""
    with store.reader() as reader:
        page, further = cut_page(read_rules(reader), params, PAGE)
    return {"SamplingRuleRecords": [rule.to_record() for rule in page], **further}


def update_sampling_rule(store: Store, params: dict[str, Any]) -> dict[str, Any]:
    """Answer UpdateSamplingRule: change the members that are given.

    Raises:
        ApiError: there is no such rule, a value is out of range, or the built-in rule would
            change in more than its rate and its reservoir.
    """
    update = params["SamplingRuleUpdate"]
    changes = {member: value for member, value in update.items() if member not in _NAMES}
    with store.transaction() as connection:
        before = _get_rule(connection, _read_name(update))
        if before.name == DEFAULT and changes.keys() - _OF_DEFAULT:
            raise invalid_request("Invalid update request for default sampling rule")
        _check_ranges(changes)
        definition = {**before.definition, **changes}
        rule = SamplingRule(before.name, definition, before.created_ns, time.time_ns())
        _save(connection, rule)
    return {"SamplingRuleRecord": rule.to_record()}


def delete_sampling_rule(store: Store, params: dict[str, Any]) -> dict[str, Any]:
    """Answer DeleteSamplingRule; the rule's statistics stay.

    Raises:
        ApiError: there is no such rule, or it is the built-in one.
    """
    with store.transaction() as connection:
        rule = _get_rule(connection, _read_name(params))
        if rule.name == DEFAULT:
            raise invalid_request("The default sampling rule cannot be deleted")
        connection.execute("DELETE FROM xray_sampling_rules WHERE name = ?", (rule.name,))
        connection.execute("DELETE FROM xray_sampling_clients WHERE rule_name = ?", (rule.name,))
        _note_change(connection, time.time_ns())
    return {"SamplingRuleRecord": rule.to_record()}


def read_rules(reader: Reader) -> list[SamplingRule]:
    """Return all rules in the order in which a client tries them."""
    rows = reader.execute(
        "SELECT name, definition, created_ns, modified_ns FROM xray_sampling_rules"
    ).fetchall()
    rules = [SamplingRule(row[0], json.loads(row[1]), *row[2:]) for row in rows]
    return sorted(rules, key=lambda rule: (rule.priority, rule.name))


def read_last_change(reader: Reader) -> int:
    """Return when a rule was last created, changed or deleted, in seconds since 1970.

    It is rounded up: clients compare it with the whole second in which they last fetched the
    rules, and would else miss a change later in that second.
    """
    (changed_ns,) = reader.execute("SELECT time_ns FROM xray_sampling_change").fetchone()
    return int(-(-changed_ns // _SECOND))


def _read_name(said: dict[str, Any]) -> str:
    """Return the name of the rule that a request means, by name or by ARN."""
    name, arn = (said.get(member, "") for member in _NAMES)
    if bool(name) == bool(arn):
        raise invalid_request("Specify a rule by either name or ARN, but not both")
    if name:
        return str(name)
    found = str(arn).removeprefix(ARN_PREFIX)
    if found == arn or not 1 <= len(found) <= 32:
        raise invalid_request("Invalid sampling rule ARN")
    return found


def _get_rule(connection: sqlite3.Connection, name: str) -> SamplingRule:
    for rule in read_rules(connection):
        if rule.name == name:
            return rule
    raise invalid_request("Sampling rule does not exist")


def _check_ranges(changes: dict[str, Any]) -> None:
    """Check what the model checks for a new rule, and leaves to the service in an update."""
    ranges = {"Priority": (1, 9999), "FixedRate": (0, 1), "ReservoirSize": (0, None)}
    for member, (least, most) in ranges.items():
        value = changes.get(member, least)
        if value < least or (most is not None and value > most):
            wanted = f"{least} to {most}" if most is not None else f"{least} or more"
            raise invalid_request(f"{member} of a sampling rule has to be {wanted}")


def _save(connection: sqlite3.Connection, rule: SamplingRule) -> None:
    connection.execute(
        "INSERT OR REPLACE INTO xray_sampling_rules (name, created_ns, modified_ns, definition)"
        " VALUES (?, ?, ?, ?)",
        (rule.name, rule.created_ns, rule.modified_ns, json.dumps(rule.definition)),
    )
    _note_change(connection, rule.modified_ns)


def _note_change(connection: sqlite3.Connection, now_ns: int) -> None:
    connection.execute("UPDATE xray_sampling_change SET time_ns = ?", (now_ns,))
