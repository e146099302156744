"""Small phrases that several checks use."""

from collections.abc import Iterable, Iterator, Sequence
from urllib.parse import urlsplit

from workshop.sandbox.honeycomb.traces import Span, Trace


def count(number: int, noun: str) -> str:
    """Return a number with its noun: `1 span`, `3 spans`."""
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def listed(words: Sequence[str]) -> str:
    """Return words as a sentence lists them: `a`, `a and b`, `a, b and c`."""
    return " and ".join(filter(None, [", ".join(words[:-1]), *words[-1:]]))


def tally(words: Iterable[str]) -> str:
    """Return words with how often each came, the first first: `GET /home ×2, GET ×12`."""
    times: dict[str, int] = {}
    for word in words:
        times[word] = times.get(word, 0) + 1
    return ", ".join(f"{word} ×{n}" if n > 1 else word for word, n in times.items())


def spans_of(traces: Iterable[Trace]) -> Iterator[Span]:
    """Yield every span of several traces."""
    for trace in traces:
        yield from trace.spans


def request_path(span: Span) -> str:
    """Return the path that a server span answered, by the new conventions or the old."""
    target = span.attributes.get("url.path") or span.attributes.get("http.target") or ""
    return urlsplit(str(target)).path
