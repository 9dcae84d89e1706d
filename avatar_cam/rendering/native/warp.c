/* Draws one textured mesh into a picture: interpolates its nodes, samples the artwork and blends it in, a pixel
 * at a time and in one pass, where OpenCV takes seven over the whole box.
 *
 * Plain C with the vector extensions of GCC and Clang: no headers of Python, so that one file serves every
 * version of it (see native/__init__.py). tests/rendering/test_native.py holds it to the OpenCV way.
 */
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#ifdef _WIN32
#define EXPORT __declspec(dllexport)
#else
#define EXPORT __attribute__((visibility("default")))
#endif

/* Artwork: premultiplied RGBA, rows `stride` bytes apart; of each row `filled` says from where to where it is not
 * empty. A node (u, v) lies at (u, v) * factor - (left, top) of its pixels. The weights, of 256, of the textures of a
 * mesh sum to 256 at most. */
struct texture {
    const uint8_t *rgba;
    const int32_t *filled;
    int64_t stride;
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

enum { MOST_COLUMNS = 256, MOST_TEXTURES = 8, PIECE = 32 };

/* Four texels, as two pairs, to one colour: RGBA in the bytes of the result, as they lie in memory. The place
 * among them counts to 1/64 of a texel (OpenCV's to 1/32). */
#ifdef __SSSE3__
#include <tmmintrin.h>

/* For each place: weights of left and right by turns; of the row above four times, then of the row below. */
static struct { int8_t across[64][16]; int16_t down[64][8]; } WEIGHTS __attribute__((aligned(16)));

static void __attribute__((constructor)) make_weights(void) {
    for (int place = 0; place < 64; place++) {
        for (int i = 0; i < 16; i++) WEIGHTS.across[place][i] = (int8_t)(i % 2 ? place : 64 - place);
        for (int i = 0; i < 8; i++) WEIGHTS.down[place][i] = (int16_t)((i < 4 ? 64 - place : place) * 8);
    }
}

static inline uint32_t bilinear(const uint8_t *above, const uint8_t *below, int32_t u, int32_t v) {
    const __m128i side_by_side = _mm_setr_epi8(0, 4, 1, 5, 2, 6, 3, 7, 8, 12, 9, 13, 10, 14, 11, 15);
    /* 16 bytes a place, so that the place's bits, six of them behind the point, are the table's offset. */
    const uint8_t *across = (const uint8_t *)WEIGHTS.across + ((u >> 6) & 0x3f0);
    const uint8_t *down = (const uint8_t *)WEIGHTS.down + ((v >> 6) & 0x3f0);
    __m128i texels = _mm_loadl_epi64((const __m128i *)above);
    texels = _mm_castps_si128(_mm_loadh_pi(_mm_castsi128_ps(texels), (const __m64 *)below));
    __m128i rows = _mm_maddubs_epi16(_mm_shuffle_epi8(texels, side_by_side), _mm_load_si128((const __m128i *)across));
    rows = _mm_mulhrs_epi16(rows, _mm_load_si128((const __m128i *)down));
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

/* A piece of a row, before it is blended in: colours, and the alpha of each, as the picture's bytes lie. Each
 * pixel is written as four bytes, of which the next overwrites what is too much. */
struct piece {
    uint8_t colour[4 * PIECE + 4], alpha[4 * PIECE + 4];
};

static inline void put(struct piece *piece, int i, int channels, uint32_t colour) {
    uint8_t bytes[4];
    memcpy(bytes, &colour, 4);
    uint32_t alpha = bytes[3] * 0x01010101u;
    memcpy(piece->colour + i * channels, &colour, 4);
    memcpy(piece->alpha + i * channels, &alpha, 4);
}

/* Source-over with premultiplied alpha (Porter, Duff: SIGGRAPH 1984). */
static void blend(uint8_t *at, const struct piece *piece, int bytes) {
    for (int i = 0; i < bytes; i++) {
        uint16_t kept = (uint16_t)(at[i] * (255 - piece->alpha[i]) + 128);
        uint16_t sum = (uint16_t)(piece->colour[i] + ((kept + (kept >> 8)) >> 8));
        at[i] = (uint8_t)(sum > 255 ? 255 : sum);
    }
}

static inline void fill(struct piece *piece, const struct texture *t, int32_t u, int32_t v, int32_t du,
                        int32_t dv, int count, int channels) {
    /* A straight line lies inside when both its ends do. */
    if (is_inside(t, u, v) && is_inside(t, u + (count - 1) * du, v + (count - 1) * dv)) {
        const uint8_t *rgba = t->rgba;
        int64_t stride = t->stride;
        for (int i = 0; i < count; i++, u += du, v += dv) {
            uint32_t colour = sample_inside(rgba, stride, u, v);
            put(piece, i, channels, colour);
        }
    } else {
        for (int i = 0; i < count; i++, u += du, v += dv) {
            uint32_t colour = sample(t, u, v);
            put(piece, i, channels, colour);
        }
    }
}

/* Whether all of a straight line lies where the texture is empty. */
static int is_empty(const struct texture *t, int32_t u, int32_t v, int32_t last_u, int32_t last_v) {
    int32_t left = (u < last_u ? u : last_u) >> 16, right = (u > last_u ? u : last_u) >> 16;
    int32_t top = (v < last_v ? v : last_v) >> 16, bottom = (v > last_v ? v : last_v) >> 16;
    if (top < 0) top = 0;
    if (bottom > t->height - 2) bottom = t->height - 2;
    for (int32_t y = top; y <= bottom + 1; y++) /* each point is mixed of the texels to its right and below, too */
        if (right + 1 >= t->filled[2 * y] && left < t->filled[2 * y + 1]) return 0;
    return 1;
}

static inline void draw_piece(const struct texture *t, int textures, const struct run *runs, int from, int count,
                              uint8_t *at, int channels) {
    int empty = 1;
    for (int k = 0; k < textures && empty; k++) {
        int32_t u = runs[k].u + from * runs[k].du, v = runs[k].v + from * runs[k].dv;
        empty = is_empty(t + k, u, v, u + (count - 1) * runs[k].du, v + (count - 1) * runs[k].dv);
    }
    if (empty) return;
    struct piece piece;
    if (textures == 1 && t->weight == 256)
        fill(&piece, t, runs->u + from * runs->du, runs->v + from * runs->dv, runs->du, runs->dv, count, channels);
    else
        for (int i = 0; i < count; i++) put(&piece, i, channels, sample_mixed(t, textures, runs, from + i));
    blend(at, &piece, count * channels);
}

/* 16.16 fixed, no further than the limits; what is no number is the lower one. */
static int32_t fixed(float value, float low, float high) {
    float near = !(value > low) ? low : value > high ? high : value;
    return (int32_t)(near * 65536.f);
}

/* Texels; no texture is so large, so far outside is as good as just outside. PIECE strides are far less than the
 * 65,536 texels after which 32 bits begin anew, so what has left a texture does not come back within a piece. */
static int32_t place(float value) { return fixed(value, -4096.f, 20480.f); }
static int32_t stride(float value) { return fixed(value, -256.f, 256.f); }

/* Columns of the picture, `start` to `stop`, that lie between two nodes; the first of them is `from` of the way
 * between them, and each next one `step` further. Beyond the outermost nodes nothing changes. */
struct span {
    int32_t start, stop, node, next;
    float from, step;
};

/* The spans of a box; nodes lie in the middle of the lattice's cells. Returns how many there are. */
static int spans_of(const struct box *box, const struct box *lattice, int32_t columns, struct span *spans) {
    float cell = (float)(lattice->right - lattice->left) / (float)columns;
    int count = 0, x = box->left;
    for (int32_t node = -1; node < columns && x < box->right; node++) {
        float here = (float)lattice->left + ((float)node + 0.5f) * cell - 0.5f;
        int stop = node == columns - 1 ? box->right : (int)(here + cell) + 1;
        if (stop > box->right) stop = box->right;
        if (stop <= x) continue;
        struct span span = {x, stop, node < 0 ? 0 : node, node + 1 < columns ? node + 1 : node, 0, 1 / cell};
        span.from = span.node == span.next ? 0 : ((float)x - here) / cell;
        spans[count++] = span;
        x = stop;
    }
    return count;
}

/* Where a span begins in a texture, and how it goes on; half of a 64th further, so that cutting off rounds. */
static struct run run_of(const struct texture *t, const float *points, const struct span *span) {
    const float *first = points + 2 * span->node, *last = points + 2 * span->next;
    float across = last[0] - first[0], down = last[1] - first[1], scale = t->factor;
    struct run run = {place((first[0] + across * span->from) * scale - t->left) + 512,
                      place((first[1] + down * span->from) * scale - t->top) + 512,
                      stride(across * span->step * scale), stride(down * span->step * scale)};
    return run;
}

static void draw_span(const struct texture *t, int textures, const float *points, const struct span *span,
                      uint8_t *at, int channels) {
    struct run runs[MOST_TEXTURES];
    for (int k = 0; k < textures; k++) runs[k] = run_of(t + k, points, span);
    int count = span->stop - span->start;
    for (int done = 0; done < count; done += PIECE, at += PIECE * channels) {
        int now = count - done < PIECE ? count - done : PIECE;
        if (channels == 3)
            draw_piece(t, textures, runs, done, now, at, 3);
        else
            draw_piece(t, textures, runs, done, now, at, 4);
    }
}

/* `nodes` (rows, columns, 2): the artwork's points that are seen in the middles of the lattice's cells. Only
 * `box` is drawn in, which must lie in the picture. Returns 0; 1 when there are too many columns or textures. The
 * number in its name changes whenever its arguments do: native/__init__.py loads no other. */
EXPORT int avatar_cam_draw_2(const struct picture *picture, const struct box *box, const struct box *lattice,
                           const float *nodes, int32_t rows, int32_t columns, const struct texture *textures,
                           int32_t count) {
    if (columns > MOST_COLUMNS || count > MOST_TEXTURES || columns < 1 || rows < 1 || count < 1) return 1;
    struct span spans[MOST_COLUMNS + 1];
    int across = spans_of(box, lattice, columns, spans);
    float points[2 * MOST_COLUMNS];
    float cell = (float)(lattice->bottom - lattice->top) / (float)rows, last = (float)(rows - 1);
    for (int y = box->top; y < box->bottom; y++) {
        float at = ((float)(y - lattice->top) + 0.5f) / cell - 0.5f;
        at = at < 0 ? 0 : at > last ? last : at;
        int row = (int)at, next = row + 1 < rows ? row + 1 : row;
        float share = at - (float)row;
        const float *above = nodes + (ptrdiff_t)row * columns * 2, *below = nodes + (ptrdiff_t)next * columns * 2;
        for (int i = 0; i < 2 * columns; i++) points[i] = above[i] + (below[i] - above[i]) * share;
        uint8_t *pixels = picture->pixels + (y - picture->top) * picture->stride;
        for (int i = 0; i < across; i++) {
            uint8_t *first = pixels + (ptrdiff_t)(spans[i].start - picture->left) * picture->channels;
            draw_span(textures, count, points, spans + i, first, picture->channels);
        }
    }
    return 0;
}
