"""How a back end can be ill, and what of each vendor can be: the one list of both."""

from dataclasses import dataclass

HONEYCOMB, XRAY, CLOUDWATCH, ROLLBAR = VENDORS = ("honeycomb", "xray", "cloudwatch", "rollbar")
TITLES = {
    HONEYCOMB: "Honeycomb",
    XRAY: "X-Ray",
    CLOUDWATCH: "CloudWatch Logs",
    ROLLBAR: "Rollbar",
}
"""As people call them."""

REFUSED, SILENT, LATE, ERROR, THROTTLED, KILLED = MODES = (
    "refused",
    "silent",
    "late",
    "500",
    "429",
    "killed",
)
LATE_SECONDS = 2.0
DOWN_SECONDS = 2.0
"""How long one that was killed is gone."""

MEANINGS = {
    REFUSED: "nobody listens at its port: each connection is refused",
    SILENT: "it accepts connections, reads what it is sent, and never answers",
    LATE: f"it answers {LATE_SECONDS:g} s late; who has hung up by then has sent nothing",
    ERROR: "it answers each request with the status 500, in the vendor's own form",
    THROTTLED: "it answers that these are too many requests, with 429 or, as CloudWatch Logs"
    " does, with ThrottlingException",
    KILLED: f"it is killed in the middle of its work, and is back after {DOWN_SECONDS:g} s",
}
"""What each mode is, as a clause."""


@dataclass(frozen=True)
class Fault:
    """One back end that is ill.

    Args:
        vendor: one of `VENDORS`.
        mode: one of `MODES`.
    """

    vendor: str
    mode: str

    def __str__(self) -> str:
        """As a sentence has it: `Honeycomb (silent)`."""
        return f"{TITLES[self.vendor]} ({self.mode})"
