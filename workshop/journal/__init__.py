"""The lab journal: evidence of a step's run, between markers in the learner's own file."""
