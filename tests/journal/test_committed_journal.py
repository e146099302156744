"""The journal that a clone begins with: a section a step, and evidence of a real run."""

import re

import pytest

from workshop import course, place
from workshop.checks.check import JUDGES
from workshop.journal import block, file, markers, pictures

JOURNAL = place.root() / file.NAME
BLOCKS = markers.find(JOURNAL.read_bytes(), file.NAME)
WRITTEN = [slug for slug, each in BLOCKS.items() if each.content]


@pytest.mark.parametrize("step", course.steps(), ids=lambda step: step.slug)
def test_every_step_has_a_section_with_something_to_tick_off(step):
    sections = JOURNAL.read_text("utf-8").split(f"\n## {step.number:02d} · {step.title}\n")
    assert len(sections) == 2
    section = re.split(r"^## ", sections[1], flags=re.MULTILINE)[0]
    assert "- [ ] " in section
    assert section.count(":\n") >= 2
    if step.number in JUDGES:
        assert f"<!-- evidence {step.slug}: begin -->" in section


def test_there_is_evidence_of_the_first_traces():
    assert "01-honeycomb" in WRITTEN


@pytest.mark.parametrize("slug", WRITTEN)
def test_the_evidence_is_as_it_was_written(slug):
    found = BLOCKS[slug]
    picture = JOURNAL.parent / "assets" / f"{slug}.png"
    assert found.digests["text"] == block.digest(found.content)
    assert found.digests.get("picture", "") == (
        block.digest(picture.read_bytes()) if picture.exists() else ""
    )
    assert "✗" not in found.content
    assert "**Seen** nothing" not in found.content


def test_there_are_no_pictures_but_those_of_blocks_and_all_are_small():
    found = {each.name: each.stat().st_size for each in (JOURNAL.parent / "assets").iterdir()}
    assert set(found) == {f"{slug}.png" for slug in WRITTEN if "picture" in BLOCKS[slug].digests}
    assert max(found.values()) <= pictures.LARGEST
