import io
import json
import re
import shutil
import time
from pathlib import Path

import pytest
from PIL import Image
from runs import (
    part,
    remember,
    send_correlated,
    send_errors,
    send_lines,
    send_request,
    send_segments,
)

from workshop.checks import memory
from workshop.errors import WorkshopError
from workshop.journal import file, markers, pictures, seen, verification, writing
from workshop.sandbox.xray.search import span_log

SAID = "journal/week-2.md has the evidence of step 01 now"


def content(journal, slug="01-honeycomb"):
    return markers.find(journal.read_bytes(), "it")[slug].content


def leftovers(journal):
    return [each.name for each in journal.parent.rglob(".*")]


def test_a_block_has_the_check_the_figures_the_picture_and_the_id(journal, data):
    remember(findings=["honeycomb/no-own-span"], app=["app/answers-500"])
    trace_id = send_request(data)
    assert writing.write(1) == SAID
    said = content(journal)
    assert re.match(r"\*\*Checked\*\* \d{4}-\d\d-\d\d \d\d:\d\d UTC with `workshop check 1`", said)
    assert "14 requests; 14 traces: 24 spans from backend, 7 spans from profiles." in said
    assert "- ✓ every request became a trace\n" in said
    assert "(`honeycomb/no-own-span`)" in said
    assert "- ✗ the app itself: " in said
    assert "- 2 spans from `backend`, 1 span from `profiles`\n" in said
    assert said.endswith(f"- trace id: `{trace_id}`")
    assert "](assets/01-honeycomb.png)" in said
    png = (journal.parent / "assets" / "01-honeycomb.png").read_bytes()
    assert png.startswith(b"\x89PNG")
    assert len(png) <= pictures.LARGEST
    assert leftovers(journal) == []


@pytest.mark.parametrize("line_end", ["\n", "\r\n"])
def test_the_learners_words_stay_byte_for_byte(journal, data, line_end):
    journal.write_bytes(journal.read_bytes().replace(b"\n", line_end.encode()))
    before = journal.read_bytes()
    remember()
    send_request(data)
    writing.write(1)
    first, last = b"begin -->", b"<!-- evidence 01-honeycomb: end"
    after = journal.read_bytes()
    assert after.partition(first)[0] == before.partition(first)[0]
    assert after.partition(last)[2].partition(b"-->")[2] == before.partition(b"end -->")[2]
    assert after.count(b"\n") == after.count(line_end.encode())


def test_a_second_time_changes_nothing_and_keeps_the_time(journal, data):
    remember(at="2026-01-02 03:04 UTC")
    send_request(data)
    writing.write(1)
    files = [journal, journal.parent / "assets" / "01-honeycomb.png"]
    before = [(each.read_bytes(), each.stat().st_mtime_ns) for each in files]
    remember(at="2026-01-02 03:05 UTC")
    assert writing.write(1) == SAID
    assert [(each.read_bytes(), each.stat().st_mtime_ns) for each in files] == before


def test_another_result_or_another_request_is_written(journal, data):
    remember(at="2026-01-02 03:04 UTC")
    send_request(data)
    writing.write(1)
    remember(at="2026-01-02 03:05 UTC", findings=["honeycomb/no-own-span"])
    writing.write(1)
    assert content(journal).startswith("**Checked** 2026-01-02 03:05 UTC")
    newer = send_request(data)
    writing.write(1)
    assert newer in content(journal)


def test_the_newest_request_for_the_home_feed_is_shown(journal, data):
    remember()
    send_request(data)
    home = send_request(data)
    send_request(data, "/api/activities/notifications")
    writing.write(1)
    assert home in content(journal)


def test_without_a_run_there_is_no_picture_and_a_word_why(journal, data):
    remember()
    send_request(data)
    writing.write(1)
    shutil.rmtree(data)
    assert writing.write(1) == SAID
    assert "**Seen** nothing: the sandbox has not got a whole trace" in content(journal)
    assert "notebooks/01-honeycomb.ipynb" in content(journal)
    assert list((journal.parent / "assets").iterdir()) == []


