"""The command line: options in, settings out, one clear line for what goes wrong."""

from __future__ import annotations

import errno
import functools
import inspect
import io
import os
import signal
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any

import typer
from pydantic.fields import FieldInfo
from rich.console import Console

from avatar_cam import __version__
from avatar_cam.console import complain, talk
from avatar_cam.errors import AvatarCamError, UsageError
from avatar_cam.logs import hush, log_to_terminal
from avatar_cam.settings import Loaded, Settings, all_options, load

app = typer.Typer(
    name="avatar-cam",
    help="Wear a character that follows your face and shows your emotion. Everything stays on this machine.",
    add_completion=False,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
characters_app = typer.Typer(help="The installed characters.")
app.add_typer(characters_app, name="characters")
config_app = typer.Typer(help="The config file.")
app.add_typer(config_app, name="config")

_INTERRUPTED = 130

Command = Callable[..., None]
Config = Annotated[
    Path | None, typer.Option("--config", metavar="FILE", help="Read settings from this TOML file.")
]


def _be_quiet(wanted: bool) -> None:
    if wanted:
        talk.quiet = True


def _be_verbose(wanted: bool) -> None:
    if wanted:
        talk.verbose = True
        log_to_terminal()


def _flag(*names: str, **options: Any) -> Any:
    """An option that takes no value; Typer would name its kind, which tells nobody anything."""
    return typer.Option(*names, metavar="", **options)


Quiet = Annotated[bool, _flag("--quiet", "-q", callback=_be_quiet, help="Say nothing but errors.")]
Verbose = Annotated[
    bool,
    _flag(
        "--verbose",
        "-v",
        callback=_be_verbose,
        help="Say what is opened and healed; show tracebacks.",
    ),
]


def with_settings(
    *names: str, live: bool = False, stream: bool = False, kiosk: bool = False, without: str | None = None
) -> Callable[[Command], Command]:
    """Give a command the options of these settings, `--config`, `-q` and `-v`.

    When none is named it gets those that every command has, with `live` those of the live ones, and with
    `stream` or `kiosk` its own; `without` is one that means nothing to it.

    The command's own parameter `settings` gets what defaults, config file and options come to; one that is
    annotated with `Loaded` also learns which of them it was.
    """

    def decorate(command: Command) -> Command:
        options = [
            _option(name)
            for name in names or Settings.options(live=live, stream=stream, kiosk=kiosk)
            if name != without
        ]
        signature = inspect.signature(command, eval_str=True)
        whole = signature.parameters["settings"].annotation is Loaded
        own = [parameter for name, parameter in signature.parameters.items() if name != "settings"]
        common = [_parameter("config", None, Config), _parameter("quiet", False, Quiet)]
        common.append(_parameter("verbose", False, Verbose))

        @functools.wraps(command)
        def with_options(config: Path | None = None, **values: Any) -> None:
            for name in ("quiet", "verbose"):  # their callbacks have seen to them
                values.pop(name)
            chosen = {option.name: values.pop(option.name) for option in options}
            loaded = load(config, chosen)
            command(settings=loaded if whole else loaded.settings, **values)

        # Typer reads a command's options off its signature.
        keyword_only = [parameter.replace(kind=inspect.Parameter.KEYWORD_ONLY) for parameter in own]
        parameters = [*keyword_only, *options, *common]
        with_options.__signature__ = inspect.Signature(parameters)  # type: ignore[attr-defined]
        with_options.__annotations__ = {parameter.name: parameter.annotation for parameter in parameters}
        return with_options

    return decorate


def _option(name: str) -> inspect.Parameter:
    field = Settings.model_fields[name]
    assert isinstance(field.json_schema_extra, dict)
    metavar = str(field.json_schema_extra["metavar"])
    flag = f"--{name.replace('_', '-')}"
    # Emotions are checked with all other settings, so that a config file and an option are told off alike.
    kind = next((kind for kind in (bool, int, Path) if field.annotation in (kind, kind | None)), str)
    told = (field.description or "").removesuffix(".") + _default_of(field)
    if kind is bool:
        option = _flag(f"{flag}/--no-{flag.removeprefix('--')}", help=told)
    else:
        option = typer.Option(flag, metavar=metavar, help=told)
    annotation = Annotated[kind | None, option]  # type: ignore[valid-type]
    return _parameter(name, None, annotation)


def _default_of(field: FieldInfo) -> str:
    """How an option's help ends: with the default, if it is one that can be said."""
    match field.default:
        case bool(on):
            return f"; default {'on' if on else 'off'}."
        case (width, height):
            return f"; default {width}x{height}."
        case str() | int() | float():
            return f"; default {field.default}."
    return "."


def _parameter(name: str, default: object, annotation: object) -> inspect.Parameter:
    return inspect.Parameter(name, inspect.Parameter.KEYWORD_ONLY, default=default, annotation=annotation)


def _show_version(wanted: bool) -> None:
    if wanted:
        print(f"avatar-cam {__version__}")
        raise typer.Exit


@app.callback()
def _common(
    version: Annotated[
        bool,
        _flag("--version", callback=_show_version, is_eager=True, help="Show the version."),
    ] = False,
    quiet: Quiet = False,
    verbose: Verbose = False,
) -> None:
    """Options before the command."""


@app.command()
@with_settings(live=True)
def run(
    settings: Settings,
    list_cameras: Annotated[
        bool,
        _flag("--list-cameras", help="Print the cameras that there are, and do nothing else."),
    ] = False,
) -> None:
    """Show the webcam's picture with characters on the faces, in a window. What `avatar-cam` alone does."""
    from avatar_cam.apps.run import run_live, show_cameras

    if list_cameras:
        show_cameras()
    else:
        run_live(settings)


@app.command()
@with_settings(live=True, stream=True)
def stream(settings: Settings) -> None:
    """Send the webcam's picture, with characters on the faces, to a virtual camera, for OBS, Zoom."""
    from avatar_cam.apps.stream import run_stream

    run_stream(settings)


@app.command()
@with_settings(live=True, kiosk=True, without="save_dir")
def kiosk(
    settings: Settings,
    window: Annotated[bool, _flag("--window", help="In a window, to try it out.")] = False,
) -> None:
    """Run a booth: full screen, unattended, all day. Nothing is stored unless you say so."""
    from avatar_cam.apps.kiosk import run_kiosk

    run_kiosk(settings, fullscreen=not window)


@app.command()
@with_settings()
def demo(settings: Settings) -> None:
    """Show the whole program on a performer that it draws itself: no camera needed.

    In a window where there is a display; else demo.mp4 and demo.png are written to this folder.
    """
    from avatar_cam.apps.demo import run_demo

    run_demo(settings)


@app.command()
@with_settings()
def render(
    source: Annotated[Path, typer.Argument(metavar="INPUT", help="A video, a photo or a folder of photos.")],
    output: Annotated[
        Path,
        typer.Option("--output", "-o", metavar="OUTPUT", help="Where to write it; a folder for a folder."),
    ],
    settings: Settings,
) -> None:
    """Put a character into a video, a photo or a folder of photos."""
    from avatar_cam.apps.render import run_render

    run_render(source, output, settings)


@app.command()
@with_settings("overlay_port")
def send(
    command: Annotated[
        list[str],
        typer.Argument(
            metavar="COMMAND…", help="character NAME, hold EMOTION|off, overlay on|off, snapshot, record, …"
        ),
    ],
    settings: Settings,
) -> None:
    """Tell an avatar-cam that runs with --overlay-port what a key would: for system-wide hotkeys."""
    from avatar_cam.apps.send import run_send

    run_send(command, settings)


@app.command()
@with_settings("model")
def classify(
    images: Annotated[list[Path], typer.Argument(metavar="IMAGE…", help="Photos, or folders of them.")],
    settings: Settings,
    json: Annotated[bool, _flag("--json", help="Print JSON instead of a table.")] = False,
    no_detect: Annotated[bool, _flag("--no-detect", help="The pictures are face crops already.")] = False,
) -> None:
    """Print the emotion probabilities of each face in each picture."""
    from avatar_cam.apps.classify import run_classify

    if not run_classify(images, settings.model, as_json=json, detect=not no_detect):
        raise typer.Exit(1)


@app.command()
@with_settings("character", "character_dir", "faces", "pose", "model", "emotion")
def bench(
    clip: Annotated[Path, typer.Argument(metavar="CLIP", help="A video.")],
    settings: Settings,
    json: Annotated[bool, _flag("--json", help="Print JSON instead of tables.")] = False,
) -> None:
    """Measure what each stage takes on this machine, beside the bare models."""
    from avatar_cam.apps.bench import run_bench

    run_bench(clip, settings, as_json=json)


@characters_app.command("list")
@with_settings("character_dir")
def characters_list(settings: Settings) -> None:
    """List the characters that can be worn, and what is wrong with those that cannot."""
    from avatar_cam.apps.pack_list import run_list

    run_list(settings.character_dir)


@characters_app.command("show")
@with_settings("character_dir")
def characters_show(
    name: Annotated[str, typer.Argument(metavar="NAME", help="A character, as in the list.")],
    settings: Settings,
    output: Annotated[
        Path | None, typer.Option("--output", "-o", metavar="FILE.png", help="Default: NAME.png, here.")
    ] = None,
) -> None:
    """Write a picture with all emotions of a character, eyes and mouth open and closed."""
    from avatar_cam.apps.pack_sheet import run_show

    run_show(name, output, settings.character_dir)


@characters_app.command("check")
@with_settings("character_dir")
def characters_check(
    pack: Annotated[str, typer.Argument(metavar="DIR|NAME", help="A pack's folder, or a name in the list.")],
    settings: Settings,
) -> None:
    """Print all that is wrong with a pack, or might be; the status is 1 when there is a fault."""
    from avatar_cam.apps.pack_check import run_check

    if not run_check(pack, settings.character_dir):
        raise typer.Exit(1)


@characters_app.command("new")
def characters_new(
    name: Annotated[str, typer.Argument(metavar="NAME", help="Its name, and that of its folder.")],
    folder: Annotated[
        Path | None, typer.Option("--dir", metavar="FOLDER", help="Where; default: among your own packs.")
    ] = None,
    quiet: Quiet = False,
    verbose: Verbose = False,
) -> None:
    """Write a simple pack that works, with its drawing, to make your own of."""
    from avatar_cam.apps.pack_starter import run_new

    run_new(name, folder)


@config_app.command("init")
def config_init(
    config: Config = None,
    force: Annotated[
        bool,
        _flag("--force", help="Replace the file that is there; a copy of it is kept."),
    ] = False,
    quiet: Quiet = False,
    verbose: Verbose = False,
) -> None:
    """Write a config file with every setting in it, each with a comment."""
    from avatar_cam.apps.config import run_init

    run_init(config, force=force)


@config_app.command("show")
@with_settings(*all_options())
def config_show(settings: Loaded) -> None:
    """Print the settings as they are with this config file and these options, and where each comes from."""
    from avatar_cam.apps.config import run_show

    run_show(settings)


@config_app.command("path")
def config_path(config: Config = None, quiet: Quiet = False, verbose: Verbose = False) -> None:
    """Print where the config file lies."""
    from avatar_cam.apps.config import run_path

    run_path(config)


@app.command()
def doctor(
    config: Config = None,
    json: Annotated[bool, _flag("--json", help="Print JSON instead of words.")] = False,
    quiet: Quiet = False,
    verbose: Verbose = False,
) -> None:
    """Check cameras, virtual camera, display, model, packs and the rest, and say what mends each fault."""
    from avatar_cam.apps.doctor import run_doctor

    if not run_doctor(config, as_json=json):
        raise typer.Exit(1)


def main() -> None:
    """The `avatar-cam` command."""
    _mend_streams()
    _heed_signals()
    raise SystemExit(execute(sys.argv[1:]))


def _mend_streams() -> None:
    """Standard streams that take whatever is written to them."""
    # A file that is opened where one of them is closed would take its number, and what C++ code logs.
    while (free := os.open(os.devnull, os.O_RDWR)) <= 2:
        pass
    os.close(free)
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):  # it is None where it is closed
            stream.reconfigure(errors="backslashreplace")


