"""From a choice to pixels: the placer decides how a mask bends, the compositor draws."""
