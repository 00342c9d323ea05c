"""Reading intents: heads on vectors, opinions beside them, what is unfamiliar, and labels that are likely wrong."""
