"""Events over HTTP: our own format and Segment.com's."""
