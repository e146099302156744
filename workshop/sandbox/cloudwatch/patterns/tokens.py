"""Finds the tokens of one kind in a parsed pattern."""

from lark import Token, Tree


def find_tokens(tree: Tree[Token], kind: str) -> list[Token]:
    """Return a tree's tokens of one kind, such as `REGEX`, in their order."""
    found = tree.scan_values(lambda value: isinstance(value, Token) and value.type == kind)
    return [token for token in found if isinstance(token, Token)]
