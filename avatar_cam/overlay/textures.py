"""Numbers for textures, so that each is sent once."""

from __future__ import annotations

from collections.abc import Set
from dataclasses import dataclass
from hashlib import blake2b

from avatar_cam.types import Texture

#: Seconds for which a texture that is not drawn is kept: blinks and emotions come again soon.
KEEP = 60.0
#: Seconds between two looks for what is unused.
_LOOK_EVERY = 5.0
#: Textures of one content that are known at once: a pack that is decoded anew makes new ones each time.
_MOST_ALIKE = 4


@dataclass(slots=True)
class _Kept:
    """A texture, or several with the same content; holding them keeps their `id()` theirs."""

    number: int
    textures: dict[int, Texture]
    digest: bytes
    used: float


class TextureNumbers:
    """Gives each content a number that is never used again; forgets what is unused. Times in seconds."""

    def __init__(self) -> None:
        self._count = 0
        self._by_id: dict[int, _Kept] = {}
        self._by_digest: dict[bytes, _Kept] = {}
        self._by_number: dict[int, _Kept] = {}
        self._looked = 0.0

    @property
    def known(self) -> Set[int]:
        """The numbers that stand for something."""
        return self._by_number.keys()

    def number(self, texture: Texture, now: float) -> int:
        """The texture's number; the same for the same picture at the same place."""
        kept = self._by_id.get(id(texture)) or self._added(texture)
        kept.used = now
        return kept.number

    def texture(self, number: int) -> Texture:
        """A texture with this known number."""
        return next(iter(self._by_number[number].textures.values()))

    def forget_unused(self, now: float) -> None:
        """Forget what was not used for a while."""
        if now - self._looked < _LOOK_EVERY:
            return
        self._looked = now
        for kept in [kept for kept in self._by_number.values() if now - kept.used > KEEP]:
            del self._by_number[kept.number], self._by_digest[kept.digest]
            for place in kept.textures:
                del self._by_id[place]

    def _added(self, texture: Texture) -> _Kept:
        content = blake2b(texture.rgba.tobytes(), digest_size=16)
        content.update(repr((texture.rgba.shape, texture.origin)).encode())
        digest = content.digest()
        kept = self._by_digest.get(digest)
        if kept is None:
            self._count += 1
            kept = _Kept(self._count, {}, digest, 0.0)
            self._by_digest[digest] = self._by_number[kept.number] = kept
        if len(kept.textures) >= _MOST_ALIKE:
            oldest = next(iter(kept.textures))
            del kept.textures[oldest], self._by_id[oldest]
        kept.textures[id(texture)] = texture
        self._by_id[id(texture)] = kept
        return kept
