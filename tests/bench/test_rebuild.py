"""The measure of rebuilds fills ledgers that hold, rebuilds them and tells what it measured."""

import json

import pytest
from typer.testing import CliRunner

from bench.filling import fill
from bench.multiplied import multiplied
from events.envelope import AGENCY, Event
from events.log import Log, connected_roots
