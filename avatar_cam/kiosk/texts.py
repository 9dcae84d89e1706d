"""What the booth says, in English and Korean."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Language = Literal["en", "ko"]


@dataclass(frozen=True, slots=True)
class Texts:
    """All words on the screen of one language; `{}` is filled in."""

    invite: str
    invite_more: str
    smile: str
    smile_or_press: str
    hold: str
    ready: str
    nice: str
    scan: str
    scan_more: str
    saving: str
    unsaved: str
    kept: str
    not_kept: str
    press: str
    bye: str
    bye_more: str
    pause: str
    pause_more: str
    pin: str
    nothing_stored: str
    photos_stored: str
    photos_shared: str


TEXTS: dict[Language, Texts] = {
    "en": Texts(
        invite="Come closer!",
        invite_more="Step up and become one of us",
        smile="Smile for a picture",
        smile_or_press="Smile, or press a button, for a picture",
        hold="Hold that smile...",
        ready="Look up here!",
        nice="Looking great!",
        scan="Take it with you",
        scan_more="Scan with your phone, on this Wi-Fi, within {} minutes",
        saving="One moment...",
        unsaved="This picture could not be kept. Sorry!",
        kept="Your picture is kept on this machine only",
        not_kept="This picture is not kept: it is gone in a moment",
        press="Press a button for a picture",
        bye="See you soon!",
        bye_more="That was fun",
        pause="One moment, please",
        pause_more="I am looking for my camera and will be right back",
        pin="Staff only",
        nothing_stored="Nothing is stored here: no pictures, no faces. Visits are only counted.",
        photos_stored="Only a picture that you ask for is stored, on this machine. Visits are only counted.",
        photos_shared=(
            "Only a picture that you ask for is stored, on this machine. "
            "Its code shows it to your phone for {} minutes."
        ),
    ),
    "ko": Texts(
        invite="가까이 오세요!",
        invite_more="앞에 서면 캐릭터로 변신해요",
        smile="웃으면 사진을 찍어요",
        smile_or_press="웃거나 버튼을 누르면 사진을 찍어요",
        hold="그대로 웃어 주세요...",
        ready="여기를 봐 주세요!",
        nice="정말 멋져요!",
        scan="사진을 가져가세요",
        scan_more="이 와이파이에서 {}분 안에 휴대폰으로 스캔하세요",
        saving="잠시만요...",
        unsaved="사진을 저장하지 못했어요. 죄송해요!",
        kept="사진은 이 기기에만 저장돼요",
        not_kept="이 사진은 저장되지 않고 곧 사라져요",
        press="버튼을 누르면 사진을 찍어요",
        bye="또 만나요!",
        bye_more="함께해서 즐거웠어요",
        pause="잠시만 기다려 주세요",
        pause_more="카메라를 찾고 있어요. 곧 돌아올게요",
        pin="관리자 전용",
        nothing_stored="사진도 얼굴도 저장하지 않아요. 방문 횟수만 세요.",
        photos_stored="원해서 찍은 사진만 이 기기에 저장해요. 방문 횟수만 세요.",
        photos_shared="원해서 찍은 사진만 이 기기에 저장하고, 코드로 {}분 동안 볼 수 있어요.",
    ),
}


def privacy(texts: Texts, *, photos: bool, shared_minutes: int | None) -> str:
    """What is and is not stored, in one line."""
    if not photos:
        return texts.nothing_stored
    if shared_minutes is None:
        return texts.photos_stored
    return texts.photos_shared.format(shared_minutes)
