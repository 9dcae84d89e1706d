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
from rich.console import Console
from rich.markup import escape
from rich.table import Column, Table

from avatar_cam import __version__
from avatar_cam.console import complain, talk
from avatar_cam.errors import AvatarCamError, UsageError
from avatar_cam.settings import Settings, load_settings

app = typer.Typer(
    name="avatar-cam",
    help="Wear a character that follows your face and shows your emotion. Everything stays on this machine.",
    add_completion=False,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
characters_app = typer.Typer(help="The installed characters.")
app.add_typer(characters_app, name="characters")

_INTERRUPTED = 130

Command = Callable[..., None]
Config = Annotated[
    Path | None, typer.Option("--config", metavar="FILE", help="Read settings from this TOML file.")
]


def _set_talk(name: str) -> Callable[[bool], None]:
    return lambda wanted: setattr(talk, name, True) if wanted else None


Quiet = Annotated[
    bool, typer.Option("--quiet", "-q", callback=_set_talk("quiet"), help="Say nothing but errors.")
]
Verbose = Annotated[
    bool, typer.Option("--verbose", "-v", callback=_set_talk("verbose"), help="Show tracebacks of errors.")
]


def with_settings(*names: str, live: bool = False) -> Callable[[Command], Command]:
    """Give a command the options of these settings, `--config`, `-q` and `-v`.

    When none is named it gets those that every command has, and with `live` those of the live ones.

    The command's own parameter `settings` gets what defaults, config file and options come to.
    """

    def decorate(command: Command) -> Command:
        options = [_option(name) for name in names or Settings.options(live=live)]
        signature = inspect.signature(command, eval_str=True)
        own = [parameter for name, parameter in signature.parameters.items() if name != "settings"]
        common = [_parameter("config", None, Config), _parameter("quiet", False, Quiet)]
        common.append(_parameter("verbose", False, Verbose))

        @functools.wraps(command)
        def with_options(config: Path | None = None, **values: Any) -> None:
            for name in ("quiet", "verbose"):  # their callbacks have seen to them
                values.pop(name)
            chosen = {option.name: values.pop(option.name) for option in options}
            command(settings=load_settings(config, chosen), **values)

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
    if kind is bool:
        option = typer.Option(f"{flag}/--no-{name}", help=field.description)
    else:
        option = typer.Option(flag, metavar=metavar, help=field.description)
    annotation = Annotated[kind | None, option]  # type: ignore[valid-type]
    return _parameter(name, None, annotation)


def _parameter(name: str, default: object, annotation: object) -> inspect.Parameter:
    return inspect.Parameter(name, inspect.Parameter.KEYWORD_ONLY, default=default, annotation=annotation)


def _show_version(wanted: bool) -> None:
    if wanted:
        print(f"avatar-cam {__version__}")
        raise typer.Exit


@app.callback()
def _common(
    version: Annotated[
        bool, typer.Option("--version", callback=_show_version, is_eager=True, help="Show the version.")
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
        bool, typer.Option("--list-cameras", help="Print the cameras that there are, and do nothing else.")
    ] = False,
) -> None:
    """Show the webcam's picture with characters on the faces, in a window. What `avatar-cam` alone does."""
    from avatar_cam.apps.run import run_live, show_cameras

    if list_cameras:
        show_cameras()
    else:
        run_live(settings)


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
@with_settings("model")
def classify(
    images: Annotated[list[Path], typer.Argument(metavar="IMAGE…", help="Photos, or folders of them.")],
    settings: Settings,
    json: Annotated[bool, typer.Option("--json", help="Print JSON instead of a table.")] = False,
    no_detect: Annotated[
        bool, typer.Option("--no-detect", help="The pictures are face crops already.")
    ] = False,
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
    json: Annotated[bool, typer.Option("--json", help="Print JSON instead of tables.")] = False,
) -> None:
    """Measure what each stage takes on this machine, beside the bare models."""
    from avatar_cam.apps.bench import run_bench

    run_bench(clip, settings, as_json=json)


@characters_app.command("list")
@with_settings("character_dir")
def characters_list(settings: Settings) -> None:
    """List the characters that can be worn."""
    from avatar_cam.characters.library import Library

    library = Library.open(settings.character_dir)
    table = Table("name", "title", "author", "licence", "covers", Column("folder", overflow="fold"))
    for name, character in sorted(library.characters.items()):
        manifest = character.manifest
        cells = (name, manifest.name, manifest.author, manifest.licence, manifest.covers, character.folder)
        table.add_row(*(escape(str(cell)) for cell in cells))  # brackets in a name are no markup
    Console().print(table)
    for fault in library.faults.values():
        complain(f"left out: {fault}")


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
            complain(f"error: {_one_line(error.format_message())} (avatar-cam --help shows what there is)")
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


def _one_line(error: object) -> str:
    return " ".join(str(error).split())
