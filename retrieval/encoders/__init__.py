"""Texts into vectors: BERT and the sentence encoder of sixteen languages, and the graphs they run as."""
