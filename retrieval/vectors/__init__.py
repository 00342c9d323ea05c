"""The most alike of millions of vectors: on this machine, or in an engine that several share."""
