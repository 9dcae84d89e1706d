"""Bytes for the page, read back as docs/overlay.md describes them."""

from __future__ import annotations

import struct
from dataclasses import replace

import numpy as np

from avatar_cam.overlay.textures import KEEP, TextureNumbers
from avatar_cam.overlay.wire import forget_bytes, frame_bytes, texture_bytes
from avatar_cam.types import Texture
from tests.factories import disc, placed, texture


def test_a_frame_is_read_back() -> None:
    first, second = texture(disc(32)), texture(disc(24, (255, 0, 0)), (3, -4))
    one = placed((first, 0.75), (second, 0.25), box=(10, 20, 42, 52), art=(0, 0, 32, 32), opacity=0.5)
    other = replace(one, textures=((second, 1.0),), box=(0, 0, 5, 6), opacity=1.0, light=(0.5, 0.25, 1.0))
    far = placed((first, 1.0), box=(100, 100, 132, 132), art=(0, 0, 32, 32), nodes=4)
    numbers = {id(first): 7, id(second): 9}
    content = frame_bytes(12, (640, 360), (one, other, far), lambda texture: numbers[id(texture)])

    assert len(content) % 4 == 0
    assert struct.unpack_from("<6I", content) == (1, 12, 640, 360, 2, 3), "parts of one mesh share it"
    at = 24
    for placement in (one, far):
        rows, columns = placement.uv.shape[:2]
        assert struct.unpack_from("<4i2I", content, at) == (*placement.lattice, rows, columns)
        nodes = np.frombuffer(content, "<f4", rows * columns * 2, at + 24).reshape(placement.uv.shape)
        np.testing.assert_array_equal(nodes, placement.uv)
        at += 24 + nodes.nbytes
    for placement, mesh in ((one, 0), (other, 0), (far, 1)):
        head = struct.unpack_from("<4iI4fI", content, at)
        assert head == (*placement.box, mesh, placement.opacity, *placement.light, len(placement.textures))
        at += 40
        for shown, weight in placement.textures:
            assert struct.unpack_from("<If", content, at) == (numbers[id(shown)], weight)
            at += 8
    assert at == len(content)


def test_a_texture_is_read_back() -> None:
    whole = texture(disc(32, (200, 100, 50), 128), (5, -6))
    cut = Texture(whole.rgba[4:20, 3:30], (8, -2))  # shares memory that it does not fill
    content = texture_bytes(3, cut)
    assert struct.unpack_from("<4I2i", content) == (2, 3, 27, 16, 8, -2)
    np.testing.assert_array_equal(np.frombuffer(content, np.uint8, offset=24).reshape(16, 27, 4), cut.rgba)


def test_what_is_to_be_forgotten() -> None:
    assert struct.unpack("<4I", forget_bytes([5, 8])) == (3, 2, 5, 8)


def test_a_picture_has_one_number_wherever_it_comes_from() -> None:
    numbers = TextureNumbers()
    first = numbers.number(texture(disc(32)), 0)
    assert numbers.number(texture(disc(32)), 0) == first, "a pack that was loaded anew"
    assert numbers.number(texture(disc(32), (1, 0)), 0) != first, "another place in the artwork"
    assert numbers.number(texture(disc(32, alpha=200)), 0) != first
    np.testing.assert_array_equal(numbers.texture(first).rgba, texture(disc(32)).rgba)


def test_numbers_of_what_is_unused_are_forgotten_and_not_given_again() -> None:
    numbers = TextureNumbers()
    often, once = texture(disc(32)), texture(disc(24))
    kept, gone = numbers.number(often, 0), numbers.number(once, 0)
    numbers.number(often, KEEP)
    numbers.forget_unused(KEEP - 1)
    assert numbers.known == {kept, gone}
    numbers.forget_unused(KEEP + 10)
    assert numbers.known == {kept}
    assert numbers.number(once, KEEP + 10) not in (kept, gone)


def test_a_pack_that_is_decoded_again_and_again_takes_no_more_memory() -> None:
    numbers = TextureNumbers()
    alive = [texture(disc(16)) for _ in range(50)]
    assert len({numbers.number(each, 0) for each in alive}) == 1
    assert len(numbers._by_id) <= 4
