"""Breaks one vendor's back end on purpose, and mends it: what an app does then can be seen."""
