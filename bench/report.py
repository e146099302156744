"""Writes what was measured into `docs/performance.md`, between its markers, and draws a picture."""

import json
import platform
import re
from pathlib import Path
from typing import Any

import psutil

from bench.measuring import Spread, ratios, summarize
from bench.overhead import BARE
from workshop import place
from workshop.errors import WorkshopError

# The notebook whose first picture is a trace.
FIRST_TRACED = 1
COLUMNS = {
    "page own": "page, its thread",
    "page whole": "page, whole process",
    "error own": "error, its thread",
    "error whole": "error, whole process",
}


def pages() -> tuple[Path, Path]:
    """Return the page, and the picture on it."""
    docs = place.root() / "docs"
    return docs / "performance.md", docs / "overhead.png"


def write(part: str, found: dict[str, Any]) -> None:
    """Write one part of the page anew, and keep what was measured under `.workshop/`.

    Args:
        part: one of `bench.run.PARTS`.
        found: as the measurement returns it.

    Raises:
        WorkshopError: the page has no place for it.
    """
    (place.state() / f"bench-{part}.json").write_text(json.dumps(found), "utf-8")
    page, picture = pages()
    renderers = {
        "overhead": render_overhead,
        "load": render_load,
        "ingest": render_ingest,
        "reads": render_reads,
        "learners": render_learners,
        "waiting": render_waiting,
    }
    table = renderers[part](found)
    page.write_text(
        fill(page.read_text("utf-8"), part, f"{describe_machine()}\n\n{table}"), "utf-8"
    )
    if part == "overhead":
        draw(found, picture)


def fill(text: str, part: str, inside: str) -> str:
    """Return a page with one part written anew, between `<!-- part -->` and `<!-- end of part -->`.

    Raises:
        WorkshopError: it has no such markers.
    """
    place_of = re.compile(rf"(<!-- {part}.*?-->\n).*?(<!-- end of {part} -->)", re.DOTALL)
    if not place_of.search(text):
        raise WorkshopError(
            f"docs/performance.md has no markers for {part}.",
            "Run `git checkout docs/performance.md`, then measure again.",
        )
    return place_of.sub(lambda match: f"{match[1]}{inside}\n{match[2]}", text)


def describe_machine() -> str:
    """Return a sentence on where it was measured, and how busy that was."""
    load = psutil.getloadavg()[0] / (psutil.cpu_count() or 1)
    return (
        f"Python {platform.python_version()}, {psutil.cpu_count()} processors, {platform.system()};"
        f" {load:.1f} programs waited for each processor."
    )


def render_overhead(found: dict[str, Any]) -> str:
    """Return the table of what observing costs, as ratios against the bare app."""
    lines = [
        f"| | {' | '.join(COLUMNS.values())} | memory, MB | start, s |",
        f"|---|{'---|' * (len(COLUMNS) + 2)}",
    ]
    variants = found["variants"]
    for name, measured in variants.items():
        cells = [spell(ratios(measured[key], variants[BARE][key])) for key in COLUMNS]
        memory, start = (summarize(measured[key]).median for key in ("memory", "start"))
        lines.append(f"| {name} | {' | '.join(cells)} | {memory:.0f} | {start:.2f} |")
    bare = summarize(variants[BARE]["page whole"]).median
    error = summarize(variants[BARE]["error whole"]).median
    rounds = len(variants[BARE]["page whole"])
    lines += ["", f"Bare: {bare:.0f} µs a page, {error:.0f} µs an error; {rounds} turns."]
    return "\n".join(lines + tell_absent(found))


def render_load(found: dict[str, Any]) -> str:
    """Return the table of what the app answers under load, as ratios against the bare app."""
    heads = {"rate": "requests a second", "p50": "p50", "p99": "p99"}
    lines = [f"| | {' | '.join(heads.values())} |", f"|---|{'---|' * len(heads)}"]
    variants = found["variants"]
    for name, measured in variants.items():
        cells = [spell(ratios(measured[key], variants[BARE][key])) for key in heads]
        lines.append(f"| {name} | {' | '.join(cells)} |")
    rate, p50, p99 = (summarize(variants[BARE][key]).median for key in heads)
    lines += ["", f"Bare: {rate:.0f} a second, p50 {p50:.1f} ms, p99 {p99:.1f} ms."]
    return "\n".join(lines + tell_absent(found))