def _heed_signals() -> None:
    """What asks the program to end does so as Ctrl-C does, unless it is ignored, as with `nohup`."""
    for name in ("SIGTERM", "SIGHUP"):
        number = getattr(signal, name, None)
        if number is not None and signal.getsignal(number) == signal.SIG_DFL:
            signal.signal(number, signal.default_int_handler)


def execute(arguments: list[str]) -> int:
    """Run one command line and return its exit status: 0 done, 1 failed, 2 wrong usage, 130 interrupted.

    What is not an `AvatarCamError` is a fault of the program, and said to be one.
    """
    talk.quiet = talk.verbose = False
    hush()
    try:
        status = typer.main.get_command(app)(
            _with_command(arguments), prog_name="avatar-cam", standalone_mode=False
        )
        if status == _INTERRUPTED:  # what Typer makes of Ctrl-C
            complain("interrupted")
        return status if isinstance(status, int) else 0
    except (KeyboardInterrupt, typer.Abort):
        complain("interrupted")
        return _INTERRUPTED
    except BrokenPipeError:
        # Whoever read our output has gone, as `head` does; Python would complain once more when it flushes.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    except typer.Exit as done:
        return done.exit_code
    except Exception as error:
        if talk.verbose and not isinstance(error, typer.TyperException):
            Console(stderr=True).print_exception()
        return _failed(error)


