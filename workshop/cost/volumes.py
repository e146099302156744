"""What is counted: a volume of telemetry, and the kinds of requests that it belongs to."""

from dataclasses import dataclass, field, fields


@dataclass(frozen=True)
class Volume:
    """What was sent to the vendors, in the units that they count.

    Args:
        events: of Honeycomb: spans, span events and links, each is one.
            Source: https://docs.honeycomb.io/manage-data-volume/usage-center/
        traces: that X-Ray has recorded, whatever is in them.
            Source: https://aws.amazon.com/xray/pricing/
        segment_bytes: of the segment documents that X-Ray was sent; of spans, as its log group for
            them holds them.
        log_events: of CloudWatch Logs.
        log_bytes: of these as CloudWatch Logs counts them: UTF-8, and 26 more for each.
        occurrences: of Rollbar.
    """

    events: int = 0
    traces: int = 0
    segment_bytes: int = 0
    log_events: int = 0
    log_bytes: int = 0
    occurrences: int = 0

    def __add__(self, other: "Volume") -> "Volume":
        names = (each.name for each in fields(self))
        return Volume(*(getattr(self, name) + getattr(other, name) for name in names))


UNITS = tuple(each.name for each in fields(Volume))
"""The names of a volume's numbers, in the order of the tables."""


@dataclass(frozen=True, order=True)
class Kind:
    """A kind of request: what is asked, and whether the app fails on it.

    Args:
        route: its path, with `<name>` for what differs.
        method: its HTTP method.
        fails: it is answered with 500 or more.
    """

    route: str
    method: str
    fails: bool = False

    def __str__(self) -> str:
        """As tables print it: `GET /api/activities/home`."""
        return f"{self.method} {self.route}{' → 500' if self.fails else ''}"


@dataclass
class Measured:
    """What a run of the app has sent.

    Args:
        requests: how many requests of each kind were answered.
        volumes: what was sent for each kind.
        beside: what was sent outside of any request, or cannot be told whose it is.
        log_class: of the log group, `STANDARD` or `INFREQUENT_ACCESS`; of several, the dearest.
        as_spans: X-Ray was sent spans by OTLP, of which it counts bytes, and no traces.
    """

    requests: dict[Kind, int] = field(default_factory=dict)
    volumes: dict[Kind, Volume] = field(default_factory=dict)
    beside: Volume = field(default_factory=Volume)
    log_class: str = "STANDARD"
    as_spans: bool = False

    @property
    def total(self) -> Volume:
        """All that was sent."""
        return sum(self.volumes.values(), self.beside)

    def count(self, fails: bool | None = None) -> int:
        """Return how many requests there were.

        Args:
            fails: only of those that failed, or of the others; None means all.
        """
        return sum(number for kind, number in self.requests.items() if fails in (None, kind.fails))

    def per_request(self, unit: str, fails: bool | None = None) -> float:
        """Return how much of something one request sends, on average; 0 where there was none.

        Args:
            unit: one of UNITS, such as `events`.
            fails: as `count`.
        """
        kinds = [kind for kind in self.requests if fails in (None, kind.fails)]
        sent = sum((self.volumes.get(kind, Volume()) for kind in kinds), Volume())
        number: int = getattr(sent, unit)
        return number / max(1, self.count(fails))
