"""What is drawn over the picture in the window: one module a job, all on a `Canvas`."""
