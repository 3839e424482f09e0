"""The zone in which days are counted, whatever zone a server or a machine keeps."""

from typing import Final
from zoneinfo import ZoneInfo

ALMATY: Final = ZoneInfo("Asia/Almaty")
