#version 460
/*
 * This file is part of ttm, licensed under the LGPL 2.1 or later.
 *
 * TTM_PICTURE_COMPOSE: a frame of the output's size, QUADS times four pixels a
 * thread.
 */

#extension GL_GOOGLE_include_directive : require
#include "picture.glsl"

layout(constant_id = 1) const uint REFINED = 0;
layout(constant_id = 2) const uint MIXED = 1;   /* the network's frame is seen */
layout(constant_id = 3) const uint QUADS = 1;   /* at most 32 */

layout(std430, binding = 0) readonly buffer Still { uint still[]; };
layout(std430, binding = 1) readonly buffer Plate { uint plate[]; };
layout(std430, binding = 2) readonly buffer Covers { uint covers[]; };
layout(std430, binding = 3) readonly buffer Table { int table[]; };
layout(std430, binding = 4) readonly buffer Motion { float motion[]; };
layout(std430, binding = 5) readonly buffer Ids { uint ids[]; };
layout(std430, binding = 6) readonly buffer Layers { float layers[]; };
layout(std430, binding = 7) readonly buffer Source { float sources[]; };
layout(std430, binding = 8) writeonly buffer Y { uint y[]; };

/* in_width x in_height are the small images, width x height the frame. */

DEFINE_SOURCE(motion)
DEFINE_CUBIC(sample_net, layers, 6u, 0u)
DEFINE_LINEAR(sample_layer, layers, 6u)
DEFINE_CUBIC(sample_decoded, sources, 3u, 0u)
DEFINE_LINEAR(sample_depth, sources, 1u)

/* Byte of a plane of an object: the alpha, or the one that follows it. */
float plane_value(uint id, int plane, ivec2 at)
{
    int row = COVER_ROW * (int(id) - 1);
    ivec2 size = ivec2(table[row + 2], table[row + 3]);

    at -= ivec2(table[row], table[row + 1]);
    if (at.x < 0 || at.y < 0 || at.x >= size.x || at.y >= size.y)
        return 0.0;
    return float(BYTE(covers, uint(table[row + 4] + plane * size.x * size.y +
                                   at.y * size.x + at.x)));
}

/* Bilinear alpha of an object, 0 .. 1. */
float cover_alpha(uint id, vec2 at)
{
    int row = COVER_ROW * (int(id) - 1);
    vec2 f = floor(at - 0.5), part = at - 0.5 - f;
    vec2 begin = vec2(table[row], table[row + 1]);
    vec2 size  = vec2(table[row + 2], table[row + 3]);
    ivec2 p;

    if (size.x == 0.0 || any(lessThan(f, begin - 1.0)) ||
        any(greaterThanEqual(f, begin + size)))
        return 0.0;
    p = ivec2(f);
    return mix(mix(plane_value(id, 0, p), plane_value(id, 0, p + ivec2(1, 0)),
                   part.x),
               mix(plane_value(id, 0, p + ivec2(0, 1)),
                   plane_value(id, 0, p + ivec2(1, 1)), part.x), part.y) /
           255.0;
}

/* What an object's own colour at a pixel differs from the still's by. */
vec3 tint_pixel(uint id, ivec2 at)
{
    int row = COVER_ROW * (int(id) - 1);
    ivec2 size = ivec2(table[row + 2], table[row + 3]);
    uint i;

    at -= ivec2(table[row], table[row + 1]);
    if (at.x < 0 || at.y < 0 || at.x >= size.x || at.y >= size.y)
        return vec3(0.0);
    i = uint(table[row + 4] + 2 * size.x * size.y + 3 * (at.y * size.x + at.x));
    return TINT_STEP / 255.0 * (vec3(BYTE(covers, i), BYTE(covers, i + 1u),
                                     BYTE(covers, i + 2u)) - TINT_NONE);
}

