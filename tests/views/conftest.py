"""Traces like those of the app, built by hand."""

from __future__ import annotations

import itertools
import random
from types import SimpleNamespace
from typing import Any

import pytest

from workshop.sandbox.honeycomb.traces import Span, SpanEvent, Trace

TRACE_ID = "5b8efff798038103d269b633813fc60c"
START_NS = 1_790_000_000_000_000_000


_ids = itertools.count(0xA1B2C3D4E5F60718)


def span(
    name: str, start_ms: float, ms: float, *children: Span, service: str = "backend", **more: Any
) -> Span:
    """Make a span that starts some milliseconds after the trace does."""
    start_ns = START_NS + round(start_ms * 1e6)
    usual: dict[str, Any] = {
        "parent_id": None,
        "kind": "internal",
        "error": False,
        "status_message": "",
        "attributes": {},
        "library": "",
    }
    made = Span(
        trace_id=TRACE_ID,
        span_id=f"{next(_ids):016x}",
        name=name,
        service=service,
        start_ns=start_ns,
        duration_ms=ms,
        children=list(children),
        **(usual | more),
    )
    for child in children:
        child.parent_id = made.span_id
    return made


def trace(*roots: Span) -> Trace:
    return Trace(TRACE_ID, list(roots))


def profile_calls(calls: int, from_ms: float, seed: int = 7) -> list[Span]:
    """Make calls to profiles, one after another, about 25 ms each."""
    chance = random.Random(seed)
    made = []
    for _ in range(calls):
        ms = chance.uniform(22, 29)
        server = span(
            "GET /profiles/<handle>", from_ms + 2.1, ms - 3.5, service="profiles", kind="server"
        )
        made.append(span("GET", from_ms, ms, server, kind="client"))
        from_ms += ms + chance.uniform(0.3, 1.2)
    return made


def home(calls: int = 6) -> Trace:
    """Make the home feed as it is first: one call to profiles for each author."""
    below = profile_calls(calls, 9.5)
    end = (below[-1].start_ns - START_NS) / 1e6 + below[-1].duration_ms
    load = span("home-feed.load", 3.2, end - 1.2, *below)
    return trace(span("GET /api/activities/home", 0, end + 4.4, load, kind="server"))


def batch() -> Trace:
    """Make the home feed after the mend: one call for all."""
    server = span("GET /profiles", 11.6, 23.1, service="profiles", kind="server")
    call = span("GET", 9.5, 27.4, server, kind="client")
    load = span("home-feed.load", 3.2, 35.0, call)
    return trace(span("GET /api/activities/home", 0, 42.7, load, kind="server"))


def failed() -> Trace:
    """Make a request whose call to profiles fails with 503, which then raises."""
    raised = [SpanEvent("exception", 30.0, {"exception.type": "requests.exceptions.HTTPError"})]
    server = span(
        "GET /profiles/<handle>",
        12,
        21,
        service="profiles",
        error=True,
        attributes={"http.response.status_code": 503},
    )
    call = span("GET", 9.5, 26, server, kind="client", error=True, attributes={"error.type": "503"})
    below = [*profile_calls(1, 36), call]
    below.sort(key=lambda child: child.start_ns)
    load = span("home-feed.load", 3.2, 62, *below, error=True, events=raised)
    return trace(
        span(
            "GET /api/activities/home",
            0,
            71,
            load,
            error=True,
            attributes={"http.response.status_code": 500},
        )
    )


def many(calls: int) -> Trace:
    """Make a trace of 2 × calls + 2 spans."""
    return home(calls)


def unlike(number: int) -> Trace:
    """Make a trace in which no two spans look alike."""
    below = [
        span(f"step {n}", n * 2.0, 3, error=n % 50 == 49, service=f"part-{n % 11}")
        for n in range(number - 1)
    ]
    return trace(span("GET /everything", 0, number * 2.0 + 2, *below))


def skewed() -> Trace:
    """Make a trace whose second service's clock is 14 ms behind, and whose third's is ahead."""
    early = span("GET /profiles/<handle>", -2, 21, service="profiles")
    late = span("INSERT feed", 61, 20, service="ledger")
    return trace(
        span(
            "GET /api/activities/home",
            0,
            70,
            span("GET", 12, 26, early, kind="client"),
            span("POST", 40, 22, late, kind="client"),
            span("cache.get", 64, 0),
        )
    )


def orphans() -> Trace:
    """Make a trace of several roots, two of which name a parent that is not there."""
    return trace(
        span("GET /api/activities/home", 0, 40, span("home-feed.load", 2, 30)),
        span("GET /profiles/<handle>", 8, 12, service="profiles", missing_parent=True),
        span("GET /profiles/<handle>", 22, 9, service="profiles", missing_parent=True),
    )


def deep(levels: int = 25) -> Trace:
    """Make a chain, each span the only child of the one before."""
    inner = span(f"level {levels}", levels, 1)
    for level in range(levels - 1, 0, -1):
        inner = span(f"level {level} of a chain of calls", level, 200 - 4 * level, inner)
    return trace(inner)


def impossible() -> Trace:
    """Make a trace whose spans claim times that no clock can measure."""
    return trace(
        span(
            "GET /",
            0,
            float("nan"),
            span("infinite", 1, float("inf")),
            span("negative", 2, -5),
            span("long", 3, 1e300),
        )
    )


def two(start_ns: int, ms: float) -> Trace:
    """Make a trace of a span and of an instant, which start at once."""
    made = trace(span("a", 0, ms), span("b", 0, 0))
    for each in made.roots:
        each.start_ns = start_ns
    return made


def odd() -> Trace:
    """Make a trace with names that a drawing may trip over."""
    long = "GET /api/activities/" + "a-very-long-part/" * 12 + "<handle>"
    return trace(
        span(
            "costs $5 and $x^2$ \\frac{1}{2} _%&#",
            0,
            90,
            span(long, 5, 40, service="a-service-whose-name-nobody-could-call-short"),
            span("名前 of a span 😀", 50, 10, service="prøfiles"),
            span("two\nlines\tand\x07bell", 62, 0.004),
            span("", 70, 0.42, service=""),
        )
    )


@pytest.fixture(scope="session")
def traces() -> SimpleNamespace:
    """Every sample, by name."""
    return SimpleNamespace(
        home=home(),
        batch=batch(),
        failed=failed(),
        forty=many(19),
        two_hundred=many(99),
        unlike=unlike(200),
        one=trace(span("GET /api/health-check", 0, 1.4)),
        instant=trace(span("GET /api/health-check", 0, 0)),
        skewed=skewed(),
        orphans=orphans(),
        unlike_then_alike=trace(*unlike(70).roots, *home(30).roots),
        deep=deep(),
        abyss=deep(1500),
        impossible=impossible(),
        crowd=home(5_000),
        odd=odd(),
        empty=trace(),
        make=home,
        two=two,
        file=__file__,
    )
