"""Breaks each vendor's back end in turn and measures what becomes of the app."""