vec3 sample_tint(uint id, vec2 at)
{
    vec2 f = floor(at - 0.5), part = at - 0.5 - f;
    ivec2 p = ivec2(f);

    return mix(mix(tint_pixel(id, p), tint_pixel(id, p + ivec2(1, 0)), part.x),
               mix(tint_pixel(id, p + ivec2(0, 1)), tint_pixel(id, p + ivec2(1, 1)), part.x),
               part.y);
}

/* How far something is away from its place. */
float moved_away(vec2 from, vec2 at, vec2 ratio)
{
    return clamp((length((from - at) * ratio) - 0.5) / 2.0, 0.0, 1.0);
}

vec3 still_pixel(ivec2 at)
{
    uint i = 3u * uint(at.y * width + at.x);

    return vec3(PACKED(still, bytes, i), PACKED(still, bytes, i + 1u),
                PACKED(still, bytes, i + 2u));
}

vec3 plate_pixel(ivec2 at)
{
    uint i = 3u * uint(at.y * width + at.x);

    return vec3(PACKED(plate, bytes, i), PACKED(plate, bytes, i + 1u),
                PACKED(plate, bytes, i + 2u));
}

vec3 sample_still(vec2 at)
{
    vec2 p = clamp(at - 0.5, vec2(0.0), vec2(width - 1, height - 1));
    ivec2 a = ivec2(p), b = min(a + 1, ivec2(width, height) - 1);
    vec2 part = p - vec2(a);

    return mix(mix(still_pixel(a), still_pixel(ivec2(b.x, a.y)), part.x),
               mix(still_pixel(ivec2(a.x, b.y)), still_pixel(b), part.x),
               part.y);
}

float is_id(uint id, int x, int v)
{
    return BYTE(ids, uint(v * in_width + x)) == id ? 1.0 : 0.0;
}

/* How far soft predicted ids cover the pixel (shapes that may deform). */
float predicted_alpha(uint id, vec2 at)
{
    vec2 p = clamp(at - 0.5, vec2(0.0), vec2(in_width - 1, in_height - 1));
    ivec2 a = ivec2(p), b = min(a + 1, ivec2(in_width, in_height) - 1);
    vec2 part = p - vec2(a);
    float v = mix(mix(is_id(id, a.x, a.y), is_id(id, b.x, a.y), part.x),
                  mix(is_id(id, a.x, b.y), is_id(id, b.x, b.y), part.x),
                  part.y);

    return clamp(1.5 * v - 0.25, 0.0, 1.0);
}

/* What an object covers of a pixel. */
struct Part {
    vec2 source;            /* in the small images of frame 0 */
    float own, share, alpha;
    uint id;
};

/* The next object of `left`, the predicted one before the others, that has a share. */
Part next_part(inout uint left, uint predicted, vec2 at, float rest, vec2 ratio)
{
    Part part = Part(vec2(0.0), 0.0, 0.0, 0.0, 0u);
    vec3 from;

    while (left != 0u && part.share <= 0.0 && rest > 0.002) {
        uint id = (left & predicted) != 0u ? findLSB(predicted) : findLSB(left);

        left &= ~(1u << id);
        from = source(id + 1u, at, ivec2(in_width, in_height));
        part.source = from.xy;
        part.id     = id + 1u;
        part.alpha  = cover_alpha(part.id, part.source * ratio);
        part.own    = from.z * part.alpha;
        part.share  = rest * (REFINED == 1u ? part.own : predicted_alpha(id + 1u, at));
    }
    return part;
}

/* rgb and share (a) of it, premultiplied. */
vec4 part_colour(Part part, vec2 at, vec3 net, ivec2 size, vec2 ratio)
{
    vec3 rgb = sample_still(part.source * ratio);

    /* its edge is a mixture with what was behind it */
    if (REFINED == 1u && part.share > 0.0 && part.alpha < 1.0)
        rgb += moved_away(part.source, at, ratio) *
               sample_tint(part.id, part.source * ratio);
    if (REFINED == 1u)
        rgb += sample_depth(part.source, size, 0u) *
               vec3(sample_layer(at, size, 3u), sample_layer(at, size, 4u),
                    sample_layer(at, size, 5u));
    else
        rgb = net + part.own * (rgb - sample_decoded(part.source, size));
    return part.share > 0.0 ? vec4(part.share * rgb, part.share) : vec4(0.0);
}

