/* How far the parts of a character reach on its mesh. rendering/grid.py does the same for machines without this. */
#include <stddef.h>

#include "warp.h"

/* Whether something between four nodes, of which `uv` is the first, may lie in an extent. */
static int is_reached(const float *uv, int32_t columns, const float extent[4]) {
    const float *corners[4] = {uv, uv + 2, uv + 2 * columns, uv + 2 * columns + 2};
    for (int i = 0; i < 2; i++) {
        float low = corners[0][i], high = low;
        for (int k = 1; k < 4; k++) {
            low = corners[k][i] < low ? corners[k][i] : low;
            high = corners[k][i] > high ? corners[k][i] : high;
        }
        /* One texel further, since the outermost ones fade out over it. */
        if (!(low < extent[2 + i] + 1 && high > extent[i] - 1)) return 0;
    }
    return 1;
}

/* `uv` (levels, rows, columns, 2): the artwork's points at the nodes. Of each of `count` parts, which lies at the level
 * `which` and in `extents` (count, 4) of the artwork: the `cells` (count, 4) between nodes that it reaches into, left,
 * top, right, bottom, the latter two one further; zeros where there are none. */
EXPORT void avatar_cam_reach_1(const float *uv, int32_t rows, int32_t columns, const int32_t *which,
                               const float *extents, int32_t count, int32_t *cells) {
    for (int32_t part = 0; part < count; part++, cells += 4, extents += 4) {
        const float *nodes = uv + (ptrdiff_t)2 * which[part] * rows * columns;
        int32_t left = columns, top = rows, right = 0, bottom = 0;
        for (int32_t row = 0; row + 1 < rows; row++)
            for (int32_t column = 0; column + 1 < columns; column++) {
                if (!is_reached(nodes + (ptrdiff_t)2 * (row * columns + column), columns, extents)) continue;
                if (column < left) left = column;
                if (column + 1 > right) right = column + 1;
                if (row < top) top = row;
                bottom = row + 1;
            }
        cells[0] = right ? left : 0, cells[1] = right ? top : 0, cells[2] = right, cells[3] = bottom;
    }
}
