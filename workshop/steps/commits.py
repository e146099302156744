"""The series of steps as commits of a throw-away repository, and each of them as a patch."""

from pathlib import Path
from tempfile import TemporaryDirectory

from workshop.course import Step
from workshop.errors import WorkshopError, command
from workshop.steps import git
from workshop.steps.tree import IGNORED, File, Tree, read_app, write_app

BRANCH = "series"

# Nothing of these may depend on who runs git; a person may run it here by hand, too.
SETTINGS = {
    "user.name": git.NAME,
    "user.email": git.EMAIL,
    "core.autocrlf": "false",
    "core.hooksPath": "/dev/null",
    "commit.gpgSign": "false",
    "rerere.enabled": "false",
}


def start_series(folder: Path, step: Step, start: Tree) -> str:
    """Make a repository whose first commit is the start of the course.

    Args:
        folder: an empty folder.
        step: step 0.
        start: the app before any step.

    Returns:
        The commit's id.
    """
    git.output(["init", "--quiet", "--template=", f"--initial-branch={BRANCH}"], folder)
    for name, value in SETTINGS.items():
        git.output(["config", name, value], folder)
    exclude = folder / ".git" / "info" / "exclude"
    exclude.parent.mkdir()
    exclude.write_text("\n".join(IGNORED) + "\n", encoding="utf-8")
    write_app(folder, {}, start)
    # By name, so that an ignore file inside the app does not hold one of them back.
    git.output(["add", "--force", "--", *start], folder)
    tree = write_tree(folder)
    return move_to(folder, make_commit(folder, step, tree, step.title, None))


def add_patch(folder: Path, step: Step, patch: bytes) -> str:
    """Apply the patch of one step to the commit that is checked out.

    Args:
        folder: the repository.
        step: the step.
        patch: its mail, as `git format-patch` writes it.

    Returns:
        The new commit's id.

    Raises:
        WorkshopError: it does not apply.
    """
    parent = resolve(folder, "HEAD")
    result = git.run(["am", "--quiet"], folder, stdin=patch)
    if result.returncode:
        shown = f"steps/{step.slug}/step.patch"
        raise WorkshopError(
            f"{shown} does not apply on step {step.number - 1}. {git.said(result)}",
            f"`git checkout -- {shown}` brings back the last one that was committed; "
            f"`{command(f'steps edit {step.number}')}` changes it safely.",
        )
    tree = resolve(folder, "HEAD^{tree}")
    message = read_message(folder, "HEAD")
    return move_to(folder, make_commit(folder, step, tree, message, parent))


def make_commit(folder: Path, step: Step, tree: str, message: str, parent: str | None) -> str:
    """Make the commit of one step, with the author and dates that steps have.

    Args:
        folder: the repository.
        step: the step.
        tree: the id of the app's tree.
        message: subject, empty line, body.
        parent: the id of the commit of the step before; None for step 0.

    Returns:
        Its id. No branch is moved.
    """
    parents = ["-p", parent] if parent else []
    made = git.output(
        ["commit-tree", tree, *parents, "-F", "-"],
        folder,
        stdin=(message.strip() + "\n").encode(),
        variables=git.pinned_identity(step.number),
    )
    return made.decode().strip()


def move_to(folder: Path, commit: str) -> str:
    """Check out a commit on the branch or head that is current, and return it."""
    git.output(["reset", "--quiet", "--hard", commit], folder)
    return commit


def write_patch(folder: Path, commit: str) -> bytes:
    """Return the patch of one commit, in bytes that do not change from one run to the next.

    Source: https://git-scm.com/docs/git-format-patch
    """
    words = ["format-patch", "-1", "--stdout", "--zero-commit", "--no-signature", "-N"]
    return git.output([*words, "--full-index", commit], folder)


def write_tree(folder: Path) -> str:
    """Return the id of the tree that is staged."""
    return git.output(["write-tree"], folder).decode().strip()


def resolve(folder: Path, revision: str) -> str:
    """Return the id that a revision names."""
    return git.output(["rev-parse", "--verify", "--quiet", revision], folder).decode().strip()


def read_message(folder: Path, commit: str) -> str:
    """Return the message of a commit."""
    return git.output(["log", "-1", "--format=%B", commit], folder).decode().strip()


def has_body(message: str) -> bool:
    """Tell whether a message says more than its subject."""
    return len(message.strip().split("\n\n", 1)) == 2


def read_commit(folder: Path, commit: str) -> dict[str, File]:
    """Read the app in a commit, without checking it out."""
    with TemporaryDirectory(prefix="workshop-") as scratch:
        index = {"GIT_INDEX_FILE": f"{scratch}/index"}
        git.output(["read-tree", commit], folder, variables=index)
        words = ["checkout-index", "--all", f"--prefix={scratch}/files/"]
        git.output(words, folder, variables=index)
        return read_app(Path(scratch) / "files")


def list_files(folder: Path) -> set[str]:
    """Return the paths that the repository follows in what is checked out."""
    return set(git.output(["ls-files", "-z"], folder).decode().split("\0")) - {""}
