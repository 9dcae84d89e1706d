"""From a frame to the people in it: landmarks, head pose, identity, smoothing, and what to do when a face is lost."""
