"""Quantities as customers and agents write them in English and Chinese: numbers, measures, dates and times of day.

Everything that reads one reads it here: what a message names, what an answer claims, what contradicts a fact. What they
look for, and what counts as the same, they decide themselves.
"""
