"""Composing: one reply of several past answers, in which everything has its source."""
