"""`python -m services.cli`, the same as the command `bagalau`."""

from services.cli.app import main

main()
