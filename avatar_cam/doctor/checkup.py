"""All checks, in the order in which they are told."""

from __future__ import annotations

import tempfile
from functools import partial
from pathlib import Path

import platformdirs

from avatar_cam.doctor.cameras import check_cameras
from avatar_cam.doctor.config import Read, check_config
from avatar_cam.doctor.display import check_display
from avatar_cam.doctor.faces import check_faces
from avatar_cam.doctor.folders import check_folders
from avatar_cam.doctor.kernel import check_kernel
from avatar_cam.doctor.licences import check_licences
from avatar_cam.doctor.machine import check_memory, check_python, facts
from avatar_cam.doctor.model import check_model
from avatar_cam.doctor.packs import check_packs
from avatar_cam.doctor.port import check_port
from avatar_cam.doctor.running import Check
from avatar_cam.doctor.virtual_camera import check_virtual_camera
from avatar_cam.logs import log_folder
from avatar_cam.settings import Settings
from avatar_cam.system import System

#: Seconds: cameras are looked at one after another, and decoding packs takes a while.
_MANY_CAMERAS, _MANY_PACKS, _MODEL, _FACES = 200.0, 120.0, 30.0, 70.0


def all_checks(system: System, config: Path | None) -> list[Check]:
    """Every check, with the settings of the config file, or without one that is broken."""
    read = Read.of(config)
    settings = read.settings
    model = partial(check_model, system, settings.model)
    cameras = partial(check_cameras, system, settings.camera, settings.size, settings.fps)
    return [
        Check("python", lambda: check_python(system, facts())),
        Check("memory", lambda: check_memory(facts())),
        Check("config file", lambda: check_config(read)),
        Check("cameras", cameras, _MANY_CAMERAS),
        Check("display", check_display),
        Check("virtual camera", partial(check_virtual_camera, system, settings.device)),
        Check("model", model, _MODEL),
        Check("faces", partial(check_faces, system, settings.model, settings.fps), _FACES),
        Check("drawing", partial(check_kernel, system)),
        Check("packs", partial(check_packs, system, settings.character_dir), _MANY_PACKS),
        Check("folders", partial(check_folders, system, _folders(settings))),
        Check("overlay port", partial(check_port, settings.overlay_host, settings.overlay_port)),
        Check("licences", partial(check_licences, system)),
    ]


def _folders(settings: Settings) -> dict[str, Path]:
    if settings.save_dir is not None:
        keepsakes = {"snapshots and recordings": settings.save_dir}
    else:
        keepsakes = {
            "snapshots": platformdirs.user_pictures_path() / "avatar-cam",
            "recordings": platformdirs.user_videos_path() / "avatar-cam",
        }
    return keepsakes | {"logs": log_folder(), "temporary files": Path(tempfile.gettempdir())}
