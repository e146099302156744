"""Compiles filter patterns into tests of a message, or refuses them with a reason.

A pattern in braces is for JSON, one in brackets for fields that spaces divide, one between percent
signs is a regular expression, and any other has terms that a message contains.
"""

import functools
from collections.abc import Callable
from importlib import resources

from lark import Lark, Token, Tree
from lark.exceptions import UnexpectedInput

from workshop.sandbox.cloudwatch.patterns.fields import compile_fields
from workshop.sandbox.cloudwatch.patterns.json_objects import compile_json
from workshop.sandbox.cloudwatch.patterns.refusal import explain, invalid_pattern
from workshop.sandbox.cloudwatch.patterns.regex import compile_regex
from workshop.sandbox.cloudwatch.patterns.tokens import find_tokens
from workshop.sandbox.cloudwatch.patterns.values import read_string

Predicate = Callable[[str], bool]

# Limits of the API's reference and of the page on the syntax.
LENGTH_LIMIT = 1024
REGEX_LIMIT = 2
_STRUCTURED = {"{": "json", "[": "fields"}
_QUOTE = 'Terms with other characters than A-Z, a-z, 0-9 and _ stand in quotation marks: "a:b".'
_GRAMMAR = "Strings with other characters than A-Z, a-z, 0-9 and _ stand in quotation marks."


@functools.lru_cache(maxsize=256)
def compile_pattern(pattern: str) -> Predicate:
    """Return the test of a message by a filter pattern; an empty one lets all pass.

    Args:
        pattern: as a learner writes it, such as `{ $.level = "ERROR" }`.

    Raises:
        ApiError: it is not a filter pattern; the message says where and why.
    """
    if len(pattern) > LENGTH_LIMIT:
        raise invalid_pattern(f"it is longer than {LENGTH_LIMIT} characters")
    bare = pattern.strip()
    if not bare:
        return lambda _message: True
    if bare[0] in _STRUCTURED:
        if bare[0] != pattern[0]:
            raise invalid_pattern(f"a space stands before its '{bare[0]}'")
        return _compile_structured(pattern)
    if bare[0] == "%":
        if len(bare) == 1 or bare.find("%", 1) != len(bare) - 1:
            raise invalid_pattern("a regular expression stands alone between two percent signs")
        return compile_regex(bare[1:-1])
    return _compile_terms(pattern)


def _compile_structured(pattern: str) -> Predicate:
    kind = _STRUCTURED[pattern[0]]
    try:
        tree = _parser().parse(pattern, start=kind)
    except UnexpectedInput as error:
        raise explain(error, pattern, _GRAMMAR) from None
    if len(find_tokens(tree, "REGEX")) > REGEX_LIMIT:
        raise invalid_pattern(f"it has more than {REGEX_LIMIT} regular expressions")
    return compile_json(tree) if kind == "json" else compile_fields(tree)


def _compile_terms(pattern: str) -> Predicate:
    try:
        tree = _terms_parser().parse(pattern)
    except UnexpectedInput as error:
        raise explain(error, pattern, _QUOTE) from None
    terms: dict[str, list[str]] = {"": [], "?": [], "-": []}
    for node in tree.children:
        sign, text = _read_term(node)
        terms[sign].append(text)
    wanted, optional, unwanted = terms[""], terms["?"], terms["-"]
    if wanted == [" "] and not optional and not unwanted:
        # The documented way to match everything.
        return lambda _message: True
    if wanted or unwanted:
        # Beside other terms, optional ones are ignored.
        return lambda message: (
            all(text in message for text in wanted)
            and not any(text in message for text in unwanted)
        )
    return lambda message: any(text in message for text in optional)


def _read_term(node: Tree[Token] | Token) -> tuple[str, str]:
    """Return a term's sign, if it has one, and its text."""
    *signs, term = map(str, node.children if isinstance(node, Tree) else [node])
    return "".join(signs), read_string(term) if term.startswith('"') else term


@functools.cache
def _parser() -> Lark:
    return Lark(_read("grammar.lark"), parser="lalr", start=list(_STRUCTURED.values()))


@functools.cache
def _terms_parser() -> Lark:
    return Lark(_read("terms.lark"), parser="lalr")


def _read(name: str) -> str:
    return resources.files(__package__).joinpath(name).read_text("utf-8")
