"""The author's gate: does the course hold together?

Each problem is one text that says what is wrong and names the command that mends it.
"""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial

from workshop import course, lockfile, notebooks, place, readme
from workshop.checks import findings
from workshop.checks.check import JUDGES, check
from workshop.checks.target import learner_app
from workshop.course import Step
from workshop.errors import WorkshopError, command
from workshop.steps import build, patch

Progress = Callable[[str], None]


def problems(progress: Progress = lambda _: None, with_notebooks: bool = True) -> list[str]:
    """Return what is wrong with the course; nothing where all is right.

    Args:
        progress: called with a few words as each part is done.
        with_notebooks: execute every notebook, too.
    """
    found: list[str] = []
    for name, part in (
        ("lock file", lockfile.problems),
        ("patches and checkpoints", build.problems),
        ("every step has all its parts", part_problems),
        ("README", readme.problems),
        ("findings have words, and mistakes that reach them", finding_problems),
    ):
        found += _run(part)
        progress(name)
    # What runs the app or a notebook mostly waits, so two at a time fit two cores.
    with ThreadPoolExecutor(max_workers=2) as pool:
        jobs = {
            f"step {each.number:02d} passes its check, and step {each.number - 1:02d} does not": (
                pool.submit(_run, partial(check_problems, each))
            )
            for each in course.steps()
            if each.number in JUDGES
        }
        jobs |= {
            f"notebook {each.number:02d} gives the same again": (
                pool.submit(_run, partial(notebooks.problems, [each.number]))
            )
            for each in course.notebooks()
            if with_notebooks
        }
        for name, job in jobs.items():
            found += job.result()
            progress(name)
    return found


def _run(part: Callable[[], list[str]]) -> list[str]:
    """Run one part; an error of ours in it is a problem like any other."""
    try:
        return part()
    except WorkshopError as error:
        return [str(error)]


def part_problems() -> list[str]:
    """Return what a step lacks: its notebook, patch, check, or the finding of the step before."""
    found = []
    for step in course.notebooks():
        if not step.notebook.is_file():
            found.append(f"{step.slug}: notebooks/{step.slug}.ipynb is missing; write it")
    for step in course.steps():
        if step.number and not step.patch.is_file():
            found.append(f"{step.slug}: no step.patch: `{command(f'steps edit {step.number}')}`")
        if step.number and step.number not in JUDGES:
            found.append(f"{step.slug}: no check; add workshop/checks/{step.name}.py to check.py")
        if step.number and not step.before:
            found.append(f"{step.slug}: course.toml does not say what its check finds before it")
    known = {step.notebook.name for step in course.notebooks()}
    for file in sorted((place.root() / "notebooks").iterdir()):
        if file.name not in known and not file.name.startswith("."):
            found.append(f"notebooks/{file.name}: course.toml does not have it; remove it")
    return found


def check_problems(step: Step) -> list[str]:
    """Run a step's check on its own checkpoint and on the one before.

    Args:
        step: a step with a check.
    """
    found = []
    after = check(learner_app(step.folder), step.number)
    if after.exit_code:
        found.append(f"{step.slug}: its own checkpoint does not pass its check:\n{after.as_text()}")
    before = check(learner_app(course.step(step.number - 1).folder), step.number)
    ids = [each.id for verdict in before.verdicts for each in verdict.findings]
    if ids != list(step.before):
        found.append(
            f"{step.slug}: before the step its check finds {ids}, and course.toml says "
            f"{list(step.before)}; mend the check, or `before` in course.toml"
        )
    return found


def finding_problems() -> list[str]:
    """Return which findings lack words, a hunk that exists, or a mistake that reaches them."""
    folder = place.root() / "tests" / "mistakes"
    transcripts = "\n".join(file.read_text("utf-8") for file in sorted(folder.glob("*/*.txt")))
    found = []
    for id_, entry in findings.catalogue().items():
        if len(entry.hints) < 2 or not entry.hints[0].endswith("?"):
            found.append(f"{id_}: needs a question as its first hint and a pointer as its second")
        if not entry.explain.strip():
            found.append(f"{id_}: needs an explanation in workshop/checks/catalogue/")
        if entry.hunk and not _has_hunk(id_, entry.hunk):
            found.append(f"{id_}: the step's patch does not touch {entry.hunk}")
        if f"hint {id_}`" not in transcripts and f"explain {id_}`" not in transcripts:
            found.append(f"{id_}: no mistake reaches it; add one to tests/mistakes/")
    return found


def _has_hunk(id_: str, hunk: str) -> bool:
    area = id_.partition("/")[0]
    return any(
        f"{path}/".startswith(f"{hunk}/")
        for step in course.steps()
        if step.name == area
        for path in patch.hunks(step)
    )
