"""Says what of each vendor the sandbox emulates, what not, and what differs.

This is the one place for it; documents are generated from here.
"""

from dataclasses import dataclass

from workshop.sandbox.aws.dispatch import list_missing

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
    Coverage("X-Ray", "Daemon, UDP", YES, "In batches of 50, or after a pause of a second."),
    Coverage(
        "X-Ray",
        "Daemon, overload",
        DIFFERS,
        "When 16 MiB wait, the oldest are dropped and counted; the real daemon keeps less.",
    ),
    Coverage(
        "X-Ray",
        "Daemon, TCP proxy",
        DIFFERS,
        "`POST /GetSamplingRules` and `/SamplingTargets` only; the daemon signs any path for"
        " whoever reaches it.",
    ),
    Coverage("X-Ray", "Daemon, telemetry records", NO, "What it counts is in the sandbox's data."),
    Coverage(
        "X-Ray",
        "Sampling rules",
        DIFFERS,
        "Up to 25 beside the built-in one, the number that is widely quoted. Tags are taken, and"
        " not kept.",
    ),
    Coverage(
        "X-Ray",
        "Sampling targets",
        DIFFERS,
        "The reservoir is shared by need among clients that reported in the last 30 s; how X-Ray"
        " shares it is not published. A rule's change counts from the next whole second.",
    ),
    Coverage("X-Ray", "Sampling rate boost", NO, "It is kept with its rule, and never given."),
    Coverage(
        "X-Ray",
        "Sampling statistics",
        DIFFERS,
        "The last hour by ten seconds; what X-Ray calls recent is not published.",
    ),
    Coverage("X-Ray", "Groups", DIFFERS, "Tags are taken, and not kept; there are no insights."),
    Coverage(
        "AWS",
        "Keys",
        DIFFERS,
        "Access key and secret are the word `sandbox`; a real one is refused. Signatures are"
        " verified, their age is not.",
    ),
    Coverage(
        "AWS",
        "Requests",
        DIFFERS,
        "What botocore's service model does not allow is refused, unknown members too.",
    ),
    Coverage(
        "X-Ray",
        "PutTraceSegments",
        DIFFERS,
        "What X-Ray says of some rare mistakes (a document that is no JSON or too large, a bad"
        " parent) is not published.",
    ),
    Coverage("X-Ray", "PutTelemetryRecords", DIFFERS, "Taken, and not kept."),
    Coverage(
        "X-Ray",
        "GetTraceSummaries",
        DIFFERS,
        "Pages have 500 traces; a partial scan finds them all. A trace can be found at once.",
    ),
    Coverage(
        "X-Ray",
        "Root causes",
        DIFFERS,
        "A response time is followed into the longest part that takes half of what it is in; how"
        " X-Ray weighs it is not published.",
    ),
    Coverage("X-Ray", "BatchGetTraces", YES, "Up to five traces, with inferred segments."),
    Coverage(
        "X-Ray",
        "GetServiceGraph, GetTraceGraph",
        DIFFERS,
        "No asynchronous links; what is called and sends no segments is `remote` or `AWS::…`.",
    ),
    Coverage(
        "X-Ray",
        "Filter expressions",
        DIFFERS,
        "All documented keywords but `json`; a comparison with what is not set is false, also by"
        " `!=`, and an index counts from 0.",
    ),
    Coverage(
        "X-Ray",
        "Groups in filters and graphs",
        DIFFERS,
        "A group's filter is applied when it is asked for; X-Ray applies it as traces arrive.",
    ),
    Coverage(
        "X-Ray", "Retention, quotas, throttling", NO, "Everything is kept, nothing throttled."
    ),
    Coverage(
        "X-Ray",
        "Other operations",
        NO,
        f"The sandbox answers 501 and says so: {', '.join(list_missing('xray'))}.",
    ),
)


def render_markdown() -> str:
    """Return the coverage as a Markdown table."""
    lines = ["| vendor | what | emulated | |", "|---|---|---|---|"]
    lines += [f"| {row.vendor} | {row.feature} | {row.emulated} | {row.note} |" for row in COVERAGE]
    return "\n".join(lines) + "\n"
