// What the program sends as bytes: see docs/overlay.md. Everything is little-endian, as all machines with WebGL are.

const FRAME = 1, TEXTURE = 2, FORGET = 3;

/** A message as an object whose `kind` is "frame", "texture", "forget", or "unknown". Arrays share its memory. */
export function read(buffer) {
  const whole = new Uint32Array(buffer, 0, buffer.byteLength >> 2);
  switch (whole[0]) {
    case FRAME: return readFrame(buffer, whole);
    case TEXTURE: return readTexture(buffer, whole);
    case FORGET: return { kind: "forget", numbers: whole.subarray(2, 2 + whole[1]) };
    default: return { kind: "unknown" };
  }
}

function readFrame(buffer, whole) {
  const signed = new Int32Array(buffer), real = new Float32Array(buffer);
  const [, index, width, height, meshCount, placementCount] = whole;
  let at = 6;
  const meshes = [];
  for (let i = 0; i < meshCount; i++) {
    const lattice = signed.subarray(at, at + 4), rows = whole[at + 4], columns = whole[at + 5];
    at += 6;
    meshes.push({ lattice, rows, columns, nodes: real.subarray(at, at + 2 * rows * columns) });
    at += 2 * rows * columns;
  }
  const placements = [];
  for (let i = 0; i < placementCount; i++) {
    const placement = {
      box: signed.subarray(at, at + 4), mesh: whole[at + 4], opacity: real[at + 5],
      light: real.subarray(at + 6, at + 9), textures: [],
    };
    const count = whole[at + 9];
    at += 10;
    for (let k = 0; k < count; k++, at += 2) {
      placement.textures.push({ number: whole[at], weight: real[at + 1] });
    }
    placements.push(placement);
  }
  return { kind: "frame", index, width, height, meshes, placements };
}

function readTexture(buffer, whole) {
  const [, number, width, height] = whole;
  const [x, y] = new Int32Array(buffer, 16, 2);
  return { kind: "texture", number, width, height, x, y, rgba: new Uint8Array(buffer, 24, 4 * width * height) };
}
