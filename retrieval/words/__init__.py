"""Tickets by their words: codes, product names, what a vector blurs."""
