"""Sends values that nobody may see through every door of an app, and looks where they come out."""
