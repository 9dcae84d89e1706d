"""The seven emotions as faces, after the actions that show them (FACS numbers in the comments)."""

from __future__ import annotations

from avatar_cam.emotions.vocabulary import Emotion
from avatar_cam.sources.performer.rig import Expression

EXPRESSIONS: dict[Emotion, Expression] = {
    # 6 + 12 + 25: a laugh with teeth.
    "pleasure": Expression(
        smile=1.0,
        mouth_open=0.75,
        jaw_drop=0.12,
        teeth=1.0,
        cheek_raise=0.9,
        squint=0.4,
        brow_outer=0.25,
        brow_inner=0.15,
    ),
    # 1 + 2 + 5 + 26: high round brows, wide eyes, round mouth.
    "upset": Expression(
        brow_inner=0.8, brow_outer=1.0, lid_raise=1.0, mouth_open=0.5, jaw_drop=0.72, mouth_width=-0.6
    ),
    # 4 + 5 + 7 + 9 + 10 + 25 + 26: lowered, drawn together brows, a glare, bared teeth.
    "anger": Expression(
        brow_lower=1.3,
        lid_raise=0.65,
        squint=0.6,
        nose_wrinkle=0.95,
        upper_lip_raise=0.85,
        mouth_open=1.0,
        jaw_drop=0.62,
        teeth=1.0,
        lower_teeth=0.6,
        mouth_width=0.22,
        corner_depress=0.45,
        cheek_raise=0.3,
    ),
    # 1 + 2 + 4 + 5 + 20 + 26: raised and drawn together brows, wide eyes, stretched mouth.
    "unrest": Expression(
        brow_inner=1.2,
        lid_raise=1.1,
        brow_lower=0.05,
        mouth_width=0.75,
        mouth_open=0.55,
        jaw_drop=0.32,
        corner_depress=0.85,
        teeth=1.0,
        lower_teeth=0.65,
        upper_lip_raise=0.45,
    ),
    # 4 + 9 + 10 + 15 + 26: wrinkled nose, raised upper lip, narrow eyes, a mouth that says "ugh".
    "wound": Expression(
        nose_wrinkle=0.29,
        upper_lip_raise=0.98,
        corner_depress=0.81,
        brow_lower=0.93,
        brow_inner=0.32,
        squint=1.13,
        lid_droop=0.38,
        cheek_raise=0.98,
        mouth_open=0.82,
        jaw_drop=0.08,
        mouth_width=-0.26,
        lip_press=0.47,
        teeth=0.5,
        pout=0.8,
    ),
    # 1 + 4 + 10 + 15 + 17 + 25: inner brows up, drooping lids, corners down, about to cry.
    "sadness": Expression(
        brow_inner=1.15,
        brow_lower=0.1,
        lid_droop=0.9,
        corner_depress=1.15,
        pout=0.3,
        mouth_open=0.7,
        squint=0.45,
        cheek_raise=0.4,
        upper_lip_raise=0.4,
        nose_wrinkle=0.25,
    ),
    "neutrality": Expression(smile=0.14, brow_inner=0.08, brow_outer=0.05),
}
