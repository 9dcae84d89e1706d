/* The rows of warp.c: interpolates the meshes' nodes, samples the artwork, lays what lies in front over what lies
 * behind, and all of it over the picture.
 *
 * A row is drawn in tiles, and a tile from the front to the back: where it is covered nothing more is looked at. Each
 * pixel of the picture is read and written once, however many meshes there are.
 *
 * hatch_build.py compiles this file once for each set of instructions, under the name `ROWS`; compilers make vector
 * instructions of the loops over bytes by themselves.
 */
#include <stddef.h>
#include <string.h>

#include "warp.h"

#ifdef __SSSE3__
#include <immintrin.h>
#endif

enum { TILE = 64 };

/* Colours of a row's pixels, RGBA as they lie in memory. */
struct tile {
    uint8_t rgba[4 * TILE] __attribute__((aligned(32)));
};

/* The artwork points (16.16 fixed) of a tile's pixels, and between which bounds they lie. There is room for eight
 * more, since they are written eight at a time. */
struct line {
    int32_t u[TILE + 8] __attribute__((aligned(32))), v[TILE + 8] __attribute__((aligned(32)));
    int32_t left, right, top, bottom;
};

/* Four texels, as two pairs, to one colour, RGBA in the bytes of the result. The place among them counts to 1/64 of
 * a texel (OpenCV's to 1/32). */
#ifdef __SSSE3__
#define SIDE_BY_SIDE 0, 4, 1, 5, 2, 6, 3, 7, 8, 12, 9, 13, 10, 14, 11, 15

static inline __m128i two_pairs(const uint8_t *above, const uint8_t *below) {
    __m128i texels = _mm_loadl_epi64((const __m128i *)above);
    return _mm_castps_si128(_mm_loadh_pi(_mm_castsi128_ps(texels), (const __m64 *)below));
}

