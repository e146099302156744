"""Measures what observing costs an app, and how fast the sandbox is, beside peers in one run.

Figures on shared machines are noisy: what is compared runs in turns in the same minutes, and what
is quoted are ratios of medians. Nothing here decides a test.
"""
