"""From a frame to the people in it: landmarks, head pose, identity, smoothing, lost faces."""
