"""How often agents are asked to call.

Every call of a stock connector is a new TLS connection (protocol reference 3.3), so an idle one
should not call often; someone who pressed "Sync now" is watching, so not too rarely either. A
pause of zero would make them call in a loop.
"""

from datetime import timedelta
from typing import Final

AFTER_TASK: Final = timedelta(seconds=1)
IDLE: Final = timedelta(seconds=10)


def next_poll(handed_out: int) -> timedelta:
    return AFTER_TASK if handed_out else IDLE
