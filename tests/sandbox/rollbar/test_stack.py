"""Whose calls a stack is made of."""

import pytest

from workshop.sandbox.rollbar.occurrence import Frame
from workshop.sandbox.rollbar.stack import find_library, is_own, shorten_file, sort_stack


def frame(file, line=1):
    return Frame(file, line, "f", "", {})


@pytest.mark.parametrize(
    ("file", "own", "library", "short"),
    [
        ("/home/me/shop/app/services/pay.py", True, "other files", "app/services/pay.py"),
        ("app/pay.py", True, "other files", "app/pay.py"),
        ("/app/app/pay.py", True, "other files", "app/pay.py"),
        ("/home/me/lib/python3.11-course/app/pay.py", True, "other files", "app/pay.py"),
        ("C:\\shop\\app\\pay.py", True, "other files", "app/pay.py"),
        ("/srv/shop/pay.py", False, "other files", "/srv/shop/pay.py"),
        ("/srv/app.py", False, "other files", "/srv/app.py"),
        ("/x/lib/python3.11/site-packages/flask/app.py", False, "flask", "flask/app.py"),
        ("/app/.venv/lib/python3.11/site-packages/flask/app.py", False, "flask", "flask/app.py"),
        ("/x/site-packages/six.py", False, "six", "six.py"),
        ("/x/site-packages/a/app/b.py", False, "a", "a/app/b.py"),
        ("/usr/lib/python3.11/json/decoder.py", False, "Python", "json/decoder.py"),
        ("C:\\Python311\\Lib\\json\\decoder.py", False, "Python", "json/decoder.py"),
        ("<frozen importlib._bootstrap>", False, "Python", "<frozen importlib._bootstrap>"),
        ("<string>", False, "other files", "<string>"),
    ],
)
def test_a_file_is_the_apps_or_a_librarys(file, own, library, short):
    call = frame(file)
    assert (is_own(call), find_library(call), shorten_file(call)) == (own, library, short)


def test_another_folder_may_hold_the_app():
    call = frame("/srv/backend-flask/services/home.py")
    assert is_own(call, "backend-flask")
    assert shorten_file(call, "backend-flask") == "backend-flask/services/home.py"


def test_a_stack_is_sorted():
    flask, view, pay = "/x/site-packages/flask/app.py", "/s/app/view.py", "/s/app/pay.py"
    requests = "/x/site-packages/requests/models.py"
    frames = tuple(map(frame, (flask, flask, view, pay, requests)))
    stack = sort_stack(frames)
    assert stack.own == (frames[3], frames[2])
    assert stack.raised == frames[-1]
    assert stack.libraries == {"flask": 2, "requests": 1}
    assert sort_stack(()).raised is None
