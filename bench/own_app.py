"""What observing costs one app, against the same app before the course: `workshop overhead`."""

import contextlib
import functools
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from bench.measuring import Spread, ratios, take_turns
from bench.overhead import BARE, RATE_LIMIT, WARM_UP, Driven, Variant
from workshop import course
from workshop.errors import WorkshopError, command
from workshop.sandbox.server import running_sandbox

YOURS = "your app"
BEFORE = "before the course"
ROUNDS = 5
PAGES = 100
PROFILED = 200
KINDS = ("page", "error")


@dataclass(frozen=True)
class Overhead:
    """How many times as much processor time a request takes as in the bare app.

    Args:
        ratios: by the app's name, then by `page` and `error`, of the whole process.
        shares: of the thread that answers a page, whose code it is in, from 0 to 1.
    """

    ratios: dict[str, dict[str, Spread]]
    shares: dict[str, float]

    def of(self, kind: str) -> dict[str, float]:
        """Return the medians of one kind of request by the app's name, the bare app first.

        Args:
            kind: `page` or `error`.
        """
        return {BEFORE: 1.0} | {name: by[kind].median for name, by in self.ratios.items()}

    def as_text(self) -> str:
        """Return a table for a terminal."""
        width = max(len(name) for name in self.ratios)
        lines = [f"{'':{width}}   a page              an error"]
        for name, by_kind in self.ratios.items():
            cells = "   ".join(f"{_spell(by_kind[kind]):17}" for kind in KINDS)
            lines.append(f"{name:{width}}   {cells}".rstrip())
        if self.shares:
            lines += ["", "Where the time of a page goes, as a profiler sees it:"]
        lines += [f"{share:5.0%}  {name}" for name, share in self.shares.items() if share >= 0.005]
        return "\n".join(lines)


def measure(
    root: Path,
    others: dict[str, dict[str, str]] | None = None,
    rounds: int = ROUNDS,
    *,
    shown: bool = True,
) -> Overhead:
    """Measure an app beside the bare one, in turns, each in a process of its own.

    Args:
        root: the folder that holds its `app/`.
        others: the same app with other variables: a name → variables.
        rounds: how many turns.
        shown: whether how far it is is shown.

    Raises:
        WorkshopError: the app cannot be built, or does not answer as it should.
    """
    root = root.resolve()
    if not (root / "app" / "backend.py").is_file():
        # Another folder's app would be found instead, and measured.
        raise WorkshopError(
            f"{root} holds no app/backend.py.",
            f"`{command('overhead')}` measures the app that is yours.",
        )
    last = course.steps()[-1].number
    yours = {YOURS: {}, **(others or {})}
    variants = [Variant(BARE, course.step(0).folder)]
    # Unless a name says otherwise, the app decides itself which traces it keeps.
    variants += [
        Variant(name, root, env={"KEEP_ONE_TRACE_IN": "", **env}) for name, env in yours.items()
    ]
    found: dict[str, dict[str, list[float]]] = {}
    with contextlib.ExitStack() as stack:
        folder = Path(stack.enter_context(TemporaryDirectory(prefix="workshop-")))
        sandbox = stack.enter_context(
            running_sandbox(folder / "sandbox", rollbar_limit=RATE_LIMIT, searching=True)
        )
        driven = {}
        for variant in variants:
            # As a sentence begins.
            who = variant.name[:1].upper() + variant.name[1:]
            try:
                one = Driven(variant, sandbox, sandbox.url, folder)
                stack.callback(one.end)
                one.measure("page", WARM_UP)
            except (OSError, RuntimeError):
                raise WorkshopError(
                    f"{who} does not answer by itself: one of its parts does not start,"
                    " or a page fails.",
                    f"`{command('check')}` says what is wrong.",
                ) from None
            try:
                one.measure("error", WARM_UP // 10)
            except RuntimeError:
                raise WorkshopError(
                    f"{who} does not fail on a post for one hour, as the course's does,"
                    " so that no error can be measured.",
                    f"`{command(f'compare {last}')}` shows where yours differs.",
                ) from None
            driven[variant.name] = one
        doing = {name: functools.partial(_measure, one) for name, one in driven.items()}
        for name, measured in take_turns(rounds, doing, "measuring", shown=shown):
            for kind, value in measured.items():
                found.setdefault(name, {}).setdefault(kind, []).append(value)
        if not found:
            raise WorkshopError("No turn was whole.", f"`{command('overhead')}` measures again.")
        # After Ctrl-C some answer is still under way.
        is_whole = len(found[BARE]["page"]) == rounds
        shares = driven[YOURS].measure("profile", PROFILED) if is_whole else {}
    compared = {
        name: {kind: ratios(values, found[BARE][kind]) for kind, values in by_kind.items()}
        for name, by_kind in found.items()
        if name != BARE
    }
    return Overhead(compared, shares)


def _measure(one: Driven) -> dict[str, float]:
    counts = {"page": PAGES, "error": PAGES // 10}
    return {kind: one.measure(kind, counts[kind])["whole"] for kind in KINDS}


def _spell(spread: Spread) -> str:
    return f"{spread.median:.1f} × ({spread.low:.1f}–{spread.high:.1f})"