def render_ingest(found: dict[str, Any]) -> str:
    """Return the table of what the sandbox takes in, beside its peers."""
    lines = [
        "| what | who | a second | a second of processor time | memory, MB |",
        "|---|---|---|---|---|",
    ]
    for kind, servers in found["rates"].items():
        for name, turns in servers.items():
            if turns:
                wall, cpu, memory = (
                    summarize([turn[key] for turn in turns]) for key in ("wall", "cpu", "memory")
                )
                lines.append(
                    f"| {kind} | {name} | {spell_rate(wall)} | {spell_rate(cpu)} |"
                    f" {memory.median:.0f} |"
                )
        peers = [name for name in servers if name != "sandbox" and servers[name]]
        for peer in peers:
            ours, theirs = ([turn["cpu"] for turn in servers[each]] for each in ("sandbox", peer))
            lines.append(f"| | sandbox : {peer} | | **{spell(ratios(ours, theirs))}** | |")
    return "\n".join(lines + tell_absent(found))


def render_reads(found: dict[str, Any]) -> str:
    """Return the table of how long reading takes, and the sentence on the sandbox's start."""
    sizes = list(next(iter(found["reads"].values())))
    heads = [f"{int(size):,} spans, ms" for size in sizes]
    lines = [
        f"| | {' | '.join(heads)} | how many times as long |",
        f"|---|{'---|' * (len(heads) + 1)}",
    ]
    for what, by_size in found["reads"].items():
        cells = [f"{summarize(by_size[size]).median:.2f}" for size in sizes]
        ratio = spell(ratios(by_size[sizes[-1]], by_size[sizes[0]]))
        lines.append(f"| {what} | {' | '.join(cells)} | {ratio} |")
    used, ready, memory = (
        summarize([turn[key] for turn in found["start"]]) for key in ("used", "ready", "memory")
    )
    lines += [
        "",
        f"The sandbox is ready after {used.median:.2f} s of processor time, here after"
        f" {ready.median:.1f} s on the clock, and holds {memory.median:.0f} MB then.",
    ]
    return "\n".join(lines)


def render_learners(found: dict[str, Any]) -> str:
    """Return the table of what so many learners take together."""
    lines = [
        "| learners at once | memory each, MB | all apps answer after, s"
        " | processor time a page, ms | who has exactly their own traces |",
        "|---|---|---|---|---|",
    ]
    for number, told in found["learners"].items():
        lines.append(
            f"| {number} | {told['memory']:.0f} | {told['ready']:.0f} | {told['page'] * 1000:.0f} |"
            f" {told['own']:.0f} |"
        )
    return "\n".join(lines)


def render_waiting(found: dict[str, Any]) -> str:
    """Return the tables of what a learner waits for."""
    lines = ["| | clock, s | processor time, s | over the network, MB |", "|---|---|---|---|"]
    for row in found["install"]:
        megabytes = f"{row['megabytes']:.0f}" if "megabytes" in row else ""
        lines.append(f"| {row['what']} | {row['wall']:.1f} | {row['cpu']:.1f} | {megabytes} |")
    for name, turns in found["commands"].items():
        wall, used = (spell_seconds([turn[key] for turn in turns]) for key in ("wall", "cpu"))
        lines.append(f"| {name} | {wall} | {used} | |")
    lines += ["", *_tell_first_trace(found), "", *_list_slow_cells(found["cells"])]
    return "\n".join(lines + tell_absent(found))


