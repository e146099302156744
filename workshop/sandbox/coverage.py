"""Says what of each vendor the sandbox emulates, what not, and what differs.

This is the one place for it; documents are generated from here.
"""

from dataclasses import dataclass

YES = "yes"
DIFFERS = "differs"
NO = "no"


@dataclass(frozen=True)
class Coverage:
    """One thing that a vendor does.

    Args:
        vendor: the vendor.
        feature: what it does.
        emulated: `yes`, `differs` or `no`.
        note: what exactly, in one sentence; needed where something differs.
    """

    vendor: str
    feature: str
    emulated: str
    note: str


COVERAGE = (
    Coverage("Honeycomb", "OTLP/HTTP traces", YES, "`/v1/traces`, protobuf and JSON, gzip."),
    Coverage("Honeycomb", "zstd", NO, "Honeycomb reads it; the sandbox answers 400 and says so."),
    Coverage("Honeycomb", "Refusals", YES, "Status codes, order and texts of its OTLP library."),
    Coverage(
        "Honeycomb",
        "Reason of a bad body",
        DIFFERS,
        "After the vendor's words the sandbox adds its own reason.",
    ),
    Coverage(
        "Honeycomb",
        "Body limit",
        DIFFERS,
        "20 MiB, the default of its OTLP library; here what a body unpacks to counts as well.",
    ),
    Coverage("Honeycomb", "Keys", DIFFERS, "The only key is `sandbox`; a real one is refused."),
    Coverage("Honeycomb", "`/1/auth`", YES, "Tells the rights of an ingest key."),
    Coverage("Honeycomb", "Events", YES, "A span, a span event, a link: one event each."),
    Coverage(
        "Honeycomb",
        "Sample rate from the trace state",
        DIFFERS,
        "A broken rate is rounded; Honeycomb draws one of the two whole numbers around it.",
    ),
    Coverage(
        "Honeycomb",
        "Numbers that are not finite",
        DIFFERS,
        "Kept as the texts `NaN`, `Infinity` and `-Infinity`.",
    ),
    Coverage("Honeycomb", "Rate limits and quotas", NO, "Nothing is ever throttled."),
    Coverage("Honeycomb", "OTLP over gRPC", NO, "Use OTLP/HTTP."),
    Coverage("Honeycomb", "Metrics and logs", NO, "The sandbox answers 501 and says so."),
    Coverage("Honeycomb", "Events API, queries, triggers, boards", NO, "Only traces come in."),
    Coverage("X-Ray", "Daemon, UDP", YES, "Segment documents are kept as they came."),
    Coverage(
        "X-Ray",
        "Rejected datagrams",
        DIFFERS,
        "The daemon checks the header only; here a body that is not JSON is rejected too.",
    ),
    Coverage("X-Ray", "Daemon, TCP sampling proxy", NO, "The SDK falls back to its local rule."),
    Coverage("X-Ray", "API", NO, "Documents are kept, not yet served."),
)


def render_markdown() -> str:
    """Return the coverage as a Markdown table."""
    lines = ["| vendor | what | emulated | |", "|---|---|---|---|"]
    lines += [f"| {row.vendor} | {row.feature} | {row.emulated} | {row.note} |" for row in COVERAGE]
    return "\n".join(lines) + "\n"
