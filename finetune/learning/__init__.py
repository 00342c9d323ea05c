"""Learning with little and learning on: labels for unlabelled messages, new intents, and what to label next."""
