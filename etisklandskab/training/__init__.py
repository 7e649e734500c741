"""Corpus to bundle. Nothing outside this package imports it but the command line."""
