"""`python -m training.prepare`."""

from training.prepare.command import main

# Processes that are spawned import this module, too.
if __name__ == "__main__":
    main()
