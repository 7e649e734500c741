"""Profiles to tables, pictures and documents."""
