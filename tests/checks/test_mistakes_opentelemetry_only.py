"""Each wrong app of step 10 gets the transcript that is kept for it, word by word."""

import pytest
import wrong_apps


@pytest.fixture(scope="module")
def checked(request, tmp_path_factory):
    yield from wrong_apps.check_each_in_advance(request, tmp_path_factory)


@pytest.mark.parametrize("name", wrong_apps.names(10))
def test_transcript(name, checked, request):
    wrong_apps.assert_transcript(name, checked, request)
