"""Conversations, tickets and verdicts: what came in, what it means, and where it is kept."""
