"""``python -m etisklandskab``."""

from etisklandskab.cli import main

main()
