"""Coded statements to shares and intervals."""
