"""Measures what the app sends to each vendor, and what a month of that would cost."""
