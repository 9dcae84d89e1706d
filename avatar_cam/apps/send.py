"""`avatar-cam send`: tells a running avatar-cam what a key would."""

from __future__ import annotations

from pydantic import TypeAdapter
from websockets.exceptions import InvalidStatus, WebSocketException
from websockets.sync.client import connect
from websockets.sync.connection import Connection

from avatar_cam.console import put
from avatar_cam.errors import AvatarCamError, UsageError
from avatar_cam.overlay.commands import wish_of
from avatar_cam.overlay.messages import Answer, CommandMessage, Done, Refused
from avatar_cam.overlay.serving import authority
from avatar_cam.settings import Settings

#: Seconds that a running avatar-cam may take to listen, and then to answer; its loop looks after each frame.
PATIENCE = 5.0
#: The only answers that this program waits for have this number.
_ID = 1

_answer: TypeAdapter[Done | Refused] = TypeAdapter(Answer)


class NobodyListens(AvatarCamError):
    """There is no avatar-cam that could be told."""


def run_send(words: list[str], settings: Settings) -> None:
    """Send one command and print what came of it.

    Raises UsageError for what is no command, NobodyListens, and AvatarCamError for what could not be done.
    """
    if len(words) > 2:
        raise UsageError(f"a command has two words at most, not {len(words)}: {' '.join(words)}")
    do, value = words[0], words[1] if len(words) == 2 else None
    wish_of(do, value)  # says what makes no sense before anybody is asked
    if settings.overlay_port is None:
        raise UsageError(
            "give the --overlay-port of the avatar-cam that is to be told, here or in the config file"
        )
    place = authority(settings.overlay_host, settings.overlay_port)
    answer = _asked(place, settings.overlay_token, CommandMessage(do=do, value=value, id=_ID))
    if isinstance(answer, Refused):
        raise AvatarCamError(answer.error)
    put(f"{answer.said or 'done'}\n".encode())


def _asked(place: str, token: str | None, command: CommandMessage) -> Done | Refused:
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    try:
        with connect(
            f"ws://{place}/ws",
            additional_headers=headers,
            compression=None,
            open_timeout=PATIENCE,
            close_timeout=1,
            proxy=None,
        ) as socket:
            socket.send(command.model_dump_json())
            return _answered(socket)
    except InvalidStatus as error:
        why = error.response.body.decode("utf-8", "replace").strip() if error.response.body else ""
        raise AvatarCamError(f"avatar-cam at {place} refuses: {why or error}") from error
    except TimeoutError as error:
        raise NobodyListens(f"avatar-cam at {place} does not answer") from error
    except OSError as error:
        raise NobodyListens(f"no avatar-cam listens at {place}; start one with --overlay-port") from error
    except (WebSocketException, ValueError) as error:
        raise NobodyListens(f"what listens at {place} does not speak as avatar-cam does: {error}") from error


def _answered(socket: Connection) -> Done | Refused:
    while True:
        text = socket.recv(timeout=PATIENCE)
        if f'"id":{_ID}' in str(text):
            return _answer.validate_json(text)
