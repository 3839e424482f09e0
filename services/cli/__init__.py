"""The command `bagalau`: thin edges over the services, one module per command."""

from services.cli.app import app, main

__all__ = ["app", "main"]
