"""Exchange with programs for qualitative analysis, annotation and statistics."""
