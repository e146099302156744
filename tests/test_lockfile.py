import tomllib

from workshop import lockfile, place


def test_the_lock_file_is_current_and_names_no_index():
    assert lockfile.problems() == []


def test_a_new_dependency_makes_it_stale(tmp_path, monkeypatch):
    (tmp_path / "workshop").mkdir()
    (tmp_path / "workshop" / "course.toml").touch()
    project = (place.root() / "pyproject.toml").read_text("utf-8")
    lock = (place.root() / "requirements.lock").read_text("utf-8")
    (tmp_path / "pyproject.toml").write_text(project.replace('"flask",', '"flask", "tornado",'))
    (tmp_path / "requirements.lock").write_text(lock + "# --index-url https://example.invalid\n")
    monkeypatch.setenv("WORKSHOP_ROOT", str(tmp_path))
    stale, index = lockfile.problems()
    assert "not from this pyproject.toml" in stale
    assert "names an index" in index


def test_so_does_a_new_dependency_of_the_tests(tmp_path, monkeypatch):
    before = lockfile.fingerprint()
    (tmp_path / "workshop").mkdir()
    (tmp_path / "workshop" / "course.toml").touch()
    project = (place.root() / "pyproject.toml").read_text("utf-8")
    (tmp_path / "pyproject.toml").write_text(project.replace('"ruff",', '"ruff", "tornado",'))
    monkeypatch.setenv("WORKSHOP_ROOT", str(tmp_path))
    assert lockfile.fingerprint() != before


def test_every_package_is_pinned_with_hashes_and_every_dependency_is_in_it():
    text = (place.root() / "requirements.lock").read_text("utf-8")
    blocks = [block for block in text.split("\n") if "==" in block and not block.startswith(" ")]
    assert len(blocks) > 50
    assert all(block.endswith("\\") for block in blocks), "a package without a hash"
    names = {block.partition("==")[0] for block in blocks}
    project = tomllib.loads((place.root() / "pyproject.toml").read_text("utf-8"))
    assert {*project["project"]["dependencies"], *project["dependency-groups"]["test"]} <= names
