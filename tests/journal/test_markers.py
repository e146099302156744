import pytest

from workshop.errors import WorkshopError
from workshop.journal import markers

BEGIN = "<!-- evidence 01-honeycomb: begin -->"
END = "<!-- evidence 01-honeycomb: end -->"
OTHER = "<!-- evidence 02-xray: {} -->"


@pytest.mark.parametrize(
    ("text", "line", "said"),
    [
        (f"a\n{BEGIN}\nb\n", 2, "01-honeycomb: begin' has no end"),
        (f"a\n\n{END}\n", 3, "01-honeycomb: end' has no begin"),
        (f"{BEGIN}\n{BEGIN}\n{END}\n", 1, "begin' has no end"),
        (f"{BEGIN}\n{END}\n{BEGIN}\n{END}\n", 3, "is there twice: line 1, too"),
        (f"x\r\n{BEGIN}\r\n{OTHER.format('end')}\r\n", 2, "begin' has no end"),
        (f"{BEGIN}\n{OTHER.format('begin')}\n{END}\n", 1, "begin' has no end"),
        (f"a\rb\r{END}", 3, "has no begin"),
    ],
)
def test_broken_markers_are_refused_with_their_line(text, line, said):
    with pytest.raises(WorkshopError) as refused:
        markers.find(text.encode(), "journal/week-2.md")
    assert f"journal/week-2.md, line {line}: " in refused.value.what
    assert said in refused.value.what
    assert "delete them" in refused.value.next_step


@pytest.mark.parametrize(
    "around",
    [
        (b"before\n", b"\nafter\n"),
        (b"before\r\n", b"\r\nafter\r\n"),
        ("Grüße 日本語 🙂 ".encode(), b" right after"),
        ("\N{BYTE ORDER MARK}# A journal\n".encode(), b""),
        (b"latin-1 caf\xe9\n", b"\n\xff\xfe and no line end"),
        (b"mixed\r\nline\nends\r", b"\r\n\n\r"),
        (b"", b""),
    ],
)
def test_what_stands_outside_the_markers_stays_byte_for_byte(around):
    before, after = around
    journal = before + f"{BEGIN}\nold\n{END}".encode() + after
    found = markers.find(journal, "it")["01-honeycomb"]
    assert found.content == "old"
    new = markers.put(journal, found, "first\n\nsecond ✓", {"text": "ab12"})
    assert new.startswith(before + BEGIN.encode())
    assert new.endswith(b"<!-- evidence 01-honeycomb: end text=ab12 -->" + after)
    again = markers.find(new, "it")["01-honeycomb"]
    assert again.content == "first\n\nsecond ✓"
    assert again.digests == {"text": "ab12"}


def test_a_block_has_the_line_ends_of_its_journal():
    journal = f"# J\r\n{BEGIN}\r\n{END}\r\n".encode()
    found = markers.find(journal, "it")["01-honeycomb"]
    new = markers.put(journal, found, "a\nb", {})
    assert new.count(b"\n") == new.count(b"\r\n")
    assert b"begin -->\r\na\r\nb\r\n<!--" in new


EMPTY = f"{BEGIN}\n{END}\n"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("# J\n\n## 01 · Mine\n\nwords\n", f"# J\n\n## 01 · Mine\n\n{EMPTY}\nwords\n"),
        ("## 01 · Mine", f"## 01 · Mine\n\n{EMPTY}"),
        ("### 01\nwords\n", f"### 01\n\n{EMPTY}words\n"),
        ("# J\nwords", f"# J\nwords\n\n## 01 · First\n\n{EMPTY}"),
        ("# J\n", f"# J\n\n## 01 · First\n\n{EMPTY}"),
        ("", f"## 01 · First\n\n{EMPTY}"),
        ("## 010 · no\n", f"## 010 · no\n\n## 01 · First\n\n{EMPTY}"),
        (
            "```sh\n## 01 a comment\n```\n## 01 · Mine\n",
            f"```sh\n## 01 a comment\n```\n## 01 · Mine\n\n{EMPTY}",
        ),
    ],
)
def test_missing_markers_go_below_the_heading_or_to_the_end(text, expected):
    new = markers.add(text.encode(), "01-honeycomb", "First")
    assert new.decode() == expected
    assert "01-honeycomb" in markers.find(new, "it")


def test_the_markers_of_other_steps_are_found_as_well():
    journal = f"{EMPTY}\n{OTHER.format('begin')}\nx\n{OTHER.format('end')}\n".encode()
    assert {slug: each.line for slug, each in markers.find(journal, "it").items()} == {
        "01-honeycomb": 1,
        "02-xray": 4,
    }
