"""The booth: a full screen that runs all day with nobody at the keyboard."""
