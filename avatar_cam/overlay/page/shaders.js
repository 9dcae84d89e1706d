// Placements are drawn as avatar_cam/rendering draws them: pixel by pixel, each asks its mesh which point of the
// artwork is seen there.

/** A corner of the unit square becomes a corner of the placement's box. */
export const MESH_VERTEX = `#version 300 es
in vec2 corner;
uniform vec4 box;       // left, top, right, bottom in the picture, px
uniform vec4 view;      // from the picture to clip space: times xy, plus zw
out vec2 place;         // in the picture, px
void main() {
  place = mix(box.xy, box.zw, corner);
  gl_Position = vec4(place * view.xy + view.zw, 0.0, 1.0);
}`;

/** For placements with this many textures, which are added up by their weights. */
export function meshFragment(textures) {
  const each = (line) => Array.from({ length: textures }, (_, k) => line.replaceAll("#", `[${k}]`)).join("\n  ");
  return `#version 300 es
precision highp float;
precision highp sampler2D;
in vec2 place;
uniform sampler2D nodes;         // the points of the artwork, px, of all meshes one below the other
uniform ivec3 mesh;              // its first row there, its rows, its columns
uniform vec4 lattice;            // left, top, right, bottom in the picture, px
uniform sampler2D art[${textures}];
uniform vec4 area[${textures}];  // where each lies in the artwork: x, y, width, height, px
uniform float weight[${textures}];
uniform vec3 light;
out vec4 colour;

vec2 node(ivec2 at) { return texelFetch(nodes, at + ivec2(0, mesh.x), 0).xy; }

// Nodes lie in the middle of their cells; beyond the outermost ones nothing changes.
vec2 artworkPoint() {
  vec2 cells = vec2(mesh.zy);
  vec2 at = clamp((place - lattice.xy) / (lattice.zw - lattice.xy) * cells - 0.5, vec2(0.0), cells - 1.0);
  ivec2 first = ivec2(at), next = min(first + 1, mesh.zy - 1);
  vec2 share = at - vec2(first);
  return mix(mix(node(first), node(ivec2(next.x, first.y)), share.x),
             mix(node(ivec2(first.x, next.y)), node(next), share.x), share.y);
}

// A texture fades out over the last texel, as if empty ones lay beside it.
vec4 seen(sampler2D picture, vec4 area, vec2 point, vec2 texel) {
  vec2 inside = point - area.xy;
  vec2 cover = clamp(min(inside, area.zw - inside) / texel + 0.5, 0.0, 1.0);
  return texture(picture, inside / area.zw, -0.5) * (cover.x * cover.y);
}

void main() {
  vec2 point = artworkPoint();
  vec2 texel = max(fwidth(point), vec2(1.0));
  vec4 sum = vec4(0.0);
  ${each("sum += weight# * seen(art#, area#, point, texel);")}
  colour = vec4(sum.rgb * light, sum.a);  // light is 1 at most: what is brighter is lit as a whole
}`;
}

/** A face that fades or is lit brightly, drawn by itself before, laid over the others as a whole. */
export const FADE_VERTEX = `#version 300 es
in vec2 corner;
void main() { gl_Position = vec4(corner * 2.0 - 1.0, 0.0, 1.0); }`;

export const FADE_FRAGMENT = `#version 300 es
precision highp float;
uniform sampler2D face;
uniform float opacity;
uniform vec3 light;
out vec4 colour;
void main() {
  vec4 seen = texelFetch(face, ivec2(gl_FragCoord.xy), 0);
  // Colours may not grow beyond their alpha, which is white.
  colour = vec4(min(seen.rgb * light, vec3(seen.a)), seen.a) * opacity;
}`;
