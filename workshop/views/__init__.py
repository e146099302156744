"""One way to draw each kind of telemetry, for notebooks, the console and the journal."""
