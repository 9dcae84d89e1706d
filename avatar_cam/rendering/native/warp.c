/* Draws one textured mesh into a picture: interpolates its nodes, samples the artwork and blends it in, a pixel
 * at a time and in one pass, where OpenCV takes seven over the whole box.
 *
 * Plain C with the vector extensions of GCC and Clang: no headers of Python, so that one file serves every
 * version of it (see native/__init__.py). tests/rendering/test_native.py holds it to the OpenCV way.
 */
#include <math.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#ifdef _WIN32
#define EXPORT __declspec(dllexport)
#else
#define EXPORT __attribute__((visibility("default")))
#endif

/* Artwork: premultiplied RGBA. A node (u, v) lies at (u, v) * factor - (left, top) of its pixels. The weights, of
 * 256, of the textures of a mesh sum to 256 at most. */
struct texture {
    const uint8_t *rgba;
    int64_t stride; /* bytes from row to row */
    int32_t width, height;
    float factor, left, top;
    int32_t weight;
};

struct box {
    int32_t left, top, right, bottom;
};

/* Where to draw: `channels` 3 (RGB) or 4 (premultiplied RGBA); its first pixel is (left, top) of the picture. */
struct picture {
    uint8_t *pixels;
    int64_t stride;
    int32_t channels, left, top;
};

/* Pixels of a row whose artwork points (16.16 fixed) go on evenly from (u, v). */
struct run {
    int32_t u, v, du, dv;
};

enum { MOST_COLUMNS = 256, MOST_TEXTURES = 8, PIECE = 64 };

/* Four texels, as two pairs, to one colour: RGBA in the bytes of the result, as they lie in memory. The place
 * among them counts to 1/64 of a texel (OpenCV's to 1/32). */
#ifdef __SSSE3__
#include <tmmintrin.h>

/* For each place: weights of left and right by turns, and of the row above four times, then of the row below. */
static struct { int8_t across[16]; } __attribute__((aligned(16))) ACROSS[64];
static struct { int16_t down[8]; } __attribute__((aligned(16))) DOWN[64];

static void __attribute__((constructor)) make_weights(void) {
    for (int place = 0; place < 64; place++) {
        for (int i = 0; i < 16; i++) ACROSS[place].across[i] = (int8_t)(i % 2 ? place : 64 - place);
        for (int i = 0; i < 8; i++) DOWN[place].down[i] = (int16_t)((i < 4 ? 64 - place : place) * 8);
    }
}

static inline uint32_t bilinear(const uint8_t *above, const uint8_t *below, int32_t u, int32_t v) {
    const __m128i side_by_side = _mm_setr_epi8(0, 4, 1, 5, 2, 6, 3, 7, 8, 12, 9, 13, 10, 14, 11, 15);
    __m128i texels = _mm_loadl_epi64((const __m128i *)above);
    texels = _mm_castps_si128(_mm_loadh_pi(_mm_castsi128_ps(texels), (const __m64 *)below));
    __m128i across = _mm_load_si128((const __m128i *)&ACROSS[(u >> 10) & 63]);
    __m128i rows = _mm_maddubs_epi16(_mm_shuffle_epi8(texels, side_by_side), across);
    rows = _mm_mulhrs_epi16(rows, _mm_load_si128((const __m128i *)&DOWN[(v >> 10) & 63]));
    __m128i sum = _mm_add_epi16(rows, _mm_shuffle_epi32(rows, 0x4e));
    return (uint32_t)_mm_cvtsi128_si32(_mm_packus_epi16(sum, sum));
}
#else
static inline uint32_t bilinear(const uint8_t *above, const uint8_t *below, int32_t u, int32_t v) {
    unsigned right = (u >> 10) & 63, down = (v >> 10) & 63;
    uint8_t colour[4];
    for (int c = 0; c < 4; c++) {
        unsigned high = above[c] * (64 - right) + above[c + 4] * right;
        unsigned low = below[c] * (64 - right) + below[c + 4] * right;
        colour[c] = (uint8_t)((high * (64 - down) + low * down + 2048) >> 12);
    }
    uint32_t bytes;
    memcpy(&bytes, colour, 4);
    return bytes;
}
#endif

/* The colour at a point that lies between four texels. */
static inline uint32_t sample_inside(const uint8_t *rgba, int64_t stride, int32_t u, int32_t v) {
    const uint8_t *at = rgba + (v >> 16) * stride + (ptrdiff_t)(u >> 16) * 4;
    return bilinear(at, at + stride, u, v);
}

