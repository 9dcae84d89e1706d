"""The networks, a module each: their options in `options`, built by name in `registry`."""
