"""Runs the learner's app, looks at the telemetry that arrived, and says what it found."""
