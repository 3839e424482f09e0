"""The command `bagalau`: thin edges over the services, one module per command."""

from services.cli.app import app

__all__ = ["app"]