static inline int is_inside(const struct texture *t, int32_t u, int32_t v) {
    return (uint32_t)(u >> 16) < (uint32_t)(t->width - 1) && (uint32_t)(v >> 16) < (uint32_t)(t->height - 1);
}

/* The texel and its right neighbour at (x, y); empty outside. */
static void pair_at_edge(const struct texture *t, int32_t x, int32_t y, uint8_t pair[8]) {
    memset(pair, 0, 8);
    if (y < 0 || y >= t->height) return;
    const uint8_t *row = t->rgba + y * t->stride;
    if (x >= 0 && x < t->width) memcpy(pair, row + 4 * (ptrdiff_t)x, 4);
    if (x + 1 >= 0 && x + 1 < t->width) memcpy(pair + 4, row + 4 * (ptrdiff_t)(x + 1), 4);
}

/* The colour at any point. */
static uint32_t sample(const struct texture *t, int32_t u, int32_t v) {
    if (is_inside(t, u, v)) return sample_inside(t->rgba, t->stride, u, v);
    int32_t x = u >> 16, y = v >> 16;
    if (x < -1 || y < -1 || x >= t->width || y >= t->height) return 0;
    uint8_t above[8], below[8];
    pair_at_edge(t, x, y, above);
    pair_at_edge(t, x, y + 1, below);
    return bilinear(above, below, u, v);
}

/* The weighted sum of all textures at one pixel. */
static uint32_t sample_mixed(const struct texture *t, int textures, const struct run *runs, int i) {
    unsigned sum[4] = {128, 128, 128, 128};
    for (int k = 0; k < textures; k++) {
        uint32_t bytes = sample(t + k, runs[k].u + i * runs[k].du, runs[k].v + i * runs[k].dv);
        uint8_t colour[4];
        memcpy(colour, &bytes, 4);
        for (int c = 0; c < 4; c++) sum[c] += colour[c] * (unsigned)t[k].weight;
    }
    uint8_t mixed[4];
    for (int c = 0; c < 4; c++) mixed[c] = (uint8_t)(sum[c] >> 8);
    uint32_t bytes;
    memcpy(&bytes, mixed, 4);
    return bytes;
}

/* A piece of a row, before it is blended in: colours, and how much of the picture stays, as the picture's bytes
 * lie. Each pixel is written as four bytes, of which the next overwrites what is too much. */
struct piece {
    uint8_t colour[4 * PIECE + 4], keep[4 * PIECE + 4];
};

static inline void put(struct piece *piece, int i, int channels, uint32_t colour) {
    uint8_t bytes[4];
    memcpy(bytes, &colour, 4);
    uint32_t keep = (255u - bytes[3]) * 0x01010101u;
    memcpy(piece->colour + i * channels, &colour, 4);
    memcpy(piece->keep + i * channels, &keep, 4);
}

/* Source-over with premultiplied alpha (Porter, Duff: SIGGRAPH 1984). */
static void blend(uint8_t *at, const struct piece *piece, int bytes) {
    for (int i = 0; i < bytes; i++) {
        uint16_t kept = (uint16_t)(at[i] * piece->keep[i] + 128);
        uint16_t sum = (uint16_t)(piece->colour[i] + ((kept + (kept >> 8)) >> 8));
        at[i] = (uint8_t)(sum > 255 ? 255 : sum);
    }
}

static inline uint32_t fill(struct piece *piece, const struct texture *t, int32_t u, int32_t v, int32_t du,
                            int32_t dv, int count, int channels) {
    uint32_t any = 0;
    /* A straight line lies inside when both its ends do. */
    if (is_inside(t, u, v) && is_inside(t, u + (count - 1) * du, v + (count - 1) * dv)) {
        const uint8_t *rgba = t->rgba;
        int64_t stride = t->stride;
        for (int i = 0; i < count; i++, u += du, v += dv) {
            uint32_t colour = sample_inside(rgba, stride, u, v);
            any |= colour;
            put(piece, i, channels, colour);
        }
    } else {
        for (int i = 0; i < count; i++, u += du, v += dv) {
            uint32_t colour = sample(t, u, v);
            any |= colour;
            put(piece, i, channels, colour);
        }
    }
    return any;
}

