"""X-Ray's own OTLP endpoint: spans in, segments and subsegments out."""