static inline uint32_t bilinear(const uint8_t *above, const uint8_t *below, int32_t u, int32_t v) {
    int right = (u >> 10) & 63, down = (v >> 10) & 63;
    __m128i across = _mm_set1_epi16((int16_t)(64 + right * 255)); /* bytes: weights of left and right by turns */
    __m128i high = _mm_set1_epi16((int16_t)((64 - down) * 8)), low = _mm_set1_epi16((int16_t)(down * 8));
    __m128i texels = _mm_shuffle_epi8(two_pairs(above, below), _mm_setr_epi8(SIDE_BY_SIDE));
    __m128i rows = _mm_maddubs_epi16(texels, across);
    rows = _mm_mulhrs_epi16(rows, _mm_unpacklo_epi64(high, low));
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

static inline void put(uint8_t *at, uint32_t colour) { memcpy(at, &colour, 4); }

/* The colour at a point that lies between four texels. */
static inline uint32_t sample_inside(const struct texture *t, int32_t u, int32_t v) {
    const uint8_t *at = t->rgba + (v >> 16) * t->stride + (ptrdiff_t)(u >> 16) * 4;
    return bilinear(at, at + t->stride, u, v);
}

#ifdef __AVX2__
/* The same for eight points. Each register holds two of them, four apart, so that all come out in order. */
static inline __m256i sample_eight(const struct texture *t, __m256i u, __m256i v) {
    const uint8_t *rgba = t->rgba, *below = rgba + t->stride;
    int32_t at[8] __attribute__((aligned(32)));
    /* In 16 bits each: the whole texels of u and v, times a texel's bytes and a row's. */
    __m256i whole = _mm256_blend_epi16(_mm256_srli_epi32(u, 16), v, 0xaa);
    _mm256_store_si256((__m256i *)at, _mm256_madd_epi16(whole, _mm256_set1_epi32((int32_t)t->stride << 16 | 4)));
    __asm__("" : "+m"(at)); /* else GCC takes them out of the register one by one, which is slower */
    /* For the rows to come: a row of the picture is one to two of the texture. */
    _mm_prefetch((const char *)(below + at[0] + 4 * t->stride), _MM_HINT_T0);
    _mm_prefetch((const char *)(below + at[0] + 5 * t->stride), _MM_HINT_T0);

    /* The bytes of each point: weights of left and right, of above and below; they sum to 64. */
    __m256i part = _mm256_srli_epi16(_mm256_blend_epi16(u, _mm256_slli_epi32(v, 16), 0xaa), 10);
    __m256i weights = _mm256_or_si256(_mm256_slli_epi16(part, 8), _mm256_sub_epi16(_mm256_set1_epi16(64), part));

    const __m256i sides = _mm256_setr_epi8(SIDE_BY_SIDE, SIDE_BY_SIDE);
    const __m256i across = _mm256_set1_epi16(0x0100);
    /* Into the high bytes, so times 256; nothing into the low ones. */
    const __m256i along = _mm256_setr_epi16(0x0280, 0x0280, 0x0280, 0x0280, 0x0380, 0x0380, 0x0380, 0x0380, 0x0280,
                                            0x0280, 0x0280, 0x0280, 0x0380, 0x0380, 0x0380, 0x0380);
    __m256i two[4];
    for (int i = 0; i < 4; i++) {
        const __m256i which = _mm256_set1_epi8((int8_t)(4 * i));
        __m256i texels = _mm256_set_m128i(two_pairs(rgba + at[i + 4], below + at[i + 4]),
                                          two_pairs(rgba + at[i], below + at[i]));
        __m256i rows = _mm256_maddubs_epi16(_mm256_shuffle_epi8(texels, sides),
                                            _mm256_shuffle_epi8(weights, _mm256_add_epi8(across, which)));
        two[i] = _mm256_mulhrs_epi16(rows, _mm256_shuffle_epi8(weights, _mm256_add_epi8(along, which)));
    }
    /* By 64 · 64, of which mulhrs took 128. */
    const __m256i rest = _mm256_set1_epi16(1 << 10);
    __m256i first = _mm256_add_epi16(_mm256_unpacklo_epi64(two[0], two[1]), _mm256_unpackhi_epi64(two[0], two[1]));
    __m256i last = _mm256_add_epi16(_mm256_unpacklo_epi64(two[2], two[3]), _mm256_unpackhi_epi64(two[2], two[3]));
    return _mm256_packus_epi16(_mm256_mulhrs_epi16(first, rest), _mm256_mulhrs_epi16(last, rest));
}
#endif

/* The pixels `from` to `to` of a line, all of whose points lie between four texels, or are to be moved to the nearest
 * that do: beyond an empty border all is empty. */
static void sample_line(const struct texture *t, const struct line *line, int from, int to, uint8_t *rgba) {
    int32_t right = ((t->width - 1) << 16) - 1, bottom = ((t->height - 1) << 16) - 1;
    int i = from;
#ifdef __AVX2__
    const __m256i zero = _mm256_setzero_si256();
    const __m256i most_u = _mm256_set1_epi32(right), most_v = _mm256_set1_epi32(bottom);
    while (to - from >= 8 && i < to) {
        if (i > to - 8) i = to - 8; /* the last eight begin a little earlier */
        __m256i u = _mm256_loadu_si256((const __m256i *)(line->u + i));
        __m256i v = _mm256_loadu_si256((const __m256i *)(line->v + i));
        u = _mm256_min_epi32(_mm256_max_epi32(u, zero), most_u);
        v = _mm256_min_epi32(_mm256_max_epi32(v, zero), most_v);
        _mm256_storeu_si256((__m256i *)(rgba + 4 * i), sample_eight(t, u, v));
        i += 8;
    }
#endif
    for (; i < to; i++) {
        int32_t u = line->u[i] < 0 ? 0 : line->u[i] > right ? right : line->u[i];
        int32_t v = line->v[i] < 0 ? 0 : line->v[i] > bottom ? bottom : line->v[i];
        put(rgba + 4 * i, sample_inside(t, u, v));
    }
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
    if (is_inside(t, u, v)) return sample_inside(t, u, v);
    int32_t x = u >> 16, y = v >> 16;
    if (x < -1 || y < -1 || x >= t->width || y >= t->height) return 0;
    uint8_t above[8], below[8];
    pair_at_edge(t, x, y, above);
    pair_at_edge(t, x, y + 1, below);
    return bilinear(above, below, u, v);
}

/* Whether all of a line lies where the texture is empty. */
static int is_empty(const struct texture *t, const struct line *line) {
    int32_t left = line->left >> 16, right = line->right >> 16, top = line->top >> 16, bottom = line->bottom >> 16;
    if (top < 0) top = 0;
    if (bottom > t->height - 2) bottom = t->height - 2;
    for (int32_t y = top; y <= bottom + 1; y++) /* each point is mixed of the texels to its right and below, too */
        if (right + 1 >= t->filled[2 * y] && left < t->filled[2 * y + 1]) return 0;
    return 1;
}

static void weigh(struct tile *tile, int32_t weight) {
    for (int i = 0; i < 4 * TILE; i++) tile->rgba[i] = (uint8_t)((uint16_t)(tile->rgba[i] * weight + 128) >> 8);
}

/* Weights sum to 256 at most, so sums to 255 and what was rounded. */
static void add(struct tile *tile, const struct tile *other) {
    for (int i = 0; i < 4 * TILE; i++) {
        uint16_t sum = (uint16_t)(tile->rgba[i] + other->rgba[i]);
        tile->rgba[i] = (uint8_t)(sum > 255 ? 255 : sum);
    }
}

/* 16.16 fixed, no further than the limits; what is no number is the lower one. */
static int32_t fixed(float value, float low, float high) {
    float near = !(value > low) ? low : value > high ? high : value;
    return (int32_t)(near * 65536.f);
}

/* Texels; no texture is so large, so far outside is as good as just outside. A tile of strides is far less than the
 * 32,768 texels at which 32 bits end, so what has left a texture does not come back. */
static int32_t place(float value) { return fixed(value, -4096.f, 20480.f); }
static int32_t stride(float value) { return fixed(value, -128.f, 128.f); }

static inline void widen(struct line *line, int32_t u, int32_t v) {
    if (u < line->left) line->left = u;
    if (u > line->right) line->right = u;
    if (v < line->top) line->top = v;
    if (v > line->bottom) line->bottom = v;
}

/* `count` numbers from `value` on, and up to seven more. */
static inline void go_on(int32_t *at, int32_t value, int32_t step, int count) {
    typedef int32_t eight __attribute__((vector_size(32)));
    eight values = value + (eight){0, 1, 2, 3, 4, 5, 6, 7} * step;
    for (int done = 0; done < count; done += 8, values += 8 * step) memcpy(at + done, &values, sizeof values);
}

/* The points of columns `start` to `stop` in a texture, for a tile that begins in column `x`; `span` is the first that
 * reaches so far. */
static void find_line(const struct texture *t, const float *points, const struct span *span, int x, int start,
                      int stop, struct line *line) {
    line->left = line->top = INT32_MAX, line->right = line->bottom = INT32_MIN;
    for (float scale = t->factor; start < stop; span++) {
        const float *first = points + 2 * span->node, *last = points + 2 * span->next;
        float across = last[0] - first[0], down = last[1] - first[1];
        float from = span->from + (float)(start - span->start) * span->step;
        /* Half of a 64th further, so that cutting off rounds. */
        int32_t u = place((first[0] + across * from) * scale - t->left) + 512;
        int32_t v = place((first[1] + down * from) * scale - t->top) + 512;
        int32_t du = stride(across * span->step * scale), dv = stride(down * span->step * scale);
        int count = (span->stop < stop ? span->stop : stop) - start;
        go_on(line->u + (start - x), u, du, count);
        go_on(line->v + (start - x), v, dv, count);
        widen(line, u, v);
        widen(line, u + (count - 1) * du, v + (count - 1) * dv);
        start += count;
    }
}

/* The pixels `from` to `to` of a tile. Returns 0 where there is nothing to be seen; `rgba` is then not written. */
static int fill(const struct texture *t, const struct line *line, int from, int to, uint8_t *rgba) {
    if (is_empty(t, line)) return 0;
    if (t->bordered || (is_inside(t, line->left, line->top) && is_inside(t, line->right, line->bottom)))
        sample_line(t, line, from, to, rgba);
    else
        for (int i = from; i < to; i++) put(rgba + 4 * i, sample(t, line->u[i], line->v[i]));
    return 1;
}

/* What of a mesh is seen in `count` columns from `x` on: the weighted sum of its textures; `*from` is the first span
 * that reaches so far. Returns 0 where there is nothing. */
static int shade(const struct mesh *mesh, const struct spans *spans, int *from, const float *points, int x, int count,
                 struct tile *tile) {
    int start = x > mesh->box.left ? x : mesh->box.left;
    int stop = x + count < mesh->box.right ? x + count : mesh->box.right;
    if (start >= stop) return 0;
    while (spans->span[*from].stop <= start) ++*from;
    struct line line;
    struct tile other;
    int seen = 0;
    for (int k = 0; k < mesh->count; k++) {
        const struct texture *t = mesh->textures + k;
        struct tile *at = seen ? &other : tile;
        find_line(t, points, spans->span + *from, x, start, stop, &line);
        if (!fill(t, &line, start - x, stop - x, at->rgba)) continue;
        if (t->weight < 256) weigh(at, t->weight);
        if (seen++) add(tile, &other);
    }
    if (!seen) return 0;
    memset(tile->rgba, 0, (size_t)(4 * (start - x)));
    memset(tile->rgba + 4 * (stop - x), 0, (size_t)(4 * (x + TILE - stop)));
    return 1;
}

/* `front` plus what is left of `behind`, in 16 bits so that more of them fit into a register; product / 255 is
 * rounded. */
static inline uint8_t over(uint8_t front, uint8_t alpha, uint8_t behind) {
    uint16_t product = (uint16_t)(behind * (255 - alpha) + 128);
    uint16_t sum = (uint16_t)(front + ((uint16_t)(product + (product >> 8)) >> 8));
    return (uint8_t)(sum > 255 ? 255 : sum);
}

/* Each pixel's alpha in all four bytes. */
static inline void spread_alpha(const struct tile *tile, uint8_t *alpha) {
    for (int i = 0; i < TILE; i++) {
        uint32_t bytes;
        memcpy(&bytes, tile->rgba + 4 * i, 4);
        bytes = (bytes >> 24) * 0x01010101u;
        memcpy(alpha + 4 * i, &bytes, 4);
    }
}

static int is_covered(const struct tile *tile, int count) {
    uint32_t all = 0xffffffffu;
    for (int i = 0; i < count; i++) {
        uint32_t bytes;
        memcpy(&bytes, tile->rgba + 4 * i, 4);
        all &= bytes;
    }
    return all >> 24 == 255;
}

/* Source-over with premultiplied alpha (Porter, Duff: SIGGRAPH 1984), `front` over `behind`, into `front`. */
static void lay_under(struct tile *front, const struct tile *behind) {
    uint8_t alpha[4 * TILE] __attribute__((aligned(32)));
    spread_alpha(front, alpha);
    for (int i = 0; i < 4 * TILE; i++) front->rgba[i] = over(front->rgba[i], alpha[i], behind->rgba[i]);
}

/* Colours may not grow beyond their alpha, which is white. */
static void light_up(struct tile *tile, const struct finish *finish) {
    uint8_t alpha[4 * TILE] __attribute__((aligned(32)));
    uint16_t light[4 * TILE] __attribute__((aligned(32)));
    for (int i = 0; i < 4 * TILE; i++) light[i] = (uint16_t)(i % 4 < 3 ? finish->light[i % 4] : 128);
    spread_alpha(tile, alpha);
    for (int i = 0; i < 4 * TILE; i++) {
        uint16_t lit = (uint16_t)((uint16_t)(tile->rgba[i] * light[i] + 64) >> 7);
        tile->rgba[i] = (uint8_t)(lit < alpha[i] ? lit : alpha[i]);
    }
}

/* Colours, and the alpha of each, as the bytes of an RGB picture lie. Each write is longer than what it adds; the
 * next one overwrites what is too much. */
static void pack(const struct tile *tile, uint8_t *colour, uint8_t *alpha) {
#ifdef __SSSE3__
    const __m128i colours = _mm_setr_epi8(0, 1, 2, 4, 5, 6, 8, 9, 10, 12, 13, 14, -1, -1, -1, -1);
    const __m128i alphas = _mm_setr_epi8(3, 3, 3, 7, 7, 7, 11, 11, 11, 15, 15, 15, -1, -1, -1, -1);
    for (int i = 0; i < TILE; i += 4) {
        __m128i four = _mm_load_si128((const __m128i *)(tile->rgba + 4 * i));
        _mm_storeu_si128((__m128i *)(colour + 3 * i), _mm_shuffle_epi8(four, colours));
        _mm_storeu_si128((__m128i *)(alpha + 3 * i), _mm_shuffle_epi8(four, alphas));
    }
#else
    for (int i = 0; i < TILE; i++) {
        memcpy(colour + 3 * i, tile->rgba + 4 * i, 4);
        memset(alpha + 3 * i, tile->rgba[4 * i + 3], 3);
    }
#endif
}

static void blend(uint8_t *at, const uint8_t *colour, const uint8_t *alpha, int bytes) {
    for (int i = 0; i < bytes; i++) at[i] = over(colour[i], alpha[i], at[i]);
}

/* The tile's first `count` pixels into the picture. */
static void lay_over(uint8_t *at, int channels, struct tile *tile, int count, int covered,
                     const struct finish *finish) {
    uint8_t colour[3 * TILE + 16], alpha[4 * TILE];
    if (finish->light[0] != 128 || finish->light[1] != 128 || finish->light[2] != 128) light_up(tile, finish);
    if (finish->opacity < 256) weigh(tile, finish->opacity);
    if (channels == 3) {
        pack(tile, colour, alpha);
        if (covered && finish->opacity >= 256)
            memcpy(at, colour, (size_t)(3 * count));
        else
            blend(at, colour, alpha, 3 * count);
    } else {
        spread_alpha(tile, alpha);
        blend(at, tile->rgba, alpha, 4 * count);
    }
}

/* Fetches a tile's pixels three rows further down. A processor does so by itself only along a row. */
static inline void fetch(const struct picture *picture, const uint8_t *at) {
    for (int i = 0; i < picture->channels * TILE; i += 64) __builtin_prefetch(at + 3 * picture->stride + i, 1);
}

/* What the meshes that reach into a row show in it, from the front to the back. */
struct row {
    int32_t count, left, right;
    int32_t which[MOST_MESHES];
    int from[MOST_MESHES];
    float points[MOST_MESHES][2 * MOST_COLUMNS];
};

/* A mesh's nodes, interpolated for the row `y`. */
static void find_points(const struct mesh *mesh, int32_t y, float *points) {
    float cell = (float)(mesh->lattice.bottom - mesh->lattice.top) / (float)mesh->rows;
    float at = ((float)(y - mesh->lattice.top) + 0.5f) / cell - 0.5f, last = (float)(mesh->rows - 1);
    at = at < 0 ? 0 : at > last ? last : at;
    int row = (int)at, next = row + 1 < mesh->rows ? row + 1 : row, values = 2 * mesh->columns;
    float share = at - (float)row;
    const float *above = mesh->nodes + (ptrdiff_t)row * values, *below = mesh->nodes + (ptrdiff_t)next * values;
    for (int i = 0; i < values; i++) points[i] = above[i] + (below[i] - above[i]) * share;
}

static void begin_row(const struct mesh *meshes, int32_t count, int32_t y, struct row *row) {
    row->count = 0, row->left = INT32_MAX, row->right = INT32_MIN;
    for (int32_t i = count - 1; i >= 0; i--) {
        const struct box *box = &meshes[i].box;
        if (y < box->top || y >= box->bottom || box->left >= box->right) continue;
        if (box->left < row->left) row->left = box->left;
        if (box->right > row->right) row->right = box->right;
        row->from[row->count] = 0;
        find_points(meshes + i, y, row->points[row->count]);
        row->which[row->count++] = i;
    }
}

enum { NOTHING, SOMETHING, COVERED };

/* The meshes of a row in `count` columns from `x` on, laid over each other; how much there is of them. */
static int gather(const struct mesh *meshes, const struct spans *spans, struct row *row, int x, int count,
                  struct tile *all) {
    struct tile next;
    int seen = NOTHING;
    for (int32_t k = 0; k < row->count; k++) {
        const struct mesh *mesh = meshes + row->which[k];
        const struct spans *its = spans + row->which[k];
        if (!shade(mesh, its, row->from + k, row->points[k], x, count, seen ? &next : all)) continue;
        if (seen) lay_under(all, &next);
        seen = SOMETHING;
        if (is_covered(all, count)) return COVERED;
    }
    return seen;
}

void ROWS(const struct picture *picture, const struct mesh *meshes, int32_t count, const struct spans *spans,
          const struct finish *finish) {
    int32_t top = INT32_MAX, bottom = INT32_MIN;
    for (int32_t i = 0; i < count; i++) {
        if (meshes[i].box.top < top) top = meshes[i].box.top;
        if (meshes[i].box.bottom > bottom) bottom = meshes[i].box.bottom;
    }
    struct row row;
    struct tile tile;
    for (int32_t y = top; y < bottom; y++) {
        begin_row(meshes, count, y, &row);
        uint8_t *pixels = picture->pixels + (y - picture->top) * picture->stride;
        for (int32_t x = row.left; x < row.right; x += TILE) {
            int now = row.right - x < TILE ? row.right - x : TILE;
            uint8_t *at = pixels + (ptrdiff_t)(x - picture->left) * picture->channels;
            fetch(picture, at);
            int seen = gather(meshes, spans, &row, x, now, &tile);
            if (seen != NOTHING) lay_over(at, picture->channels, &tile, now, seen == COVERED, finish);
        }
    }
}
