"""Pictures of few colours: a flat drawing looks the same with 256 of them, at less than half the size."""

import io

import numpy as np
import numpy.typing as npt
from PIL import Image

MOST = 256  # what an indexed PNG can hold
WEIGHT = 0.75  # the power of its count by which a colour weighs, so that rare highlights stay
_ROUNDS = 6  # after which the colours hardly move any more

Picture = npt.NDArray[np.uint8]
Colours = npt.NDArray[np.float64]
Labels = npt.NDArray[np.intp]


def indexed_png(picture: Picture) -> bytes:
    """A straight BGRA picture as an indexed PNG of the 256 colours that serve it best.

    Premultiplied colours are split where they vary most, and the means moved by Lloyd's algorithm (S. Lloyd,
    "Least squares quantization in PCM", 1982), so an edge that is nearly clear weighs little.
    """
    rgba = np.ascontiguousarray(picture[..., [2, 1, 0, 3]])
    packed, places, counts = np.unique(
        rgba.reshape(-1, 4).view(np.uint32).ravel(), return_inverse=True, return_counts=True
    )
    straight = packed.view(np.uint8).reshape(-1, 4)
    labels = np.arange(len(straight))
    palette = straight
    if len(straight) > MOST:
        palette, labels = _best(straight, counts**WEIGHT)
    order = np.argsort(palette[:, 3], kind="stable")  # the clear ones first: PNG keeps alpha for these alone
    palette, labels = palette[order], np.argsort(order, kind="stable")[labels]
    return _encoded(labels[places.ravel()].reshape(rgba.shape[:2]).astype(np.uint8), palette)


def _best(straight: Picture, weights: Colours) -> tuple[Picture, Labels]:
    """At most 256 RGBA colours for those given, and which of them stands for each."""
    colours = straight.astype(np.float64)
    colours[:, :3] *= colours[:, 3:] / 255
    labels = _split(colours, weights)
    centres = np.zeros((MOST, 4))
    for _ in range(_ROUNDS):
        centres = _means(colours, weights, labels, centres)
        labels = _nearest(colours, centres)
    palette = _means(colours, weights, labels, centres)
    palette[:, :3] *= 255 / np.maximum(palette[:, 3:], 1e-6)
    palette[palette[:, 3] > 250, 3] = 255  # a mask must not let anything through
    palette[palette[:, 3] < 2] = 0
    return np.clip(np.rint(palette), 0, 255).astype(np.uint8), labels


def _split(colours: Colours, weights: Colours) -> Labels:
    """Labels of at most 256 groups: again and again the group that varies most is cut at its mean."""
    labels = np.zeros(len(colours), np.intp)
    groups = [np.arange(len(colours))]
    scatter = [_scatter(colours, weights)]
    while len(groups) < MOST:
        widest = int(np.argmax([most.max() for most in scatter]))
        if scatter[widest].max() < 1e-6:  # nothing but rounding
            break
        group, axis = groups[widest], int(scatter[widest].argmax())
        along = colours[group, axis]
        upper = along > np.average(along, weights=weights[group])
        labels[group[upper]] = len(groups)
        groups[widest] = group[~upper]
        groups.append(group[upper])
        scatter[widest] = _scatter(colours[groups[widest]], weights[groups[widest]])
        scatter.append(_scatter(colours[groups[-1]], weights[groups[-1]]))
    return labels


def _scatter(colours: Colours, weights: Colours) -> Colours:
    """The weighted sum of squares about the mean, for each channel."""
    about = colours - np.average(colours, axis=0, weights=weights)
    return np.asarray(weights @ about**2)


def _means(colours: Colours, weights: Colours, labels: Labels, before: Colours) -> Colours:
    """The weighted mean of the colours of each label; what has none stays as it was."""
    total = np.bincount(labels, weights, MOST)
    sums = np.stack([np.bincount(labels, weights * channel, MOST) for channel in colours.T], axis=1)
    return np.where(total[:, None] > 0, sums / np.maximum(total, 1e-9)[:, None], before)


def _nearest(colours: Colours, centres: Colours) -> Labels:
    """The index of the centre nearest to each colour."""
    offset = (centres**2).sum(axis=1)
    parts = np.array_split(colours, max(1, len(colours) // 8192))
    return np.concatenate([np.argmin(offset - 2 * part @ centres.T, axis=1) for part in parts])


def _encoded(indices: Picture, palette: Picture) -> bytes:
    """An indexed PNG."""
    image = Image.fromarray(indices, "P")
    image.putpalette(palette[:, :3].tobytes())
    file = io.BytesIO()
    image.save(file, "PNG", optimize=True, transparency=palette[:, 3].tobytes())
    return file.getvalue()
