"""Measurements: of speed, and of what needs real clips. Not part of the package."""

import avatar_cam  # noqa: F401  before NumPy, whose threads it switches off as in the program itself
