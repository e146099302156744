"""Scans the lines of a repository's files and of its history, each different line once."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory

from detect_secrets.core.secrets_collection import SecretsCollection
from detect_secrets.settings import transient_settings

from workshop.errors import WorkshopError, command
from workshop.secret_scan import vendor_keys
from workshop.steps import git

# Forms of keys; none that goes by how random a text looks, as checksums and ids do.
FORMS = (
    "AWSKeyDetector",
    "BasicAuthDetector",
    "GitHubTokenDetector",
    "GitLabTokenDetector",
    "JwtTokenDetector",
    "NpmDetector",
    "PrivateKeyDetector",
    "PypiTokenDetector",
    "SlackDetector",
    "StripeDetector",
)
# A value that is given to a name such as `password`; tests give it invented ones all day.
BY_NAME = "KeywordDetector"
TESTS = "tests/"
FILTERS = (
    "allowlist.is_line_allowlisted",
    "heuristic.is_indirect_reference",
    "heuristic.is_not_alphanumeric_string",
    "heuristic.is_prefixed_with_dollar_sign",
    "heuristic.is_sequential_string",
    "heuristic.is_templated_secret",
)
# The sandbox's own keys, what a page shows in the place of one, and prose, such as here.
NO_SECRETS = (r"^sandbox(-[a-z]+)?$", r"^\[redacted\]$", r"^your-", r"^[a-z,]+ ")
# What tests have invented and history still holds: SHA-1 of the value, which tells nobody more.
INVENTED = Path(__file__).with_name("invented.txt")
# Checksums, and pictures as text.
LEFT_OUT = (":(exclude)*.lock", ":(exclude)*.png")
PICTURE = '"image/png": "'


@dataclass(frozen=True)
class Hit:
    """A line that holds a key.

    Args:
        where: `file:line`, or the file and the commit that brought it in.
        kind: what it looks like.
        in_history: it is in no file any more.
    """

    where: str
    kind: str
    in_history: bool


@dataclass
class Scanned:
    """What was looked at, and found.

    Args:
        hits: what looks like a key, files first.
        files: how many files were looked at.
        commits: how many commits were.
    """

    hits: list[Hit] = field(default_factory=list)
    files: int = 0
    commits: int = 0


@dataclass
class _Lines:
    """Different lines with the place where each was met first.

    A file's ending decides what an assignment looks like in it, and whether it is a test what
    counts as a secret; so lines are told apart by these, too.
    """

    places: dict[tuple[str, bool], dict[str, tuple[str, bool]]] = field(default_factory=dict)

    def add(self, path: str, line: str, where: str, in_history: bool) -> None:
        kind = (Path(path).suffix or Path(path).name, path.startswith(TESTS))
        line = line.strip()
        if len(line) > 6 and PICTURE not in line:
            self.places.setdefault(kind, {}).setdefault(line, (where, in_history))


def scan(root: Path) -> Scanned:
    """Look into all files that git does not ignore, and into every commit of every branch.

    Args:
        root: the repository's folder.

    Raises:
        WorkshopError: it is no git repository, or no folder at all.
    """
    if not root.is_dir():
        raise WorkshopError(
            f"{root} is not a folder.", f"Name a repository's: `{command('secrets')} FOLDER`."
        )
    found, lines = Scanned(), _Lines()
    listed = _git(root, "ls-files", "-z", "--cached", "--others", "--exclude-standard", *LEFT_OUT)
    for name in sorted(set(listed.split("\0")) - {""}):
        file = root / name
        if not file.is_file():
            continue
        found.files += 1
        text = file.read_text("utf-8", errors="replace")
        for number, line in enumerate(text.splitlines(), 1):
            lines.add(name, line, f"{name}:{number}", in_history=False)
    for commit, name, line in _read_history(root, found):
        lines.add(name, line, f"{name}, in commit {commit}", in_history=True)
    found.hits = sorted(set(_search(lines)), key=lambda hit: (hit.in_history, hit.where))
    return found


def _read_history(root: Path, found: Scanned) -> Iterator[tuple[str, str, str]]:
    """Yield commit, file and text of each line that any commit has added."""
    words = (
        "log",
        "--all",
        "-p",
        # Of a merge, too: what was put in while merging is in no other commit.
        "-m",
        "-U0",
        "--no-color",
        "--no-ext-diff",
        "--format=%x00%h (%s)",
    )
    commit = name = ""
    for line in _git(root, *words, "--", ".", *LEFT_OUT).split("\n"):
        if line.startswith("\0"):
            commit = line[1:]
            found.commits += 1
        elif line.startswith("+++ "):
            name = line[4:].strip('"').removeprefix("b/")
        elif line.startswith("+"):
            yield commit, name, line[1:]


def _search(lines: _Lines) -> Iterator[Hit]:
    with TemporaryDirectory(prefix="workshop-secrets-") as folder:
        for (ending, is_test), places in lines.places.items():
            # detect-secrets goes by the ending of a file's name.
            file = Path(folder) / f"lines{ending}"
            file.write_text("\n".join(places) + "\n", "utf-8")
            where = list(places.values())
            for number, kind in _detect(file, is_test):
                yield Hit(where[number - 1][0], kind, where[number - 1][1])


def _detect(file: Path, is_test: bool) -> Iterator[tuple[int, str]]:
    """Yield line number and kind of each secret that detect-secrets finds in a file."""
    plugins = [{"name": name} for name in FORMS if not (is_test and name == "BasicAuthDetector")]
    if not is_test:
        plugins.append({"name": BY_NAME})
    # As it is: a space that is written as %20 would not be found.
    own = f"file://{vendor_keys.__file__}"
    invented = {line.partition(" ")[0] for line in INVENTED.read_text("utf-8").splitlines()}
    settings = {
        "plugins_used": [*plugins, {"name": "VendorKeyDetector", "path": own}],
        "filters_used": [
            *({"path": f"detect_secrets.filters.{name}"} for name in FILTERS),
            {
                "path": "detect_secrets.filters.regex.should_exclude_secret",
                "pattern": list(NO_SECRETS),
            },
        ],
    }
    with transient_settings(settings):
        secrets = SecretsCollection()
        secrets.scan_file(str(file))
        for _, secret in secrets:
            if secret.secret_hash not in invented:
                yield secret.line_number, secret.type


def _git(root: Path, *words: str) -> str:
    done = git.run(["-c", "core.quotepath=off", *words], root)
    if done.returncode:
        raise WorkshopError(
            f"git cannot read {root}: {done.stderr.decode(errors='replace').strip()}",
            "Run this in your clone of the workshop.",
        )
    return done.stdout.decode("utf-8", errors="replace")
