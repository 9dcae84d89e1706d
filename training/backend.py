"""Settings of Keras's back-end."""

from __future__ import annotations

import cv2
import keras

from training.config import Config


def set_up(config: Config) -> None:
    """Seeds, precision and, if asked for, the same result bit for bit."""
    keras.utils.set_random_seed(config.seed)
    keras.config.set_dtype_policy("mixed_bfloat16" if config.mixed_precision else "float32")
    # The pictures are small: threads of OpenCV's own would only get in the network's way.
    cv2.setNumThreads(1)
    if not config.deterministic:
        return
    backend = keras.backend.backend()
    if backend == "tensorflow":
        import tensorflow as tf

        tf.config.experimental.enable_op_determinism()
    elif backend == "torch":
        import torch

        torch.use_deterministic_algorithms(True)
    # JAX on a CPU is; on a GPU it takes XLA_FLAGS=--xla_gpu_deterministic_ops=true from the start.
