"""From a tracked face to the emotion shown: crop, model card, recogniser, selector."""
