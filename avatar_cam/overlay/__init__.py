"""A page with the characters alone, for OBS and browsers; what other programs are told, and may ask for."""
