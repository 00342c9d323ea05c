"""Training networks: a BERT and its heads, what they learn from, and the loop that can stop and go on."""
