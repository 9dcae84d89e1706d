"""What is done with a chunk, in whatever process it lands: pictures in, a part of a shard out."""

from __future__ import annotations

import pickle
import threading
from collections.abc import Sequence, Set
from dataclasses import dataclass

import cv2

from training.datasets.base import Damaged, DataSet, Example, LeftOut
from training.prepare.cropping import Cropper
from training.prepare.pictures import Unusable
from training.prepare.settings import Settings
from training.shards import Face, Shard, packed

#: Why a picture is left out that ends the process which works on it.
DEADLY = "crashes a library, or takes too much memory"


@dataclass(frozen=True, slots=True)
class Job:
    """What all chunks have in common; goes to processes as bytes, so that each knows it again cheaply."""

    data: DataSet
    settings: Settings

    def as_bytes(self) -> bytes:
        """For `work`."""
        return pickle.dumps(self)


class Workshop:
    """A thread's own data set and face finder."""

    def __init__(self, job: Job) -> None:
        self._data = job.data
        self._cropper = Cropper(job.settings, job.data.framing)

    def work(self, examples: Sequence[Example], deadly: Set[str]) -> Shard:
        """Their faces, and those that are none, in the order of `examples`.

        Those whose keys are in `deadly` are not looked at. Raises SourceError where the data set cannot be
        read any more.
        """
        results = [
            LeftOut(example.key, DEADLY) if example.key in deadly else self._face(example)
            for example in examples
        ]
        return Shard(
            [result for result in results if isinstance(result, Face)],
            [result for result in results if isinstance(result, LeftOut)],
        )

    def _face(self, example: Example) -> Face | LeftOut:
        assert example.split is not None, "the plan gives every example its split"
        try:
            cropped = self._cropper.crop(self._data.read(example), example.boxes)
        except Unusable as error:
            return LeftOut(example.key, str(error))
        except Damaged:
            return LeftOut(example.key, "cannot be read")
        except cv2.error:
            return LeftOut(example.key, "OpenCV cannot handle it")
        except MemoryError:
            return LeftOut(example.key, "takes too much memory")
        return Face(
            example.key,
            example.person,
            example.split,
            example.labels,
            cropped.found,
            cropped.crop,
            cropped.raw,
        )


_here = threading.local()


def work(job: bytes, examples: Sequence[Example], deadly: Set[str] = frozenset()) -> bytes:
    """The part of a shard, packed, that comes of `examples`; `job` is a pickled `Job`, `deadly` some keys.

    Raises SourceError where the data set cannot be read any more.
    """
    if getattr(_here, "job", None) != job:
        # One picture is worked on by one thread: there are as many as there are cores.
        cv2.setNumThreads(1)
        _here.workshop = Workshop(pickle.loads(job))
        _here.job = job
    workshop: Workshop = _here.workshop
    return packed(workshop.work(examples, deadly))
