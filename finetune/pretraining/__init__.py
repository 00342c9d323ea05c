"""Pre-training: an encoder reads the desk's own text before it learns what the desk wants of it."""
