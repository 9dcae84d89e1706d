"""What the booth shows, by pygame."""