def _tell_first_trace(found: dict[str, Any]) -> list[str]:
    """Return how long it takes until there is a trace on the screen, against what it is made of."""
    took = {row["what"]: row["wall"] for row in found["install"]}
    setup = took["`make setup`, warm"]
    ready = took["`workshop lab`, until it is ready"]
    first = [cell for cell in found["cells"] if cell["notebook"] == FIRST_TRACED]
    pictured = next(number for number, cell in enumerate(first) if cell["shows_picture"])
    cells = sum(cell["seconds"] for cell in first[: pictured + 1])
    whole = took["`git clone`, warm"] + setup + ready + cells
    floor = setup + took["JupyterLab alone, likewise"]
    return [
        "From `git clone` to the first trace on the screen, with the packages in the cache:"
        f" **{whole:.1f} s**, of which {setup:.1f} go to the packages, {ready:.1f} to sandbox and"
        f" JupyterLab, and {cells:.1f} to the cells of notebook {FIRST_TRACED:02d} up to its first"
        f" picture. That is × {whole / floor:.1f} of what packages and JupyterLab take alone."
    ]


def _list_slow_cells(cells: list[dict[str, Any]]) -> list[str]:
    """Return a table: how long each notebook takes, and which cell of it is silent for longest."""
    lines = [
        "| notebook | all its cells, s | its slowest, s | silent for longest, s | that one |",
        "|---|---|---|---|---|",
    ]
    for number in dict.fromkeys(cell["notebook"] for cell in cells):
        own = [cell for cell in cells if cell["notebook"] == number]
        silent = max(own, key=lambda cell: cell["silent"])
        whole, slowest = sum(cell["seconds"] for cell in own), max(cell["seconds"] for cell in own)
        lines.append(
            f"| {number:02d} | {whole:.0f} | {slowest:.1f} | {silent['silent']:.1f}"
            f" | `{silent['first_line'].replace('|', ' ')}` |"
        )
    return lines


def tell_absent(found: dict[str, Any]) -> list[str]:
    """Return the lines that say what could not be measured here."""
    return ["", *(f"Left out: {each}" for each in found["absent"])] if found["absent"] else []


def spell(spread: Spread) -> str:
    """Return a ratio with its spread: the median, and between which two half of all turns lie."""
    return f"{spread.median:.2f} ({spread.low:.2f}–{spread.high:.2f})"


def spell_seconds(values: list[float]) -> str:
    """Return seconds with their spread, such as `2.4 (2.3–2.6)`."""
    spread = summarize(values)
    return f"{spread.median:.1f} ({spread.low:.1f}–{spread.high:.1f})"


def spell_rate(spread: Spread) -> str:
    """Return a rate with its spread, to three digits at most."""
    low, middle, high = (f"{float(f'{each:.2g}'):,.0f}" for each in (
        spread.low, spread.median, spread.high
    ))  # fmt: skip
    return f"{middle} ({low}–{high})"


def draw(found: dict[str, Any], picture: Path) -> None:
    """Draw what a page costs, as a bar a variant."""
    from matplotlib.figure import Figure

    variants = found["variants"]
    names = [name for name in variants if name != BARE][::-1]
    spreads = [ratios(variants[name]["page whole"], variants[BARE]["page whole"]) for name in names]
    figure = Figure(figsize=(8, 0.42 * len(names) + 1.2), layout="constrained")
    axes = figure.add_subplot()
    colours = ["#4c78a8" if name.startswith(("step", "bare")) else "#9d9d9d" for name in names]
    medians = [spread.median for spread in spreads]
    reach = [
        [max(spread.median - spread.low, 0) for spread in spreads],
        [max(spread.high - spread.median, 0) for spread in spreads],
    ]
    axes.barh(names, medians, color=colours, xerr=reach, ecolor="#333333", capsize=2)
    for number, spread in enumerate(spreads):
        axes.text(spread.high + 0.05, number, f"{spread.median:.1f}×", va="center")
    axes.axvline(1, color="#333333", linewidth=1)
    axes.set_xlim(0, max(spread.high for spread in spreads) * 1.15)
    axes.set_xlabel("processor time of a request, as a multiple of the bare app's")
    axes.set_title("What each step costs a quick page; grey: other agents on the bare app")
    axes.spines[["top", "right"]].set_visible(False)
    figure.savefig(picture, dpi=110, metadata={"Software": None})
