"""Data sets on disk, each behind `base.DataSet`."""
