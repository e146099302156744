"""What `workshop bench` calls: measure, and write the page."""

from bench import ingest, learners, load, overhead, reads, report, waiting

PARTS = ("overhead", "load", "ingest", "reads", "learners", "waiting")


def run(parts: tuple[str, ...], quick: bool, peers: bool) -> str:
    """Measure, part by part, and write each as soon as it is known.

    Args:
        parts: some of `PARTS`; none stands for all.
        quick: a short look, which writes the page all the same.
        peers: whether other agents are installed and measured as well.

    Returns:
        Where to look.
    """
    for part in parts or PARTS:
        if part == "overhead":
            found = overhead.measure(2 if quick else 7, 100 if quick else 400, peers)
            is_measured = bool(found["variants"])
        elif part == "load":
            found = load.measure(2 if quick else 7, 1 if quick else 3)
            is_measured = bool(found["variants"])
        elif part == "learners":
            found = learners.measure((1, 5) if quick else (1, 10, 30))
            is_measured = bool(found["learners"])
        elif part == "waiting":
            found = waiting.measure(1 if quick else 5, cold=not quick)
            is_measured = bool(found["install"] and found["cells"])
        elif part == "reads":
            found = reads.measure(2 if quick else 7, (10_000, 100_000 if quick else 1_000_000))
            is_measured = bool(found["start"] and found["reads"])
        else:
            found = ingest.measure(2 if quick else 7, 1 if quick else 5, peers=peers)
            is_measured = any(turns for by in found["rates"].values() for turns in by.values())
        if is_measured:
            report.write(part, found)
    return f"Written: {report.pages()[0]}"
