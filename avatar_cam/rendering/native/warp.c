/* Draws the meshes of one face into a picture: the compositor's inner loop. Here is what comes before the rows
 * (rows.c): checks, and which columns lie between which nodes.
 *
 * Plain C with the vector instructions of x86 where there are such: no headers of Python, so that one file serves
 * every version of it (see native/__init__.py). tests/rendering/test_native.py holds it to the OpenCV way.
 */
#include "warp.h"

/* The spans of a mesh; nodes lie in the middle of the lattice's cells. */
static void find_spans(const struct mesh *mesh, struct spans *spans) {
    const struct box *box = &mesh->box, *lattice = &mesh->lattice;
    float cell = (float)(lattice->right - lattice->left) / (float)mesh->columns;
    int x = box->left;
    spans->count = 0;
    for (int32_t node = -1; node < mesh->columns && x < box->right; node++) {
        float here = (float)lattice->left + ((float)node + 0.5f) * cell - 0.5f;
        int stop = node == mesh->columns - 1 ? box->right : (int)(here + cell) + 1;
        if (stop > box->right) stop = box->right;
        if (stop <= x) continue;
        struct span span = {x, stop, node < 0 ? 0 : node, node + 1 < mesh->columns ? node + 1 : node, 0, 0};
        if (span.node != span.next) span.from = ((float)x - here) / cell, span.step = 1 / cell;
        spans->span[spans->count++] = span;
        x = stop;
    }
}

static int is_drawable(const struct mesh *mesh) {
    return mesh->rows >= 1 && mesh->columns >= 1 && mesh->columns <= MOST_COLUMNS && mesh->count >= 1 &&
           mesh->count <= MOST_TEXTURES;
}

static draw_rows *fastest(int32_t plain) {
#ifdef HAS_WIDE
    if (!plain && __builtin_cpu_supports("avx2")) return avatar_cam_rows_wide;
#endif
    (void)plain;
    return avatar_cam_rows_plain;
}

/* `meshes` from the back to the front, whose boxes must lie in the picture; `plain`: without what only newer
 * processors can do. Returns 0; 1 when something has too many parts. The number in its name changes whenever its
 * arguments do: native/__init__.py loads no other. */
EXPORT int avatar_cam_draw_3(const struct picture *picture, const struct mesh *meshes, int32_t count,
                             const struct finish *finish, int32_t plain) {
    struct spans spans[MOST_MESHES];
    if (count > MOST_MESHES) return 1;
    for (int32_t i = 0; i < count; i++) {
        if (!is_drawable(meshes + i)) return 1;
        find_spans(meshes + i, spans + i);
    }
    fastest(plain)(picture, meshes, count, spans, finish);
    return 0;
}
