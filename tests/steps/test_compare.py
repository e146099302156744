from workshop.steps.checkpoints import nearest
from workshop.steps.compare import compare


def test_same(course):
    comparison = compare(0)
    assert comparison.same
    assert str(comparison) == "Your app and step 0 (Meet the app): same."


def test_a_summary_then_the_hunks(course):
    course.file("app/mine.py").write_text("mine\n")
    comparison = compare(1)
    assert comparison.differing == ("app/app.py", "docker-compose.yml")
    assert comparison.missing == ("app/telemetry/trace.py",)
    assert comparison.own == ("app/mine.py",)
    text = str(comparison)
    assert text.startswith("Your app and step 1 (Trace it): 3 files differ.\n")
    assert "-line 15\n+line 15 traced\n" in text
    assert "--- yours/app/app.py\n+++ step-01/app/app.py\n@@" in text
    assert "+def start():" in text
    assert "index " not in text


def test_extra_and_own_files_are_told_apart(course):
    course.start_at(3)
    course.file("app/mine.py").write_text("mine\n")
    comparison = compare(2)
    assert comparison.extra == ("app/telemetry/last.py",)
    assert comparison.own == ("app/mine.py",)


def test_files_of_ones_own_are_no_difference(course):
    course.file("app/mine.py").write_text("mine\n")
    assert compare(0).same


def test_line_ends_are_no_difference_and_are_named(course):
    content = course.file("app/app.py").read_bytes()
    course.file("app/app.py").write_bytes(content.replace(b"\n", b"\r\n"))
    comparison = compare(0)
    assert comparison.same
    assert comparison.crlf == ("app/app.py",)


def test_a_crlf_file_shows_only_the_lines_that_differ(course):
    content = course.file("app/app.py").read_bytes()
    course.file("app/app.py").write_bytes(content.replace(b"\n", b"\r\n"))
    hunks = compare(2).hunks.split("yours/docker-compose.yml")[0]
    assert [line for line in hunks.splitlines() if line.startswith("-l")] == [
        "-line 15",
        "-line 25",
    ]


def test_a_missing_executable_bit_is_named(course):
    course.start_at(2)
    course.file("app/run.sh").chmod(0o644)
    comparison = compare(2)
    assert comparison.not_executable == ("app/run.sh",)
    assert not comparison.same


def test_binary_and_non_ascii_files(course):
    course.start_at(1)
    text = str(compare(2))
    assert "Binary files yours/app/logo.bin and step-02/app/logo.bin differ" in text
    assert "+++ step-02/app/notes/größe.txt" in text
    assert "+weiß" in text


def test_it_writes_nothing(course):
    before = course.everything()
    compare(3)
    assert course.everything() == before


def test_nearest_is_the_equal_one(course):
    for number in range(4):
        course.start_at(number)
        assert (nearest().step.number, nearest().lines) == (number, 0)
        assert str(nearest()).startswith(f"Your app is at step {number} (")


def test_nearest_leaves_line_ends_and_own_files_aside(course):
    course.start_at(1)
    content = course.file("app/app.py").read_bytes()
    course.file("app/app.py").write_bytes(content.replace(b"\n", b"\r\n"))
    course.file("app/mine.py").write_text("mine\n")
    assert (nearest().step.number, nearest().lines) == (1, 0)


def test_nearest_with_edits_counts_lines(course):
    course.start_at(2)
    content = course.file("app/app.py").read_bytes()
    course.file("app/app.py").write_bytes(content + b"mine\n")
    assert str(nearest()) == "Your app is nearest to step 2 (Trace more): 1 line differs."


def test_lines_in_another_order_are_a_difference(course):
    course.file("app/old.py").write_bytes(b"will_go = True\nold = True\n")
    assert nearest().lines == 1
