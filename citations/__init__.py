"""Citations: read them, ask registries about them, compare, and judge with an argument."""

import logging

logging.getLogger(__name__).addHandler(logging.NullHandler())
