"""Keys are found in files and in history, nothing else is, and this repository has none."""

import random

import pytest

from workshop.errors import WorkshopError
from workshop.secret_scan import report
from workshop.secret_scan.scan import scan
from workshop.steps import git


def made_up(kind):
    """Return something of the form of a key; made here, so that no file holds one."""
    digits = random.Random(kind)

    def letters(alphabet, number):
        return "".join(digits.choice(alphabet) for _ in range(number))

    lower, upper = "abcdefghjkmnpqrstvwxyz0123456789", "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
    return {
        "honeycomb": lambda: "hcaik_" + letters(lower, 58),
        "rollbar": lambda: f'ROLLBAR_ACCESS_TOKEN: "{letters("0123456789abcdef", 32)}"',
        "aws": lambda: "AKIA" + letters(upper, 16),
        "aws secret": lambda: "AWS_SECRET_ACCESS_KEY=" + letters(upper + lower, 40),
        "private key": lambda: "-----BEGIN RSA PRIVATE " + "KEY-----",
        "password": lambda: f'password = "{letters(lower, 12)}"',
    }[kind]()


@pytest.fixture
def repository_of(tmp_path):
    """Make a repository of some files, and commit each change of them."""

    root = tmp_path / "a repository"
    root.mkdir()

    def make(*versions):
        for files in versions:
            for name, text in files.items():
                (root / name).parent.mkdir(exist_ok=True, parents=True)
                (root / name).write_text(text)
            if not (root / ".git").is_dir():
                assert git.run(["init", "-q"], root).returncode == 0
            assert git.run(["add", "-A"], root).returncode == 0
            assert git.run(["commit", "-qm", "a change"], root).returncode == 0
        return root

    return make


@pytest.mark.parametrize(
    "kind", ["honeycomb", "rollbar", "aws", "aws secret", "private key", "password"]
)
@pytest.mark.parametrize("name", ["docker-compose.yml", "app/settings.py", "notes.txt"])
def test_a_key_in_a_file_is_found_and_not_shown(repository_of, kind, name):
    key = made_up(kind)
    root = repository_of({name: f"first: line\n{key}\n"})
    found = scan(root)
    assert {hit.where for hit in found.hits} == {f"{name}:2"}
    assert not any(hit.in_history for hit in found.hits)
    said = report.render(found)
    assert f"{name}:2" in said
    assert key.split()[-1].strip('"') not in said


def test_a_key_that_a_later_commit_took_out_is_still_there(repository_of):
    key = made_up("rollbar")
    root = repository_of(
        {"docker-compose.yml": f"environment:\n  {key}\n"},
        {"docker-compose.yml": "environment:\n  ROLLBAR_ACCESS_TOKEN: ${ROLLBAR_ACCESS_TOKEN}\n"},
    )
    (hit,) = {each.where for each in scan(root).hits}
    assert hit.startswith("docker-compose.yml, in commit ")
    assert hit.endswith(" (a change)")
    assert "does not take it out of the history" in report.render(scan(root))


def test_what_is_not_committed_yet_counts_and_what_git_ignores_does_not(repository_of):
    root = repository_of({".gitignore": ".env\n"})
    (root / ".env").write_text(made_up("rollbar"))
    assert not scan(root).hits
    (root / "new file.py").write_text(made_up("aws"))
    assert {hit.where for hit in scan(root).hits} == {"new file.py:1"}


def test_what_only_looks_like_one_is_left_alone(repository_of):
    root = repository_of(
        {
            "docker-compose.yml": "x-honeycomb-team=${HONEYCOMB_API_KEY:-sandbox}\n"
            "ROLLBAR_ACCESS_TOKEN: ${ROLLBAR_ACCESS_TOKEN:-sandbox}\n",
            "app/log.py": f'trace_id = "{random.Random(1).randbytes(16).hex()}"\n'
            f'password = "{"x" * 12}"  # pragma: allowlist secret\n',
            "notes.toml": "An id is no secret: it says nothing.\n",
            "tests/test_one.py": 'password = "invented-here"\n',
        }
    )
    assert not scan(root).hits


def test_the_command_says_where_and_ends_with_one(repository_of, workshop):
    key = made_up("honeycomb")
    root = repository_of({"docker-compose.yml": f"x-honeycomb-team={key}\n"})
    done = workshop("secrets", str(root))
    assert done.returncode == 1
    assert "  ✗ docker-compose.yml:1: Key of a vendor\n" in done.stdout
    assert key not in done.stdout + done.stderr
    assert workshop("secrets", str(root / "nowhere")).returncode == 2


def test_what_is_no_folder_is_told_as_that(tmp_path):
    with pytest.raises(WorkshopError, match="is not a folder"):
        scan(tmp_path / "nowhere")


def test_a_key_that_came_with_a_merge_is_found(repository_of):
    root = repository_of({"a": "one\n"})
    for words in (
        ["checkout", "-qb", "other"],
        ["commit", "-qm", "theirs", "--allow-empty"],
        ["checkout", "-q", "-"],
        ["commit", "-qm", "ours", "--allow-empty"],
        ["merge", "-q", "--no-commit", "--no-ff", "other"],
    ):
        assert git.run(words, root).returncode == 0
    (root / "docker-compose.yml").write_text(f"x-honeycomb-team={made_up('honeycomb')}\n")
    repository_of({"a": "merged\n"})
    (root / "docker-compose.yml").unlink()
    repository_of({"a": "taken out\n"})
    assert [hit.where.partition(",")[0] for hit in scan(root).hits] == ["docker-compose.yml"]


def test_no_repository_is_a_plain_error(tmp_path):
    with pytest.raises(WorkshopError, match="git cannot read"):
        scan(tmp_path)


def test_this_repository_and_its_history_hold_no_key(repository):
    found = scan(repository)
    assert not found.hits, report.render(found)
    assert found.files > 100
    assert found.commits > 0