@pytest.mark.parametrize(
    ("number", "said", "mend"),
    [
        (1, "Step 1 has not been checked yet.", "check 1"),
        (0, "Step 0 (Meet the app) has no check", "1"),
        (99, "There is no step 99", "workshop"),
        (None, "no step of your app has been checked", "check"),
    ],
)
def test_what_was_not_checked_has_no_evidence(journal, number, said, mend):
    before = journal.read_bytes()
    with pytest.raises(WorkshopError) as refused:
        writing.write(number)
    assert said in refused.value.what
    assert mend in refused.value.next_step
    assert journal.read_bytes() == before


def test_without_a_number_every_step_that_was_found_in_the_app_is_written(journal):
    remember(1)
    remember(2)
    remember(3)
    known = memory.recall()
    known["steps"]["3"] = "absent"
    memory.write(known)
    said = writing.write().splitlines()
    assert said == [
        "journal/week-2.md has the evidence of steps 01 and 02 now",
        "The markers of step 02 are new there.",
    ]
    text = journal.read_text("utf-8")
    assert "## 02 · Service map in X-Ray\n\n<!-- evidence 02-xray: begin -->" in text
    assert text.endswith("-->\n\nNothing yet.\n")


def test_a_journal_that_is_not_there_is_made(journal):
    journal.unlink()
    remember()
    assert "markers of step 01 are new" in writing.write(1)
    assert journal.read_text("utf-8").startswith("## 01 · First traces in Honeycomb\n")


def test_a_journal_behind_a_link_stays_behind_it(journal, tmp_path):
    elsewhere = tmp_path / "notes.md"
    journal.rename(elsewhere)
    journal.symlink_to(elsewhere)
    remember()
    writing.write(1)
    assert journal.is_symlink()
    assert "**Checked**" in elsewhere.read_text("utf-8")


def test_a_journal_that_changes_meanwhile_is_left_alone(journal, data, monkeypatch):
    remember()
    send_request(data)
    look = seen.look

    def look_slowly(*given):
        with journal.open("a", encoding="utf-8") as mine:
            mine.write("typed meanwhile\n")
        return look(*given)

    monkeypatch.setattr(seen, "look", look_slowly)
    with pytest.raises(WorkshopError, match="changed by someone else just now"):
        writing.write(1)
    assert journal.read_text("utf-8").endswith("typed meanwhile\n")
    assert "**Checked**" not in journal.read_text("utf-8")
    assert list((journal.parent / "assets").iterdir()) == []
    assert leftovers(journal) == []


@pytest.mark.parametrize("moment", [1, 2])
def test_ctrl_c_leaves_a_whole_journal(journal, data, monkeypatch, moment):
    remember()
    send_request(data)
    before, moves, replace = journal.read_bytes(), [], Path.replace

    def stop_at(draft, target):
        moves.append(target)
        if len(moves) == moment:
            raise KeyboardInterrupt
        return replace(draft, target)

    with monkeypatch.context() as patched:
        patched.setattr(Path, "replace", stop_at)
        with pytest.raises(KeyboardInterrupt):
            writing.write(1)
    assert journal.read_bytes() == before
    assert leftovers(journal) == []
    writing.write(1)
    assert verification.verify(1).exit_code == 0


def test_what_was_typed_between_the_markers_is_kept(journal, course_folder):
    remember()
    writing.write(1)
    text = journal.read_text("utf-8")
    journal.write_text(text.replace("- ✓ every", "- and my own thought\n- ✓ every"), "utf-8")
    assert ".workshop/journal-replaced.md" in writing.write(1)
    kept = (course_folder / ".workshop" / "journal-replaced.md").read_text("utf-8")
    assert "- and my own thought" in kept
    assert "my own thought" not in journal.read_text("utf-8")
    assert writing.write(1) == SAID


def test_with_a_real_key_it_says_where_to_look(journal, data, course_folder):
    secret = "hcaik_" + "0" * 20
    (course_folder / ".env").write_text(f"HONEYCOMB_API_KEY={secret}\n")
    remember()
    send_request(data)
    writing.write(1)
    assert "**Seen** at Honeycomb itself. Open https://ui.honeycomb.io" in content(journal)
    assert secret not in journal.read_text("utf-8")
    assert not (journal.parent / "assets" / "01-honeycomb.png").exists()


