"""Remembers what checks found, under `.workshop/`."""

import json
import os
from datetime import UTC, datetime
from typing import Any

from workshop import place
from workshop.checks.findings import Finding, Verdict
from workshop.sandbox.state import hold_lock

LOCK = "checks.lock"
LOCK_DEADLINE = 2.0


def remember(verdicts: list[Verdict], app: list[Finding], requests: int = 0) -> None:
    """Keep the verdicts and findings, for `workshop`, `workshop hint` and the journal.

    Args:
        verdicts: what each step's check says.
        app: what is wrong with the app itself.
        requests: how many the check has sent.
    """
    at = f"{datetime.now(UTC):%Y-%m-%d %H:%M} UTC"
    with hold_lock(place.state(), LOCK, LOCK_DEADLINE):
        known = recall()
        for verdict in verdicts:
            known["steps"][str(verdict.step)] = verdict.state
            known["runs"][str(verdict.step)] = {
                "at": at,
                "requests": requests,
                "arrived": verdict.arrived,
                "good": verdict.good,
                "findings": [each.id for each in verdict.findings],
                "app": [each.id for each in app if not each.entry.note],
            }
        found = app + [each for verdict in verdicts for each in verdict.findings]
        ids = [each.id for each in found]
        known["findings"] = ids
        known["hints"] = {id_: rung for id_, rung in known["hints"].items() if id_ in ids}
        write(known)


def recall() -> dict[str, Any]:
    """Return what earlier checks found: `steps`, `findings` of the last one, `hints` given.

    `runs` has for each step what its last check said, with its time, for the journal.
    """
    file = place.state() / "checks.json"
    try:
        known = json.loads(file.read_text("utf-8"))
    except (OSError, ValueError):
        known = {}
    empty: dict[str, Any] = {"steps": {}, "findings": [], "hints": {}, "runs": {}}
    return {**empty, **known} if isinstance(known, dict) else empty


def write(known: dict[str, Any]) -> None:
    """Write what is remembered, whole or not at all."""
    file = place.state() / "checks.json"
    draft = file.with_suffix(f".{os.getpid()}")
    draft.write_text(json.dumps(known, indent=2), "utf-8")
    draft.replace(file)
