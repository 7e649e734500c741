"""Statement to probabilities."""
