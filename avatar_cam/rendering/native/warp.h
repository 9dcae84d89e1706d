/* What a caller hands over (native/__init__.py has the same), and what the sources share. */
#ifndef AVATAR_CAM_WARP_H
#define AVATAR_CAM_WARP_H

#include <stdint.h>

#ifdef _WIN32
#define EXPORT __declspec(dllexport)
#else
#define EXPORT __attribute__((visibility("default")))
#endif

/* Artwork: premultiplied RGBA, rows `stride` bytes apart, less than 32,768 of both; of each row `filled` says from where to where it is not
 * empty; `bordered` is 1 where its first row and column, and its last two, are. A node (u, v) lies at (u, v) * factor - (left, top) of its pixels. The weights, of 256, of the textures of a
 * mesh sum to 256 at most. */
struct texture {
    const uint8_t *rgba;
    const int32_t *filled;
    int64_t stride;
    int32_t width, height;
    float factor, left, top;
    int32_t weight, bordered;
};

struct box {
    int32_t left, top, right, bottom;
};

/* `nodes` (rows, columns, 2): the artwork's points that are seen in the middles of the lattice's cells. Only `box`
 * is drawn in. */
struct mesh {
    const float *nodes;
    const struct texture *textures;
    int32_t rows, columns, count;
    struct box box, lattice;
};

/* Where to draw: `channels` 3 (RGB) or 4 (premultiplied RGBA); its first pixel is (left, top) of the picture. */
struct picture {
    uint8_t *pixels;
    int64_t stride;
    int32_t channels, left, top;
};

/* What becomes of the meshes' colours before they are laid over the picture: red, green and blue times `light`, of
 * 128, and all times `opacity`, of 256. */
struct finish {
    int32_t opacity, light[3];
};

/* Columns of the picture, `start` to `stop`, that lie between two nodes; the first of them is `from` of the way
 * between them, and each next one `step` further. Beyond the outermost nodes nothing changes. */
struct span {
    int32_t start, stop, node, next;
    float from, step;
};

enum { MOST_MESHES = 32, MOST_COLUMNS = 40, MOST_TEXTURES = 2 };

/* Of each mesh, before its rows are drawn. */
struct spans {
    struct span span[MOST_COLUMNS + 1];
    int32_t count;
};

/* rows.c, compiled once for each set of instructions. */
typedef void draw_rows(const struct picture *picture, const struct mesh *meshes, int32_t count,
                       const struct spans *spans, const struct finish *finish);
draw_rows avatar_cam_rows_plain, avatar_cam_rows_wide;

#endif
