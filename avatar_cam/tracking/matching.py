"""Whose face is whose: by place, size and, where these leave it open, by looks."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence

from avatar_cam.tracking.appearance import unlike
from avatar_cam.tracking.geometry import eye_distance, is_clear, place
from avatar_cam.tracking.person import Person
from avatar_cam.types import Floats

#: Within so many eye distances of where it is expected, a face may be the same person's, and within so many
#: more for each second that it was away.
REACH, REACH_GROWTH = 2.5, 2.0
#: Someone who comes back within so many seconds is known by the place.
NEAR_MEMORY = 2.0
#: Someone who comes back within so many seconds is known anywhere by the looks.
MEMORY = 10.0
#: Who was away for longer than this, seconds, may have been replaced by someone else: the looks must agree.
MOMENT = 0.3
#: What it costs to take a face for a stranger's, where a pair that is as far off, as much of another size (a
#: factor of two) or as unlike as may be costs 1 for each.
_STRANGER = 3.0
#: Of a face that is partly hidden the looks only say whose it is rather, not that it is nobody's: they cost
#: no more than this. Who was away for longer than so many seconds does not come out from behind somebody.
_HALF_HIDDEN, _HIDING = 1.5, 1.0

Describe = Callable[[Floats], Floats | None]


def match(
    people: Sequence[Person], found: Sequence[Floats], time: float, describe: Describe
) -> list[Person | None]:
    """For each found face the person it belongs to; None for a stranger.

    `describe` gives the looks of a face (`appearance.describe`), and is asked only about faces that could be
    several people's, or that of someone who was away.
    """
    placed = [_by_place(people, landmarks, time) for landmarks in found]
    costs = []
    for which, landmarks in enumerate(found):
        if not _is_open(which, placed, people, time):
            costs.append(placed[which])
        elif is_clear(landmarks, found) and not _is_crowd(placed[which], people, time):
            costs.append(_by_looks(people, placed[which], describe(landmarks), time))
        else:
            costs.append(_by_looks_of_a_part(people, placed[which], describe(landmarks)))
    return [None if who is None else people[who] for who in assign(costs, _STRANGER)]


def assign(costs: Sequence[Mapping[int, float]], alone: float) -> tuple[int | None, ...]:
    """For each row one of its keys, none of them twice, or None, which costs `alone`: the cheapest way."""
    # By the rows that are given away already, as bits: the cheapest way so far, and what each row has. There
    # are few rows, and may be many keys, so this goes from key to key.
    best: dict[int, tuple[float, tuple[int | None, ...]]] = {0: (0.0, (None,) * len(costs))}
    for key in dict.fromkeys(key for row in costs for key in row):
        for given, (cost, keys) in list(best.items()):
            for row, own in enumerate(costs):
                if key in own and not given >> row & 1:
                    total, now = cost + own[key], given | 1 << row
                    if now not in best or total < best[now][0]:
                        best[now] = total, (*keys[:row], key, *keys[row + 1 :])
    ways = [(cost + alone * keys.count(None), keys) for cost, keys in best.values()]
    return min(ways, key=lambda way: way[0])[1]


def _by_place(people: Sequence[Person], landmarks: Floats, time: float) -> dict[int, float]:
    """The people whose face this may be, by place and size, and what each costs."""
    at, size = place(landmarks), eye_distance(landmarks)
    costs = {}
    for who, person in enumerate(people):
        away = time - person.last
        was = eye_distance(person.track.landmarks)
        distance = math.dist(at, person.expected(time)) / max(size, was)
        reach = REACH + REACH_GROWTH * away
        if away <= NEAR_MEMORY and distance < reach:
            costs[who] = (distance / reach) ** 2 + math.log2(size / was) ** 2
    return costs


def _is_open(
    which: int, placed: Sequence[Mapping[int, float]], people: Sequence[Person], time: float
) -> bool:
    """Whether place and size leave open whose face that is."""
    candidates = placed[which]
    if len(candidates) != 1:
        return len(people) > 0
    (who,) = candidates
    wanted = any(who in others for other, others in enumerate(placed) if other != which)
    return wanted or people[who].away(time) > MOMENT


def _by_looks(
    people: Sequence[Person], placed: Mapping[int, float], looks: Floats | None, time: float
) -> dict[int, float]:
    """The same, with the looks: some are ruled out, and those who were away are known anywhere."""
    if looks is None:
        return dict(placed)
    costs = {}
    for who, person in enumerate(people):
        away = person.away(time)
        difference = unlike(person.looks, looks) if person.looks is not None else None
        if who in placed:
            if difference is None or difference < 1 or away <= MOMENT:
                costs[who] = placed[who] + (difference or 0.0) ** 2
        elif away > MOMENT and difference is not None and difference < 1:
            costs[who] = 1 + difference**2
    return costs


def _is_crowd(placed: Mapping[int, float], people: Sequence[Person], time: float) -> bool:
    """Whether a face of those may come out from behind another one."""
    return sum(time - people[who].last < _HIDING for who in placed) > 1


def _by_looks_of_a_part(
    people: Sequence[Person], placed: Mapping[int, float], looks: Floats | None
) -> dict[int, float]:
    return {
        who: cost + min(unlike(own, looks) ** 2, _HALF_HIDDEN)
        if looks is not None and (own := people[who].looks) is not None
        else cost
        for who, cost in placed.items()
    }
