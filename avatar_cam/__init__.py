"""A character on your own face, live, that wears the emotion you show."""

__version__ = "0.1.0"
