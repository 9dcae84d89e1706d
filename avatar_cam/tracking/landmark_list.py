"""mediapipe's landmark messages as arrays."""

from __future__ import annotations

from typing import Any

import numpy as np

from avatar_cam.types import Floats

#: protobuf's wire format (protobuf.dev/programming-guides/encoding): a landmark is a tag and a length, one
#: byte each, then for every field a tag of one byte and a little-endian float.
_HEADER, _FIELD = 2, 5


def landmark_array(landmarks: Any, names: tuple[str, ...]) -> Floats:
    """A NormalizedLandmarkList as float32 (N, len(names)), its fields in the order of their numbers.

    Reading 478 points one by one takes a tenth of the time of FaceMesh itself, so they are read off the
    message's bytes; where these are not as expected (a field left out), one by one.
    """
    count = len(landmarks.landmark)
    data = np.frombuffer(landmarks.SerializeToString(), np.uint8)
    record = _HEADER + _FIELD * len(names)
    if data.size == count * record:
        fields = data.reshape(count, record)[:, _HEADER:].reshape(count, len(names), _FIELD)
        # Field numbers count from 1, and 5 is the wire type of a float.
        if (fields[..., 0] == [(number << 3) | 5 for number in range(1, len(names) + 1)]).all():
            floats: Floats = np.ascontiguousarray(fields[..., 1:]).view("<f4")[..., 0]
            return floats
    flat = (getattr(point, name) for point in landmarks.landmark for name in names)
    return np.fromiter(flat, np.float32, count * len(names)).reshape(count, len(names))
