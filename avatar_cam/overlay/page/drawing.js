import { FADE_FRAGMENT, FADE_VERTEX, MESH_VERTEX, meshFragment } from "./shaders.js";

/** Draws frames on a canvas: alpha is premultiplied everywhere. Throws where there is no WebGL 2. */
export class Drawing {
  constructor(canvas, { mirror = false } = {}) {
    this.canvas = canvas;
    this.mirror = mirror;
    const gl = canvas.getContext("webgl2", { alpha: true, premultipliedAlpha: true, antialias: false, depth: false });
    if (!gl) throw new Error("this browser has no WebGL 2; switch hardware acceleration on");
    this.gl = gl;
    this.textures = new Map();   // number → { texture, area }
    this.programs = new Map();   // how many textures → program
    const square = gl.createBuffer();
    gl.bindBuffer(gl.ARRAY_BUFFER, square);
    gl.bufferData(gl.ARRAY_BUFFER, new Float32Array([0, 0, 1, 0, 0, 1, 1, 1]), gl.STATIC_DRAW);
    gl.enableVertexAttribArray(0);
    gl.vertexAttribPointer(0, 2, gl.FLOAT, false, 0, 0);
    gl.enable(gl.BLEND);
    gl.blendFunc(gl.ONE, gl.ONE_MINUS_SRC_ALPHA);
    gl.pixelStorei(gl.UNPACK_ALIGNMENT, 1);
    this.nodes = this.plainTexture();
    this.face = null;            // where a face that fades is drawn
    this.fade = program(gl, FADE_VERTEX, FADE_FRAGMENT);
  }

  plainTexture() {
    const gl = this.gl, texture = gl.createTexture();
    gl.bindTexture(gl.TEXTURE_2D, texture);
    for (const which of [gl.TEXTURE_MIN_FILTER, gl.TEXTURE_MAG_FILTER]) gl.texParameteri(gl.TEXTURE_2D, which, gl.NEAREST);
    for (const which of [gl.TEXTURE_WRAP_S, gl.TEXTURE_WRAP_T]) gl.texParameteri(gl.TEXTURE_2D, which, gl.CLAMP_TO_EDGE);
    return texture;
  }

  add({ number, width, height, x, y, rgba }) {
    const gl = this.gl, texture = gl.createTexture();
    gl.activeTexture(gl.TEXTURE0);
    gl.bindTexture(gl.TEXTURE_2D, texture);
    gl.texImage2D(gl.TEXTURE_2D, 0, gl.RGBA8, width, height, 0, gl.RGBA, gl.UNSIGNED_BYTE, rgba);
    gl.generateMipmap(gl.TEXTURE_2D);
    gl.texParameteri(gl.TEXTURE_2D, gl.TEXTURE_MIN_FILTER, gl.LINEAR_MIPMAP_LINEAR);
    gl.texParameteri(gl.TEXTURE_2D, gl.TEXTURE_MAG_FILTER, gl.LINEAR);
    for (const which of [gl.TEXTURE_WRAP_S, gl.TEXTURE_WRAP_T]) gl.texParameteri(gl.TEXTURE_2D, which, gl.CLAMP_TO_EDGE);
    this.forget([number]);
    this.textures.set(number, { texture, area: [x, y, width, height] });
  }

  forget(numbers) {
    for (const number of numbers) {
      this.gl.deleteTexture(this.textures.get(number)?.texture ?? null);
      this.textures.delete(number);
    }
  }

  forgetAll() { this.forget([...this.textures.keys()]); }

  /** Draws a frame as large as fits into the page; null clears it. */
  draw(frame) {
    const gl = this.gl;
    this.resize();
    gl.bindFramebuffer(gl.FRAMEBUFFER, null);
    gl.viewport(0, 0, this.canvas.width, this.canvas.height);
    gl.clearColor(0, 0, 0, 0);
    gl.clear(gl.COLOR_BUFFER_BIT);
    if (!frame || !frame.placements.length) return;
    this.view = this.viewOf(frame);
    this.upload(frame.meshes);
    // Neighbours of one opacity and light are one face, or several that are finished alike.
    for (let start = 0, stop; start < frame.placements.length; start = stop) {
      const first = frame.placements[start];
      for (stop = start + 1; stop < frame.placements.length && alike(first, frame.placements[stop]);) stop++;
      this.drawFace(frame, frame.placements.slice(start, stop), first);
    }
  }

  resize() {
    const ratio = window.devicePixelRatio || 1, { canvas } = this;
    const width = Math.max(1, Math.round(canvas.clientWidth * ratio));
    const height = Math.max(1, Math.round(canvas.clientHeight * ratio));
    if (canvas.width !== width || canvas.height !== height) {
      canvas.width = width;
      canvas.height = height;
    }
  }

  /** From the picture's pixels, y down, to clip space, y up; as with `object-fit: contain`. */
  viewOf({ width, height }) {
    const { canvas } = this, scale = Math.min(canvas.width / width, canvas.height / height);
    const x = 2 * scale / canvas.width * (this.mirror ? -1 : 1), y = -2 * scale / canvas.height;
    return [x, y, -x * width / 2, -y * height / 2];
  }

