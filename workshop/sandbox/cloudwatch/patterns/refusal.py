"""Says why a text is no filter pattern."""

from lark.exceptions import UnexpectedCharacters, UnexpectedEOF, UnexpectedInput, UnexpectedToken

from workshop.sandbox.aws.errors import ApiError
from workshop.sandbox.cloudwatch.errors import invalid_parameter


def invalid_pattern(reason: str) -> ApiError:
    """Return the refusal of a filter pattern.

    Args:
        reason: a clause without a full stop.
    """
    return invalid_parameter(f"Invalid filter pattern: {reason}.")


def invalid_character(text: str, hint: str) -> ApiError:
    """Return the refusal of a character, in the service's words and then the sandbox's.

    Args:
        text: what is not expected.
        hint: what to write instead, as a sentence.
    """
    return invalid_parameter(f"Invalid character(s) in term '{text}'. {hint}")


def explain(error: UnexpectedInput, pattern: str, hint: str) -> ApiError:
    """Return the refusal of what a grammar does not know, with the place where it breaks."""
    if isinstance(error, UnexpectedEOF) or (
        isinstance(error, UnexpectedToken) and error.token.type == "$END"
    ):
        return invalid_pattern("something is missing at its end")
    place = (error.pos_in_stream or 0) + 1
    if isinstance(error, UnexpectedCharacters):
        near = pattern[place - 1]
    else:
        near = str(getattr(error, "token", ""))
    return invalid_character(near, f"It is not expected at character {place}. {hint}")
