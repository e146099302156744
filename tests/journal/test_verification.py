import re
import shutil

import pytest
from runs import remember, send_request, send_segments

from workshop.errors import WorkshopError
from workshop.journal import block, markers, verification, writing


@pytest.fixture
def written(journal, data):
    """A journal with the evidence of step 01, and a function that edits it by a pattern."""
    remember(at="2026-01-02 03:04 UTC")
    send_request(data)
    writing.write(1)

    def edit(pattern, replacement, forge=False):
        text = re.sub(pattern, replacement, journal.read_text("utf-8"))
        if forge:
            found = markers.find(text.encode(), "it")["01-honeycomb"]
            text = re.sub(r"text=\w+", f"text={block.digest(found.content)}", text)
        journal.write_text(text, "utf-8")

    return edit


def test_what_was_written_is_verified(written):
    verified = verification.verify()
    assert verified.lines == ["✓ 01-honeycomb: as it was written, and the sandbox agrees"]
    assert verified.exit_code == 0


@pytest.mark.parametrize(
    ("pattern", "replacement", "forge", "said"),
    [
        ("2 spans from", "9 spans from", False, "line 6 and below were edited by hand"),
        ("2 spans from", "9 spans from", True, "the sandbox, which has: - 2 spans from `backend`"),
        (r": 3 spans, 2 services, \d+", ": 3 spans, 2 services, 1", True, "the sandbox, which has"),
        ("- ✓ every request", "- ✓ every single request", True, "- ✓ every request became a trace"),
        ("- ✓ every.*\n", r"\g<0>- ✓ and more\n", True, "says more than the check of that time"),
        ("- 2 spans.*\n", r"\g<0>- and more\n", True, "says more than the sandbox"),
        (r"!\[Waterfall of", "![Timeline of", True, "the sandbox, which has: ![Waterfall of"),
        ("03:04 UTC", "03:09 UTC", False, "edited by hand"),
        (r" text=\w+", "", False, "has not written this text"),
        (r"end text=\w+ picture=\w+", r"end text=0123", False, "edited by hand"),
    ],
)
def test_what_was_edited_is_wrong(written, pattern, replacement, forge, said):
    written(pattern, replacement, forge)
    verified = verification.verify(1)
    assert said in "\n".join(verified.lines)
    assert verified.lines[0].startswith("✗ 01-honeycomb: ")
    assert verified.lines[-1].endswith("journal 1` writes it anew.")
    assert verified.exit_code == 1


@pytest.mark.parametrize("change", ["other", "gone"])
def test_another_picture_is_wrong(written, journal, change):
    picture = journal.parent / "assets" / "01-honeycomb.png"
    if change == "gone":
        picture.unlink()
    else:
        picture.write_bytes(picture.read_bytes() + b"\0")
    verified = verification.verify(1)
    assert "assets/01-honeycomb.png is not the picture that was drawn" in verified.lines[0]
    assert verified.exit_code == 1


def test_an_id_of_another_request_is_wrong(written, journal, data):
    other = send_request(data, "/api/activities/notifications")
    written(r"trace id: `\w+`", f"trace id: `{other}`", forge=True)
    assert "GET /api/activities/notifications" in "\n".join(verification.verify(1).lines)
    assert verification.verify(1).exit_code == 1


def test_a_cleared_sandbox_cannot_verify_but_is_no_lie(written, data):
    shutil.rmtree(data)
    verified = verification.verify(1)
    assert verified.exit_code == 2
    (line,) = verified.lines
    assert re.match(r"\? 01-honeycomb: [0-9a-f]{32} is no longer in the sandbox", line)


def test_a_clone_has_neither_check_nor_sandbox(written, course_folder):
    shutil.rmtree(course_folder / ".workshop")
    verified = verification.verify(1)
    assert verified.exit_code == 2
    assert "the check of 2026-01-02 03:04 UTC is not remembered here" in verified.lines[0]


def test_an_edit_shows_without_a_sandbox_too(written, data):
    shutil.rmtree(data)
    written("2 spans from", "9 spans from")
    assert verification.verify(1).exit_code == 1


def test_a_later_check_is_not_held_against_the_block(written):
    remember(at="2026-01-02 03:30 UTC", findings=["honeycomb/no-own-span"])
    verified = verification.verify(1)
    assert "checked again since (2026-01-02 03:30 UTC)" in verified.lines[0]
    assert verified.exit_code == 2
    remember(at="2026-01-02 03:31 UTC")
    assert verification.verify(1).exit_code == 0


def test_a_map_of_which_a_trace_is_gone_or_came_is_told(journal, data):
    remember(2)
    send_segments(data, 2)
    writing.write(2)
    journal.write_text(journal.read_text("utf-8").replace("(2 requests)", "(3 requests)"), "utf-8")
    verified = verification.verify()
    assert verified.exit_code == 1
    assert any("client → backend (2 requests)" in line for line in verified.lines)


def test_line_ends_that_git_changed_are_no_edit(written, journal):
    journal.write_bytes(journal.read_bytes().replace(b"\n", b"\r\n"))
    assert verification.verify(1).exit_code == 0


@pytest.mark.parametrize("number", [None, 1, 2])
def test_without_evidence_there_is_nothing_to_verify(journal, number):
    with pytest.raises(WorkshopError, match="has no evidence") as refused:
        verification.verify(number)
    assert "journal" in refused.value.next_step


def test_at_the_vendor_itself_it_cannot_be_verified_here(journal, course_folder):
    (course_folder / ".env").write_text("HONEYCOMB_API_KEY=hcaik_" + "0" * 20)
    remember()
    writing.write(1)
    verified = verification.verify(1)
    assert verified.lines == ["? 01-honeycomb: it names no request in the sandbox"]
    assert verified.exit_code == 2
