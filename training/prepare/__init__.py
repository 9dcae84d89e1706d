"""From a data set on disk to small crops with soft labels."""
