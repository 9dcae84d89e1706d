"""From a data set of labelled faces to the emotion model that avatar-cam ships.

`prepare` → `train` → `export` → `evaluate`, each a command: `python -m training.NAME --help`.
This package may import `avatar_cam` (the crop and the vocabulary are shared); never the other way round.
"""
