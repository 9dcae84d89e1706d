"""Packs of artwork: their manifest, where they are found, and the sprite for an emotion."""
