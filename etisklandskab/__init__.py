"""Workshop statements, the ethical logic they argue by, and each group's profile."""
