"""Robustness: messages as hurried people write them, what a model loses on them, and what it must never confuse."""
