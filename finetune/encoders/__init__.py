"""The encoders that a release brings: fine-tuned, under a projection, or in eight bits."""
