"""Finding answers: what scores hits, what late interaction counts, and the desk's own cross-encoders."""
