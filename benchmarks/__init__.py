"""Measurements, each stored as JSON with the machine it ran on and the command that made it."""
