"""How CloudWatch Logs Insights refuses a query."""

from workshop.sandbox import refusals
from workshop.sandbox.aws.errors import ApiError


class MalformedQueryError(ApiError):
    """A query that is not run.

    Args:
        message: a sentence on what is wrong.
        start: where it is wrong, as the offset of a character in the query.
        end: the offset of the first character after it.
        kind: why, as a constant of `workshop.sandbox.refusals`.
    """

    def __init__(
        self, message: str, start: int = 0, end: int = 0, kind: str = refusals.BODY
    ) -> None:
        location = {"startCharOffset": start, "endCharOffset": end}
        members = {"queryCompileError": {"location": location, "message": message}}
        super().__init__("MalformedQueryException", message, 400, kind, members)


def not_emulated(what: str, start: int = 0, end: int = 0) -> MalformedQueryError:
    """Return the refusal of something that AWS documents and the sandbox does not do.

    Args:
        what: the command or the function, as the start of a sentence.
        start: the offset of its first character in the query.
        end: the offset of the first character after it.
    """
    return MalformedQueryError(
        f"{what} is not emulated by the workshop's sandbox; CloudWatch Logs itself has it.",
        start,
        end,
        refusals.NOT_EMULATED,
    )


def not_documented(what: str) -> MalformedQueryError:
    """Return the refusal of something whose outcome AWS does not document.

    Args:
        what: what is asked for and what to ask for instead, in full sentences.
    """
    return MalformedQueryError(
        f"{what} AWS does not document what comes out, so the workshop's sandbox refuses it.",
        kind=refusals.NOT_EMULATED,
    )
