"""Lets `python -m workshop` run what `workshop` runs."""

from workshop.cli import main

main(prog_name="workshop")
