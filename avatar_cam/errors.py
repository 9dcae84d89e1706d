"""Every error this program raises on purpose.

AvatarCamError            one clear line: what is wrong, where, what to do   (exit status 1)
├── SourceError           a camera, video or picture cannot be read
│   ├── CameraBusy        another program holds the camera
│   └── CameraGone        the camera is not there, or gives no pictures
├── SinkError             an output cannot be written
├── ModelError            a model, its card, or both together are unusable
├── PackError             a character pack is missing or broken
└── UsageError            options or a config file that make no sense        (exit status 2)

A face that is not there is `None` or an empty list, never an error.
"""


class AvatarCamError(Exception):
    """Base of all errors shown to the user; `str(error)` is the whole message, on one line."""

    exit_status = 1


class SourceError(AvatarCamError):
    """A camera, video or picture cannot be opened or read any further."""


class CameraBusy(SourceError):
    """Another program holds the camera; it may let go."""


class CameraGone(SourceError):
    """The camera is not there, or gives no pictures; it may come back."""


class SinkError(AvatarCamError):
    """An output cannot be created or written."""


class ModelError(AvatarCamError):
    """A model file, or the card beside it, is missing, broken, or they do not fit each other."""


class PackError(AvatarCamError):
    """A character pack is unknown or broken."""


class UsageError(AvatarCamError):
    """The command line or the config file asks for something that does not exist."""

    exit_status = 2