static inline void draw_piece(const struct texture *t, int textures, const struct run *runs, int from, int count,
                              uint8_t *at, int channels) {
    struct piece piece;
    uint32_t any = 0;
    if (textures == 1 && t->weight == 256) {
        any = fill(&piece, t, runs->u + from * runs->du, runs->v + from * runs->dv, runs->du, runs->dv, count, channels);
    } else {
        for (int i = 0; i < count; i++) {
            uint32_t colour = sample_mixed(t, textures, runs, from + i);
            any |= colour;
            put(&piece, i, channels, colour);
        }
    }
    if (any) blend(at, &piece, count * channels);
}

static int32_t fixed(float value) {
    /* Far outside is as good as just outside, and fits. */
    return (int32_t)lrintf(fminf(fmaxf(value, -8192.f), 24575.f) * 65536.f);
}

/* Between `first` and `first` + `step` a pixel, from the `from`-th pixel (may be a fraction) on. */
static struct run run_of(const struct texture *t, const float first[2], const float step[2], float from) {
    float scale = t->factor;
    struct run run = {
        fixed((first[0] + step[0] * from) * scale - t->left), fixed((first[1] + step[1] * from) * scale - t->top),
        fixed(step[0] * scale), fixed(step[1] * scale)};
    return run;
}

/* Draw `count` pixels of a row, over which the artwork's points go on evenly. */
static void draw_run(const struct texture *t, int textures, const float first[2], const float step[2], float from,
                     int count, uint8_t *at, int channels) {
    struct run runs[MOST_TEXTURES];
    for (int k = 0; k < textures; k++) runs[k] = run_of(t + k, first, step, from);
    for (int done = 0; done < count; done += PIECE, at += PIECE * channels) {
        int now = count - done < PIECE ? count - done : PIECE;
        if (channels == 3)
            draw_piece(t, textures, runs, done, now, at, 3);
        else
            draw_piece(t, textures, runs, done, now, at, 4);
    }
}

static void draw_row(const struct picture *picture, const struct box *box, const struct box *lattice, int y,
                     const float *points, int columns, const struct texture *t, int textures) {
    static const float still[2] = {0, 0};
    float cell = (float)(lattice->right - lattice->left) / (float)columns;
    uint8_t *row = picture->pixels + (y - picture->top) * picture->stride;
    int x = box->left;
    /* Nodes lie in the middle of their cells; before the first and behind the last one nothing changes. */
    for (int node = -1; node < columns && x < box->right; node++) {
        float here = (float)lattice->left + ((float)node + 0.5f) * cell - 0.5f;
        int stop = node == columns - 1 ? box->right : (int)ceilf(here + cell);
        if (stop > box->right) stop = box->right;
        if (stop <= x) continue;
        const float *first = points + 2 * (node < 0 ? 0 : node);
        float step[2] = {(first[2] - first[0]) / cell, (first[3] - first[1]) / cell};
        int inside = node >= 0 && node < columns - 1;
        uint8_t *at = row + (ptrdiff_t)(x - picture->left) * picture->channels;
        draw_run(t, textures, first, inside ? step : still, (float)x - here, stop - x, at, picture->channels);
        x = stop;
    }
}

/* `nodes` (rows, columns, 2): the artwork's points that are seen in the middles of the lattice's cells. Only
 * `box` is drawn in, which must lie in the picture. Returns 0; 1 when there are too many columns or textures. */
EXPORT int avatar_cam_draw(const struct picture *picture, const struct box *box, const struct box *lattice,
                           const float *nodes, int32_t rows, int32_t columns, const struct texture *textures,
                           int32_t count) {
    if (columns > MOST_COLUMNS || count > MOST_TEXTURES || columns < 1 || rows < 1 || count < 1) return 1;
    float points[2 * MOST_COLUMNS + 2];
    float cell = (float)(lattice->bottom - lattice->top) / (float)rows;
    for (int y = box->top; y < box->bottom; y++) {
        float at = ((float)(y - lattice->top) + 0.5f) / cell - 0.5f;
        at = fminf(fmaxf(at, 0.f), (float)(rows - 1));
        int row = (int)at, next = row + 1 < rows ? row + 1 : row;
        float share = at - (float)row;
        const float *above = nodes + (ptrdiff_t)row * columns * 2, *below = nodes + (ptrdiff_t)next * columns * 2;
        for (int i = 0; i < 2 * columns; i++) points[i] = above[i] + (below[i] - above[i]) * share;
        /* The last node has no neighbour; what is computed from it is not used. */
        points[2 * columns] = points[2 * columns + 1] = 0;
        draw_row(picture, box, lattice, y, points, columns, textures, count);
    }
    return 0;
}