  upload(meshes) {
    const gl = this.gl;
    const width = Math.max(...meshes.map((mesh) => mesh.columns));
    const height = meshes.reduce((sum, mesh) => sum + mesh.rows, 0);
    const all = new Float32Array(2 * width * height);
    let first = 0;
    for (const mesh of meshes) {
      mesh.first = first;
      for (let row = 0; row < mesh.rows; row++, first++) {
        all.set(mesh.nodes.subarray(2 * row * mesh.columns, 2 * (row + 1) * mesh.columns), 2 * first * width);
      }
    }
    gl.activeTexture(gl.TEXTURE0);
    gl.bindTexture(gl.TEXTURE_2D, this.nodes);
    gl.texImage2D(gl.TEXTURE_2D, 0, gl.RG32F, width, height, 0, gl.RG, gl.FLOAT, all);
  }

  /** Bright light stops at white, and only of the whole face is it known what is white. */
  drawFace(frame, placements, { opacity, light }) {
    const gl = this.gl, apart = opacity < 1 || light.some((share) => share > 1);
    if (apart) {
      this.beginFace();
      gl.clear(gl.COLOR_BUFFER_BIT);
    }
    for (const placement of placements) {
      this.drawPlacement(frame.meshes[placement.mesh], placement, apart ? [1, 1, 1] : light);
    }
    if (apart) this.endFace(opacity, light);
  }

  drawPlacement(mesh, { box, textures }, light) {
    const gl = this.gl;
    const shares = textures.map(({ number, weight }) => ({ weight, ...this.textures.get(number) }))
      .filter(({ texture }) => texture);
    if (!shares.length) return;
    const { made, at } = this.programFor(shares.length);
    gl.useProgram(made);
    gl.uniform4fv(at("box"), Float32Array.from(box));
    gl.uniform4fv(at("view"), this.view);
    gl.uniform4fv(at("lattice"), Float32Array.from(mesh.lattice));
    gl.uniform3i(at("mesh"), mesh.first, mesh.rows, mesh.columns);
    gl.uniform3fv(at("light"), light);
    gl.activeTexture(gl.TEXTURE0);
    gl.bindTexture(gl.TEXTURE_2D, this.nodes);
    shares.forEach(({ texture }, k) => {
      gl.activeTexture(gl.TEXTURE1 + k);
      gl.bindTexture(gl.TEXTURE_2D, texture);
    });
    gl.uniform4fv(at("area"), shares.flatMap(({ area }) => area));
    gl.uniform1fv(at("weight"), shares.map(({ weight }) => weight));
    gl.drawArrays(gl.TRIANGLE_STRIP, 0, 4);
  }

  programFor(textures) {
    if (!this.programs.has(textures)) {
      const found = program(this.gl, MESH_VERTEX, meshFragment(textures));
      this.gl.useProgram(found.made);
      this.gl.uniform1i(found.at("nodes"), 0);
      this.gl.uniform1iv(found.at("art"), Array.from({ length: textures }, (_, k) => 1 + k));
      this.programs.set(textures, found);
    }
    return this.programs.get(textures);
  }

  beginFace() {
    const gl = this.gl, { width, height } = this.canvas;
    gl.activeTexture(gl.TEXTURE0);
    if (!this.face) this.face = { texture: this.plainTexture(), buffer: gl.createFramebuffer(), width: 0, height: 0 };
    const { face } = this;
    gl.bindTexture(gl.TEXTURE_2D, face.texture);
    if (face.width !== width || face.height !== height) {
      gl.texImage2D(gl.TEXTURE_2D, 0, gl.RGBA8, width, height, 0, gl.RGBA, gl.UNSIGNED_BYTE, null);
      Object.assign(face, { width, height });
    }
    gl.bindFramebuffer(gl.FRAMEBUFFER, face.buffer);
    gl.framebufferTexture2D(gl.FRAMEBUFFER, gl.COLOR_ATTACHMENT0, gl.TEXTURE_2D, face.texture, 0);
  }

  endFace(opacity, light) {
    const gl = this.gl, { made, at } = this.fade;
    gl.bindFramebuffer(gl.FRAMEBUFFER, null);
    gl.useProgram(made);
    gl.activeTexture(gl.TEXTURE0);
    gl.bindTexture(gl.TEXTURE_2D, this.face.texture);
    gl.uniform1i(at("face"), 0);
    gl.uniform1f(at("opacity"), opacity);
    gl.uniform3fv(at("light"), light);
    gl.drawArrays(gl.TRIANGLE_STRIP, 0, 4);
  }
}

/** Whether two placements are finished alike once they are drawn. */
function alike(one, other) {
  return one.opacity === other.opacity && one.light.every((share, k) => share === other.light[k]);
}

/** A program, and the places of its uniforms by name. */
function program(gl, vertex, fragment) {
  const made = gl.createProgram();
  for (const [kind, source] of [[gl.VERTEX_SHADER, vertex], [gl.FRAGMENT_SHADER, fragment]]) {
    const shader = gl.createShader(kind);
    gl.shaderSource(shader, source);
    gl.compileShader(shader);
    gl.attachShader(made, shader);
  }
  gl.bindAttribLocation(made, 0, "corner");
  gl.linkProgram(made);
  if (!gl.getProgramParameter(made, gl.LINK_STATUS) && !gl.isContextLost()) {
    const logs = gl.getAttachedShaders(made).map((shader) => gl.getShaderInfoLog(shader));
    throw new Error(`a shader was refused: ${[gl.getProgramInfoLog(made), ...logs].join(" ").trim()}`);
  }
  const places = new Map();
  const at = (name) => {
    if (!places.has(name)) places.set(name, gl.getUniformLocation(made, name));
    return places.get(name);
  };
  return { made, at };
}
