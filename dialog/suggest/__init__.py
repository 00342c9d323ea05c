"""Suggestions for the team: different answers to one message, the next macro or article, and what was made of them."""
