"""The steps of the course as patches: what a learner takes, and what an author changes."""
