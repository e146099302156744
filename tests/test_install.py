"""What `make setup` decides; `make test` on a clean checkout is the proof that it installs."""

import re
import subprocess
import sys
import tomllib

import pytest

from workshop import install, place


def test_it_needs_nothing_but_the_standard_library():
    script = str(place.root() / "workshop" / "install.py")
    words = [sys.executable, "-S", "-I", "-c", f"import runpy; runpy.run_path({script!r})"]
    assert subprocess.run(words, capture_output=True, timeout=30).returncode == 0


def test_the_installer_itself_comes_from_the_lock_file_with_its_hashes():
    block = install.locked("uv")
    assert block.startswith("uv==")
    assert block.count("--hash=sha256:") > 5
    with pytest.raises(SystemExit, match="does not name no-such-package"):
        install.locked("no-such-package")


def test_it_starts_afresh_when_the_lock_file_or_the_place_changes(tmp_path, monkeypatch):
    before = install.fingerprint()
    assert install.fingerprint() == before
    monkeypatch.setattr(install, "ROOT", tmp_path)
    moved = install.fingerprint()
    other = tmp_path / "requirements.lock"
    other.write_text("flask==1\n")
    monkeypatch.setattr(install, "LOCK", other)
    assert len({before, moved, install.fingerprint()}) == 3


def test_pips_settings_reach_uv(tmp_path, monkeypatch):
    python = tmp_path / "python"
    python.write_text(
        "#!/bin/sh\n"
        "echo \"global.index-url='https://mirror.example/simple'\"\n"
        "echo \":env:.cert='/etc/class.pem'\"\n"
        "echo \"global.timeout='60'\"\n"
    )
    python.chmod(0o755)
    for name in install.PIP_TO_UV.values():
        monkeypatch.delenv(name, raising=False)
    env = install.uv_environment(python)
    assert env["UV_DEFAULT_INDEX"] == "https://mirror.example/simple"
    assert env["SSL_CERT_FILE"] == "/etc/class.pem"
    monkeypatch.setenv("UV_DEFAULT_INDEX", "https://chosen.example/simple")
    assert install.uv_environment(python)["UV_DEFAULT_INDEX"] == "https://chosen.example/simple"


def test_a_failure_says_what_to_do(capsys):
    with pytest.raises(SystemExit, match="making it failed; the lines above say why"):
        install.run("making it", sys.executable, "-c", "import sys; sys.exit('no space left')")
    assert "no space left" in capsys.readouterr().err
    with pytest.raises(SystemExit, match="apt install python3-venv"):
        install.run("x", sys.executable, "-c", "import sys; sys.exit('no ensurepip here')")


def test_an_old_python_is_told(monkeypatch):
    monkeypatch.setattr(install.sys, "version_info", (3, 9, 1, "final", 0))
    monkeypatch.setattr(install.shutil, "which", lambda name: None)
    with pytest.raises(SystemExit, match=r"this is Python 3\.9; the workshop needs 3\.11"):
        install.use_new_enough_python()


@pytest.fixture
def done(tmp_path, monkeypatch):
    """What main() sets about, where both parts of the environment can be made."""
    done = []

    def make(name, stamp):
        monkeypatch.setattr(install, stamp, tmp_path / stamp)

        def note():
            done.append(name)
            (tmp_path / stamp).write_text(install.fingerprint())

        return note

    monkeypatch.setattr(install, "build", make("course", "STAMP"))
    monkeypatch.setattr(install, "add_tests", make("tests", "TESTS_STAMP"))
    return done


def test_a_current_environment_is_left_alone(done, monkeypatch):
    monkeypatch.setattr(sys, "argv", ["install.py"])
    install.main()
    assert done == ["course"]
    install.main()
    assert done == ["course"]


def test_what_the_tests_need_is_added_once_to_what_is_there(done, monkeypatch):
    monkeypatch.setattr(sys, "argv", ["install.py"])
    install.main()
    monkeypatch.setattr(sys, "argv", ["install.py", "--tests"])
    install.main()
    install.main()
    assert done == ["course", "tests"]
    install.TESTS_STAMP.write_text("of another lock file")
    install.main()
    assert done == ["course", "tests", "tests"]


def test_the_course_itself_needs_nothing_of_the_tests():
    """Neither the package nor the notebooks import what a learner's environment leaves out."""
    settings = tomllib.loads((place.root() / "pyproject.toml").read_text("utf-8"))
    left_out = {
        name.replace("-", "_")
        for name in settings["dependency-groups"]["test"]
        if not name.startswith("types-")
    }
    left_out |= {"xdist"}
    sources = [*place.root().glob("workshop/**/*.py"), *place.root().glob("app/*.py")]
    sources += place.root().glob("notebooks/*.ipynb")
    sources += place.root().glob("bench/*.py")
    pattern = re.compile(rf"\b(?:import|from) ({'|'.join(sorted(left_out))})\b")
    found = {path.name: pattern.findall(path.read_text("utf-8")) for path in sources}
    assert {name: modules for name, modules in found.items() if modules} == {}
    assert pattern.search("from playwright.sync_api import Browser")
