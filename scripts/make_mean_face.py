"""Make avatar_cam/tracking/mean_face.npy: FaceMesh's landmarks of a mean, frontal, neutral face.

    python scripts/make_mean_face.py FER2013_FOLDER

FaceMesh's own canonical mesh is not in its wheel. This is the generalised Procrustes mean (Gower, 1975) of
the 3-D landmarks that FaceMesh gives for the neutral faces of FER2013's training split that look straight
into the camera, made symmetric. Its orientation is their mean orientation.
"""

from __future__ import annotations

import csv
import io
import sys
import zipfile
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from avatar_cam.tracking.facemesh import FaceMesh
from avatar_cam.tracking.head import fit_rigid

OUT = Path(__file__).parents[1] / "avatar_cam" / "tracking" / "mean_face.npy"
FACES = 600
POINTS = 468
RIGHT_EYE, LEFT_EYE = [33, 133], [362, 263]

Points = NDArray[np.float64]


def neutral_faces(folder: Path) -> list[str]:
    """Names of training faces that at least nine of ten FER+ annotators call neutral."""
    with (folder / "fer2013new.csv").open(newline="") as file:
        rows = [row for row in csv.DictReader(file) if row["Image name"]]
    return [r["Image name"] for r in rows if r["Usage"] == "Training" and int(r["neutral"]) >= 9]


def normalised(landmarks: Points) -> Points:
    """Eyes' distance 1, origin between the eyes; not turned."""
    eyes = landmarks[RIGHT_EYE].mean(axis=0), landmarks[LEFT_EYE].mean(axis=0)
    moved: Points = landmarks - (eyes[0] + eyes[1]) / 2
    return moved / np.linalg.norm(eyes[1] - eyes[0])


def frontal_landmarks(folder: Path) -> Points:
    """Landmarks of frontal neutral faces, (N, 468, 3)."""
    found: list[Points] = []
    with zipfile.ZipFile(folder / "ferplus_images.zip") as archive, FaceMesh(1, still=True) as mesh:
        for name in neutral_faces(folder):
            data = np.frombuffer(archive.read(f"FER2013Train/{name}"), np.uint8)
            small = cv2.imdecode(data, cv2.IMREAD_COLOR)
            picture = cv2.resize(small, (192, 192), interpolation=cv2.INTER_CUBIC)
            for landmarks in mesh.find(np.asarray(picture, np.uint8)):
                points = normalised(landmarks[:POINTS].astype(np.float64))
                eyes = points[LEFT_EYE].mean(axis=0) - points[RIGHT_EYE].mean(axis=0)
                cheeks = points[454] - points[234]  # the face's two sides: as deep as each other when frontal
                if abs(eyes[2]) < 0.03 and abs(cheeks[2]) < 0.08 and abs(eyes[1]) < 0.12:
                    found.append(points)
            if len(found) >= FACES:
                break
    return np.stack(found)


def procrustes_mean(faces: Points) -> Points:
    mean: Points = faces.mean(axis=0)
    for _ in range(10):
        aligned = []
        for face in faces:
            rotation, scale, translation = fit_rigid(face, mean)
            aligned.append(scale * face @ rotation.T + translation)
        mean = normalised(np.mean(aligned, axis=0))
    # The first fit is to the plain mean, so the orientation stays that of the faces.
    return mean


def symmetric(face: Points) -> Points:
    mirrored = face * [-1, 1, 1]
    partner = np.linalg.norm(face[:, None] - mirrored[None], axis=2).argmin(axis=1)
    even: Points = normalised((face + mirrored[partner]) / 2)
    return even


def main() -> None:
    faces = frontal_landmarks(Path(sys.argv[1]))
    mean = symmetric(procrustes_mean(faces)).astype(np.float32)
    buffer = io.BytesIO()
    np.save(buffer, mean)
    OUT.write_bytes(buffer.getvalue())
    print(f"{len(faces)} faces, {OUT.name}: {len(buffer.getvalue())} bytes")


if __name__ == "__main__":
    main()
