"""What the vendors that speak OTLP/HTTP share: how a body becomes a message, and values Python."""

PROTOBUF_TYPES = ("application/protobuf", "application/x-protobuf")
JSON_TYPE = "application/json"
CONTENT_TYPES = (*PROTOBUF_TYPES, JSON_TYPE)