/* How much of the pixel an object of `left` covered in frame 0 and has left since. */
float uncovered(uint left, ivec2 pixel, vec2 at, vec2 ratio)
{
    float most = 0.0;

    while (left != 0u) {
        uint id = findLSB(left) + 1u;
        float spread = plane_value(id, 1, pixel) / 255.0;

        left &= left - 1u;
        if (spread > most) {
            float inside = cover_alpha(id, vec2(pixel) + 0.5);
            vec3 from = source(id, at, ivec2(in_width, in_height));

            /*
             * An object that does not move still covers its own soft edge; one
             * that changed its shape may have left without a trace of where to.
             */
            most = max(most, max(inside, spread) *
                             max(moved_away(from.xy, at, ratio), 1.0 - from.z));
        }
    }
    return most;
}

/* The frame's pixel; `near`: a bit for each object that may matter. */
vec3 compose(ivec2 pixel, uint near)
{
    ivec2 size = ivec2(in_width, in_height);
    vec2 ratio = vec2(width, height) / vec2(size);
    vec2 at = (vec2(pixel) + 0.5) / ratio;
    vec3 net = MIXED == 1u ? sample_net(at, size) : vec3(0.0);
    ivec2 cell = min(ivec2(at), size - 1);
    uint predicted = BYTE(ids, uint(cell.y * in_width + cell.x));
    uint left = near;
    vec4 sum = vec4(0.0);
    Part part;

    predicted = predicted > 0u && predicted <= uint(objects) ?
                1u << (predicted - 1u) : 0u;
    part = next_part(left, predicted, at, 1.0, ratio);
    do {
        sum += part_colour(part, at, net, size, ratio);
        part = next_part(left, predicted, at, 1.0 - sum.a, ratio);
    } while (part.share > 0.0);
    if (sum.a < 1.0) {
        float open = uncovered(near, pixel, at, ratio);

        sum.rgb += (1.0 - sum.a) * mix(still_pixel(pixel), plate_pixel(pixel), open);
    }
    return MIXED == 1u ? mix(net, sum.rgb, amount) : sum.rgb;
}

/* May the object's field have it between two places of one row, or of two? */
bool field_near(uint id, vec2 low, vec2 high, vec2 ratio)
{
    ivec2 size = ivec2(in_width, in_height), field = ivec2(field_width, field_height);
    vec2 steps = vec2(field) / vec2(size) / ratio;
    ivec2 a = clamp(ivec2(floor(low * steps - 0.5)), ivec2(0), field - 1);
    ivec2 b = clamp(ivec2(floor(high * steps - 0.5)) + 1, ivec2(0), field - 1);
    uint row = motion_row(id) + MOTION_ROW;
    float most = low.y != high.y ? 1.0 : 0.0;

    for (int y = a.y; y <= b.y && most <= 0.0; y++)
        for (int x = a.x; x <= b.x && most <= 0.0; x++)
            most = field_share(motion[row + FIELD_ROW * uint(y * field.x + x) +
                                      2u]);
    return most > 0.0;
}

