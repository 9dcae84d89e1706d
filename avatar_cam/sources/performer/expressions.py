"""The seven emotions as faces, after the actions that are known to show them (FACS numbers in the comments)."""

from __future__ import annotations

from avatar_cam.emotions.vocabulary import Emotion
from avatar_cam.sources.performer.rig import Expression

EXPRESSIONS: dict[Emotion, Expression] = {
    # 6 + 12 + 25: a laugh with teeth.
    "pleasure": Expression(
        smile=1.0, mouth_open=0.75, jaw_drop=0.12, teeth=1.0, cheek_raise=0.9, squint=0.4, brow_outer=0.25, brow_inner=0.15
    ),
    # 1 + 2 + 5 + 26: high round brows, wide eyes, round mouth.
    "upset": Expression(
        brow_inner=0.8, brow_outer=1.0, lid_raise=1.0, mouth_open=0.5, jaw_drop=0.72, mouth_width=-0.6
    ),
    # 4 + 5 + 7 + 23: lowered, drawn together brows, a glare, pressed lips.
    "anger": Expression(
        brow_lower=1.0, brow_outer=0.15, lid_raise=0.45, squint=0.55, lip_press=0.75, corner_depress=0.35, nose_wrinkle=0.35,
        pout=0.25,
    ),
    # 1 + 2 + 4 + 5 + 20 + 26: raised and drawn together brows, wide eyes, stretched mouth.
    "unrest": Expression(
        brow_inner=0.95, brow_outer=0.35, brow_lower=0.3, lid_raise=1.0, mouth_width=0.75, mouth_open=0.45, jaw_drop=0.28,
        corner_depress=0.35, teeth=0.6,
    ),
    # 9 + 10 + 15: wrinkled nose, raised upper lip.
    "wound": Expression(
        nose_wrinkle=1.0, upper_lip_raise=0.9, corner_depress=0.55, brow_lower=0.6, squint=0.7, cheek_raise=0.3,
        mouth_open=0.15, pout=0.3,
    ),
    # 1 + 4 + 15 + 17: inner brows up, drooping lids, corners down, the lower lip pushed out.
    "sadness": Expression(
        brow_inner=0.95, brow_lower=0.25, lid_droop=0.75, corner_depress=1.0, pout=0.8, mouth_width=-0.1, squint=0.2
    ),
    "neutrality": Expression(),
}
