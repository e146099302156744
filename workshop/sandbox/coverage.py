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
    Coverage(
        "Honeycomb",
        "Rate limits and quotas",
        NO,
        "Nothing is throttled but by `workshop break honeycomb 429`, which answers as OTLP has it;"
        " how long to wait is not said.",
    ),
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
    Coverage(
        "X-Ray",
        "Daemon, forwarding",
        YES,
        "With AWS keys it passes segments and sampling calls on, and keeps none.",
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
        "OTLP/HTTP traces",
        DIFFERS,
        "`/v1/traces` with an `Authorization` header: signed for `xray`, or with the API key"
        " `sandbox` as a bearer token, which AWS takes over https only. Protobuf and JSON, gzip."
        " The limits are those of an edition of AWS's page; what AWS answers beyond them, and in"
        " which order it looks, is not published.",
    ),
    Coverage(
        "X-Ray",
        "Spans as segments",
        DIFFERS,
        "A server's span or a root is a segment, any other a subsegment, as AWS documents; names,"
        " `http`, `sql`, `aws` and causes are made by the rules of the Collector's exporter for"
        " X-Ray. Not read: the attributes of Application Signals (`aws.local.…`, `aws.remote.…`,"
        " `aws.span.kind`), stacks of languages other than Python, ECS, EKS and Beanstalk.",
    ),
    Coverage(
        "X-Ray",
        "Transaction Search",
        DIFFERS,
        "Switched by UpdateTraceSegmentDestination: at once, and with no resource policy. What"
        " arrives meanwhile BatchGetTraces and GetTraceGraph do not find, as AWS says; the map and"
        " the sandbox's own pages do. Which traces the indexing rule takes follows from their ids;"
        " how AWS chooses is not published.",
    ),
    Coverage(
        "X-Ray",
        "Spans as log events",
        DIFFERS,
        "In `aws/spans`, from the switch on; the form of an event is not published in full."
        " Segments are not converted.",
    ),
    Coverage(
        "X-Ray",
        "Trace retrieval",
        DIFFERS,
        "It answers RUNNING once, then COMPLETE; as XRAY only, the form OTEL is not published.",
    ),
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
    Coverage("AWS", "STS", DIFFERS, "GetCallerIdentity alone; it tells account 000000000000."),
    Coverage(
        "CloudWatch Logs",
        "Log groups",
        DIFFERS,
        "The classes Standard and Infrequent Access; no KMS keys, deletion protection or linked"
        " accounts. An ARN is taken whatever its region.",
    ),
    Coverage("CloudWatch Logs", "Tags of log groups", YES, "Up to 50 a group."),
    Coverage(
        "CloudWatch Logs",
        "Infrequent Access class",
        YES,
        "GetLogEvents and FilterLogEvents are refused; Insights works.",
    ),
    Coverage(
        "CloudWatch Logs",
        "Log streams",
        DIFFERS,
        "Times of first and last event are there at once; AWS may take an hour. There is no upload"
        " sequence token.",
    ),
    Coverage(
        "CloudWatch Logs",
        "Retention",
        DIFFERS,
        "Expired events are never returned, and are kept in the sandbox's file; AWS deletes them"
        " within 72 hours.",
    ),
    Coverage(
        "CloudWatch Logs",
        "PutLogEvents",
        DIFFERS,
        "All limits of a batch and all three indices of rejected events; no entities. Events can be"
        " read at once.",
    ),
    Coverage(
        "CloudWatch Logs",
        "Stored bytes",
        DIFFERS,
        "Messages in UTF-8 and 26 bytes an event, at once; AWS's count follows later.",
    ),
    Coverage(
        "CloudWatch Logs",
        "GetLogEvents, FilterLogEvents",
        DIFFERS,
        "Pages are always full, and tokens do not expire.",
    ),
    Coverage(
        "CloudWatch Logs",
        "Filter patterns",
        DIFFERS,
        "All that is documented. Refused, as not documented: an asterisk inside a text, != or NOT"
        " EXISTS with a wildcard, escapes of other characters. In a regular expression a dot does"
        " not match the end of a line.",
    ),
    Coverage(
        "CloudWatch Logs",
        "The filter pattern of a quoted space",
        DIFFERS,
        "Matches everything, as documented; AWS has been seen to want a space in the message.",
    ),
    Coverage(
        "CloudWatch Logs",
        "Insights: commands and functions",
        DIFFERS,
        "fields, filter, parse (glob, regular expression), stats, sort, limit, dedup, display and"
        " the common functions; others are refused by name.",
    ),
    Coverage(
        "CloudWatch Logs",
        "Insights: values",
        DIFFERS,
        "Not published, so chosen here: what is missing meets only !=, not like and not in, makes a"
        " function's result missing, and sorts first; JSON's true and false are 1 and 0, null is"
        " missing; numbers show all digits.",
    ),
    Coverage(
        "CloudWatch Logs",
        "Insights: statistics",
        DIFFERS,
        "pct is the nearest rank, stddev the population's, count_distinct exact; bytes scanned are"
        " those of the messages; stats over no events gives no row.",
    ),
    Coverage(
        "CloudWatch Logs",
        "Insights: running",
        DIFFERS,
        "A query runs when it is started; it answers Running once, then Complete. Results never"
        " expire.",
    ),
    Coverage("CloudWatch Logs", "Quotas, throttling", NO, "Nothing is ever throttled."),
    Coverage(
        "CloudWatch Logs",
        "Other operations",
        NO,
        f"The sandbox answers 501 and says so: {', '.join(list_missing('logs'))}.",
    ),
    Coverage("Rollbar", "Items in", YES, "`POST /api/1/item/`, exceptions, messages and reports."),
    Coverage(
        "Rollbar",
        "Access tokens",
        DIFFERS,
        "`sandbox` may post server items, `sandbox-read` read, `sandbox-write` change; a real one"
        " is refused with 401, where Rollbar has also been seen to answer 403.",
    ),
    Coverage(
        "Rollbar",
        "Token in a query string or a body",
        DIFFERS,
        "A query is read everywhere, a body with posted items; Rollbar reads them at some"
        " addresses, and calls both deprecated.",
    ),
    Coverage("Rollbar", "Client items", NO, "No token here may post them: 403, as by Rollbar."),
    Coverage(
        "Rollbar",
        "Refusals",
        DIFFERS,
        "Status codes as documented; most of the sentences are the sandbox's own.",
    ),
    Coverage(
        "Rollbar",
        "Body limit",
        DIFFERS,
        "1 MiB, nested up to 200 levels deep; Rollbar publishes no number at present.",
    ),
    Coverage(
        "Rollbar",
        "Rate limit",
        DIFFERS,
        "5,000 posted items a minute and token; a project's own limits, monthly quotas and limits"
        " on reading are not emulated.",
    ),
    Coverage(
        "Rollbar",
        "Grouping",
        DIFFERS,
        "The published basic algorithm: files and functions of all frames, and the class; no line"
        " numbers, no message. Rollbar first tries patterns that it does not publish. Of a chain,"
        " all exceptions count, and the first is the title.",
    ),
    Coverage(
        "Rollbar",
        "Items by environment",
        DIFFERS,
        "One fingerprint in two environments is two items; Rollbar does not say so in so many"
        " words.",
    ),
    Coverage(
        "Rollbar",
        "Unique occurrences",
        DIFFERS,
        "Counted by person, else by IP address; all that tell neither count as one.",
    ),
    Coverage(
        "Rollbar",
        "Status",
        DIFFERS,
        "Active, resolved, muted; a resolved item is active again with its next occurrence,"
        " whatever the version. Archived, snoozed and resolved in a version answer 501.",
    ),
    Coverage(
        "Rollbar",
        "Read API",
        DIFFERS,
        "Items, occurrences and top active items; a search by words of the title only.",
    ),
    Coverage(
        "Rollbar",
        "Deploys, versions, people, RQL, metrics, notifications, replays",
        NO,
        "The sandbox answers 501 and says so.",
    ),
    Coverage("Rollbar", "Retention", NO, "Everything is kept."),
)


def render_markdown() -> str:
    """Return the coverage as a Markdown table."""
    lines = ["| vendor | what | emulated | |", "|---|---|---|---|"]
    lines += [f"| {row.vendor} | {row.feature} | {row.emulated} | {row.note} |" for row in COVERAGE]
    return "\n".join(lines) + "\n"