def test_a_key_that_an_app_put_into_a_name_is_not_written(journal, data, course_folder):
    secret = "ASIA" + "0" * 16
    (course_folder / ".env").write_text(f"AWS_ACCESS_KEY_ID={secret}\n")
    remember()
    send_request(data, name=f"GET {secret}")
    with pytest.raises(WorkshopError, match="The value of AWS_ACCESS_KEY_ID"):
        writing.write(1)
    assert secret not in journal.read_text("utf-8")


@pytest.mark.parametrize(
    "name",
    [
        "<!-- evidence 01-honeycomb: end -->",
        "`code` ![x](y)\n\n# Heading",
        "](assets/x.png) <script>",
        "",
    ],
)
def test_no_name_that_an_app_chooses_can_break_a_block(journal, data, name):
    remember()
    send_request(data, name=name)
    writing.write(1)
    assert content(journal).count("\n![") == 1
    assert verification.verify(1).exit_code == 0
    assert writing.write(1) == SAID


def test_a_journal_in_utf_16_is_refused(journal):
    journal.write_bytes("words".encode("utf-16"))
    remember()
    with pytest.raises(WorkshopError, match="UTF-16"):
        writing.write(1)


def test_a_folder_that_cannot_be_written_to_is_named(journal, monkeypatch):
    remember()

    def refuse(*_, **__):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(file, "NamedTemporaryFile", refuse)
    with pytest.raises(WorkshopError, match=r"week-2.md cannot be written: Permission denied"):
        writing.write(1)


def test_the_map_is_of_the_newest_minutes(journal, data):
    remember(2)
    send_segments(data, 1, ago=4000)
    first, _, last = send_segments(data, 3)
    writing.write(2)
    said = content(journal, "02-xray")
    assert "3 traces in 2 s." in said
    assert "- `client → backend (3 requests)`\n" in said
    assert said.endswith(f"- X-Ray ids: from `{first}` to `{last}`")
    png = (journal.parent / "assets" / "02-xray.png").read_bytes()
    assert len(png) <= pictures.LARGEST
    assert verification.verify(2).exit_code == 0


def test_the_timeline_is_of_a_request_with_a_part_of_ones_own(journal, data):
    remember(3)
    now = time.time()
    (chosen,) = send_segments(data, 1, [part(now, annotations={"hits": 7})], ago=300)
    send_segments(data, 1, [part(now)], ago=200)
    send_segments(data, 1, [part(now, "sqlite", namespace="remote")], ago=100)
    writing.write(3)
    said = content(journal, "03-subsegments")
    assert "- subsegments of your own: `search.rank`\n- annotations: `hits`\n" in said
    assert said.endswith(f"- X-Ray id: `{chosen}`")
    assert verification.verify(3).exit_code == 0


def test_log_lines_are_counted_by_level_and_not_shown(journal, data, monkeypatch):
    monkeypatch.setitem(writing.JUDGES, 4, None)
    remember(4)
    lines = [json.dumps({"level": level, "message": "a word"}) for level in ("INFO", "ERROR")]
    send_lines(data, *lines, lines[0])
    writing.write(4)
    said = content(journal, "04-cloudwatch")
    assert "3 lines in the log group `workshop/app`." in said
    assert "- 2 lines of `INFO`\n- 1 line of `ERROR`\n" in said
    assert "a word" not in said
    assert "](assets/04-cloudwatch.png)" in said
    send_lines(data, lines[0])
    assert verification.verify(4).exit_code == 0
    shutil.rmtree(data)
    send_lines(data, *lines, lines[0])
    assert verification.verify(4).exit_code == 2


