"""Names of files and members of zips, as they were meant."""

from __future__ import annotations

import os
import re
import unicodedata
import zipfile

#: What systems leave lying about in folders and zips.
_JUNK = frozenset({"__macosx", "@eadir", "thumbs.db", "desktop.ini", "$recycle.bin"})

_SYLLABLE = re.compile("[가-힣]")

#: The flag of a zip's member whose name is in UTF-8.
_UTF8 = 0x800


def composed(name: str) -> str:
    """NFC: a Mac takes Korean syllables apart (NFD), so names are put together before they are compared."""
    return unicodedata.normalize("NFC", name)


def file_name(name: str) -> str:
    """The name of a file or folder on disk, readable and in NFC.

    Korean names from zips without an encoding arrive in two broken ways: as bytes that are no UTF-8 (Python
    keeps them as surrogates), and, from Info-ZIP's unzip, as if they were code page 437. Both are mended.
    """
    try:
        if any("\udc80" <= letter <= "\udcff" for letter in name):
            return composed(os.fsencode(name).decode("cp949"))
        if not name.isascii():
            mended = name.encode("cp437").decode("euc_kr")
            # In code page 437 the bytes of Korean syllables are lines and Greek, those of others are letters.
            if _SYLLABLE.search(mended):
                return composed(mended)
    except UnicodeError:
        pass
    return composed(name)


def member_name(info: zipfile.ZipInfo) -> str:
    """The path of a zip's member, readable, in NFC and with "/".

    Without the flag for UTF-8 a name's bytes say nothing of their encoding, and `zipfile` takes them for code
    page 437. Macs write UTF-8 without the flag, Korean Windows writes CP949; Korean CP949 is no valid UTF-8.
    """
    name = info.filename  # of the extra field for names in UTF-8, if there is one
    if not info.flag_bits & _UTF8 and not name.isascii():
        for encoding in ("utf-8", "cp949"):
            try:
                name = name.encode("cp437").decode(encoding)
                break
            except UnicodeError:
                continue
    return composed(name.replace("\\", "/"))


def is_junk(part: str) -> bool:
    """Whether a file or folder of this name is hidden or a system's own."""
    return part.startswith(".") or part.casefold() in _JUNK
