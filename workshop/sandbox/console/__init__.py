"""The sandbox's web pages: what a learner looks at instead of four vendors' sites."""