def test_items_are_counted_without_what_their_titles_tell(journal, data, monkeypatch):
    monkeypatch.setitem(writing.JUDGES, 5, None)
    remember(5)
    send_errors(data, "KeyError: 'otto@example.com'", "KeyError: 'otto@example.com'", "who is that")
    writing.write(5)
    said = content(journal, "05-rollbar")
    assert "2 items, 3 occurrences." in said
    assert "- `#1 KeyError`: 2 occurrences\n- `#2 message`: 1 occurrence\n" in said
    assert "otto" not in said
    send_errors(data, "KeyError: 'otto@example.com'")
    assert verification.verify(5).exit_code == 0
    journal.write_text(journal.read_text("utf-8").replace("2 occurrences", "1 occurrence"), "utf-8")
    assert verification.verify(5).exit_code == 1


def test_a_request_is_shown_as_all_four_have_it(journal, data, monkeypatch):
    monkeypatch.setitem(writing.JUDGES, 8, None)
    remember(8)
    elsewhere = send_request(data)
    send_correlated(data, elsewhere, to=("cloudwatch", "rollbar"))
    writing.write(8)
    assert "**Seen** nothing" in content(journal, "08-correlation")
    chosen = send_request(data)
    send_correlated(data, chosen)
    send_correlated(data, elsewhere, to=["rollbar"])
    writing.write(8)
    said = content(journal, "08-correlation")
    assert "`/api/activities/home` in all four, by one id.\n" in said
    assert "- Honeycomb: 3 spans\n- X-Ray: 1 segment\n- CloudWatch Logs: 2 lines\n" in said
    assert said.endswith(f"- Rollbar: 1 report\n- trace id: `{chosen}`")
    assert "otto" not in said
    assert verification.verify(8).exit_code == 0
    send_correlated(data, chosen, to=["rollbar"])
    assert verification.verify(8).exit_code == 1


def test_a_trace_is_shown_that_x_ray_and_honeycomb_have_of_the_same_spans(journal, data):
    remember(10)
    send_request(data)
    writing.write(10)
    assert "**Seen** nothing" in content(journal, "10-opentelemetry-only")
    chosen = send_request(data, to_xray=True)
    send_segments(data, ago=-60)
    writing.write(10)
    said = content(journal, "10-opentelemetry-only")
    assert "sent by OpenTelemetry alone.\n" in said
    assert "- the same at X-Ray and Honeycomb: 3 spans\n" in said
    assert said.endswith(f"- X-Ray id: `1-{chosen[:8]}-{chosen[8:]}`")
    assert (journal.parent / "assets" / "10-opentelemetry-only.png").exists()
    assert verification.verify(10).exit_code == 0
    shutil.rmtree(data)
    send_segments(data)
    assert verification.verify(10).exit_code == 2


def test_spans_in_their_log_group_are_no_log_lines(journal, data, monkeypatch):
    monkeypatch.setitem(writing.JUDGES, 4, None)
    remember(4)
    send_lines(data, "a line")
    send_lines(data, "a span", group="spans-of-x-ray", ago=1)
    monkeypatch.setattr(span_log, "GROUP", "spans-of-x-ray")
    writing.write(4)
    assert "1 line in the log group `workshop/app`." in content(journal, "04-cloudwatch")


def test_what_is_at_a_vendor_is_not_looked_for(journal, data, monkeypatch):
    monkeypatch.setitem(writing.JUDGES, 8, None)
    monkeypatch.setenv("ROLLBAR_ACCESS_TOKEN", "one of my own")
    remember(8)
    send_request(data)
    writing.write(8)
    assert "**Seen** at the vendors themselves" in content(journal, "08-correlation")


def test_a_large_picture_is_made_smaller():
    noise = Image.effect_noise((900, 700), 90).convert("RGB").quantize(256)
    buffer = io.BytesIO()
    noise.save(buffer, format="png")
    assert len(buffer.getvalue()) > pictures.LARGEST
    assert 1000 < len(pictures.shrink(buffer.getvalue())) <= pictures.LARGEST


def test_what_earlier_versions_remembered_is_no_evidence(course_folder):
    known = {"steps": {"1": "works"}, "findings": [], "hints": {}}
    (course_folder / ".workshop").mkdir()
    (course_folder / ".workshop" / "checks.json").write_text(json.dumps(known))
    with pytest.raises(WorkshopError, match="has not been checked yet"):
        writing.write(1)
