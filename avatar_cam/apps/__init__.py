"""One module a command: each wires sources, pipeline and sinks."""
