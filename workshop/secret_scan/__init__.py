"""Looks for keys in the files of a repository, and in all that its history has ever held."""
