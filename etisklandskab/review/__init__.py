"""Reviewing in the browser: one statement at a time, every decision kept at once."""
