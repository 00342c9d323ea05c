"""Proof: how good models are on messages that they have not seen, in figures, on a page and on a card."""
