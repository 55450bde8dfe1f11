"""Events of Segment.com's client libraries, translated into ours."""
