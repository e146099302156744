import itertools

import pytest
from matplotlib.colors import to_rgb

from workshop.views import colours


def luminance(colour):
    parts = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in to_rgb(colour)]
    return sum(part * weight for part, weight in zip(parts, (0.2126, 0.7152, 0.0722), strict=True))


def contrast(one, other):
    """Contrast ratio as in https://www.w3.org/TR/WCAG22/#dfn-contrast-ratio."""
    lighter, darker = sorted((luminance(one), luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


ALL = colours.looks(f"service-{n}" for n in range(28)) | colours.looks(["backend", "profiles"])


def test_thirty_services_look_different():
    assert len(ALL) == len(set(ALL.values())) == 30


def test_above_that_looks_are_shared_rather_than_refused():
    assert len(colours.looks(f"service-{n}" for n in range(40))) == 40


def test_a_service_looks_the_same_whatever_else_is_shown():
    alone = colours.looks(["ledger"])["ledger"]
    assert colours.looks(["backend", "ledger", "profiles"])["ledger"] == alone
    for others in itertools.permutations(["backend", "ledger", "profiles"]):
        assert colours.looks(others) == colours.looks(["backend", "ledger", "profiles"])


@pytest.mark.parametrize("look", ALL.values(), ids=str)
def test_text_and_edges_can_be_read_on_white_and_on_the_band(look):
    assert contrast(look.edge, "white") >= 4.5
    assert contrast(look.edge, colours.BAND) >= 4.5


@pytest.mark.parametrize("colour", [colours.INK, colours.MUTED, colours.ERROR])
def test_words_can_be_read_on_white_and_on_the_band(colour):
    assert contrast(colour, "white") >= 4.5
    assert contrast(colour, colours.BAND) >= 4.5


def test_backend_and_profiles_differ_in_grey():
    looks = colours.looks(["backend", "profiles"])
    assert contrast(looks["backend"].fill, looks["profiles"].fill) > 2
    assert looks["backend"].hatch != looks["profiles"].hatch
