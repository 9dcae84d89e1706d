"""A character on your own face, live, that wears the emotion you show."""

import os

__version__ = "0.1.0"

# Before NumPy is loaded: matrices here are so small that threads which wait for each other cost more than
# they bring, and the other cores belong to the models and the encoder.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