def _with_command(arguments: list[str]) -> list[str]:
    """The command line with `run` put in where no command stands."""
    common = ("-q", "--quiet", "-v", "--verbose")
    at = next((at for at, word in enumerate(arguments) if word not in common), len(arguments))
    named = at < len(arguments) and (
        arguments[at] in ("-h", "--help", "--version") or not arguments[at].startswith("-")
    )
    return arguments if named else [*arguments[:at], "run", *arguments[at:]]


def _failed(error: Exception) -> int:
    match error:
        case AvatarCamError():
            complain(f"error: {_one_line(error)}")
            return error.exit_status
        case typer.TyperException():
            what = _one_line(error.format_message())
            complain(f"error: {what} ({_command_of(error)} --help shows what there is)")
            return UsageError.exit_status
        case MemoryError():
            complain("error: out of memory; give it fewer or smaller pictures")
            return 1
        case OSError(errno=errno.ENOSPC):
            complain("error: the disk is full; free some space, or write to another disk")
            return 1
        case _:
            what = f"{type(error).__name__}: {_one_line(error)}"
            complain(f"error: {what}; this is a fault in avatar-cam (-v shows more)")
            return 1


def _command_of(error: typer.TyperException) -> str:
    """The command whose help is of use."""
    context = getattr(error, "ctx", None)
    return str(context.command_path) if context is not None else "avatar-cam"


def _one_line(error: object) -> str:
    return " ".join(str(error).split())
