"""Tells Honeycomb's keys apart: its own, and those that the sandbox must never keep."""

import re

from workshop.sandbox import SANDBOX_KEY

_CLASSIC = re.compile(r"[0-9a-f]{32}|hc[a-z]ic_[0-9a-z]{58}")


def is_accepted(key: str) -> bool:
    """Tell whether a key is the sandbox's own; a real key is as unknown here as any other."""
    return key == SANDBOX_KEY


def is_classic(key: str) -> bool:
    """Tell whether a key has the form of Honeycomb Classic, which needs a dataset header.

    Source: `IsClassicApiKey` in https://github.com/honeycombio/husky/blob/main/otlp/common.go
    """
    return _CLASSIC.fullmatch(key) is not None
