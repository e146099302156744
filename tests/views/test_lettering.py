import pytest

from workshop.views import lettering

NAME = "the-service-that-nobody-could-call-short.eu-central-1.elasticbeanstalk.com"


def test_a_name_that_fits_stays_on_its_line():
    assert lettering.split("backend", 2) == ["backend"]


def test_a_longer_name_is_broken_where_it_is_joined():
    assert lettering.split("AWS::EC2::Instance", 1.1) == ["AWS::EC2::", "Instance"]
    assert lettering.split("profiles.internal", 0.9) == ["profiles.", "internal"]


@pytest.mark.parametrize("name", [NAME, "x" * 90, "a b " * 30])
@pytest.mark.parametrize("width", [0.6, 1.0, 1.7])
def test_no_line_is_too_wide_and_the_end_stays(name, width):
    lines = lettering.split(name, width, bold=True)
    assert 1 <= len(lines) <= 2
    assert max(lettering.measure(line, bold=True) for line in lines) <= width + lettering.HAIR
    assert lines[-1][-1] == name.rstrip()[-1]