/* Objects whose box, in frame 0 or now, four pixels from pixel `p` on may touch. */
uint objects_near(uint p)
{
    uint w = uint(width), last = min(p + 3u, w * uint(height) - 1u), near = 0u;
    vec2 low = vec2(p % w, p / w) + 0.5, high = vec2(last % w, last / w) + 0.5;
    vec2 ratio = vec2(width, height) / vec2(in_width, in_height);

    if (low.y != high.y) {      /* the end of a row and the beginning of the next */
        low.x  = 0.0;
        high.x = float(width);
    }
    for (int i = 0; i < objects; i++) {
        int row = COVER_ROW * i, m = int(motion_row(uint(i) + 1u));
        vec2 begin = vec2(table[row], table[row + 1]);
        vec2 box   = vec2(table[row + 2], table[row + 3]), end = begin + box;
        vec2 turn  = vec2(motion[m + 4], motion[m + 5]);
        vec2 way   = (begin + 0.5 * box) / ratio - vec2(motion[m], motion[m + 1]);
        /* half of it, and a pixel around that bilinear values reach into */
        vec2 half_box = (0.5 * box + 1.0) / ratio, middle, reach;

        turn  /= dot(turn, turn);
        middle = (vec2(motion[m + 2], motion[m + 3]) +
                  vec2(turn.x * way.x - turn.y * way.y,
                       turn.y * way.x + turn.x * way.y)) * ratio;
        turn   = abs(turn);
        reach  = vec2(dot(turn, half_box), dot(turn.yx, half_box)) * ratio + 1.0;
        if (box.x > 0.0 &&
            ((all(lessThanEqual(low, end)) && all(greaterThanEqual(high, begin))) ||
             (field_width > 0 ? field_near(uint(i) + 1u, low, high, ratio) :
              all(lessThanEqual(low, middle + reach)) &&
              all(greaterThanEqual(high, middle - reach)))))
            near |= 1u << i;
    }
    return near;
}

/* Four pixels from pixel 4 * quad on, and the words that have them. */
void compose_quad(uint quad)
{
    uint pixels = uint(width * height), nb = 4u / out_bytes;
    uint words = (3u * pixels + nb - 1u) / nb, word = 0u;
    uint near = REFINED == 1u ? objects_near(4u * quad) :
                                0xffffffffu >> (32 - objects);

    for (uint k = 0u; k < 4u; k++) {
        uint p = 4u * quad + k;
        vec3 rgb = vec3(0.0);

        if (p < pixels)
            rgb = compose(ivec2(p % uint(width), p / uint(width)), near);
        for (uint c = 0u; c < 3u; c++) {
            uint at = 3u * p + c;

            word |= pack_sample(rgb[c], out_bytes) <<
                    (8u * out_bytes * (at % nb));
            if (at % nb == nb - 1u) {
                if (at / nb < words)
                    y[at / nb] = word;
                word = 0u;
            }
        }
    }
}

/* The same where the frame is the still. */
void copy_quad(uint quad)
{
    uint nb = 4u / out_bytes, words = (3u * uint(width * height) + nb - 1u) / nb;

    for (uint at = 12u / nb * quad; at < min(12u / nb * (quad + 1u), words); at++)
        y[at] = still[at];
}

/*
 * A device that runs both sides of every branch still ends its loops: what is
 * costly is done in loops over what is there, and a thread has many quads.
 */
void main()
{
    uint i = first + gl_GlobalInvocationID.x;
    uint quad = i / gl_WorkGroupSize.x * gl_WorkGroupSize.x * QUADS +
                i % gl_WorkGroupSize.x;
    uint quads = (uint(width * height) + 3u) / 4u, todo = 0u;

    if (gl_GlobalInvocationID.x >= count)
        return;
    for (uint j = 0u; j < QUADS && quad + j * gl_WorkGroupSize.x < quads; j++) {
        uint at = quad + j * gl_WorkGroupSize.x;

        if (MIXED == 1u || bytes != out_bytes || objects_near(4u * at) != 0u)
            todo |= 1u << j;
        else
            copy_quad(at);
    }
    if (todo == 0u)
        return;
    do {
        compose_quad(quad + findLSB(todo) * gl_WorkGroupSize.x);
        todo &= todo - 1u;
    } while (todo != 0u);
}
