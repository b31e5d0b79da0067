/*
 * This file is part of ttm.
 *
 * ttm is free software; you can redistribute it and/or
 * modify it under the terms of the GNU Lesser General Public
 * License as published by the Free Software Foundation; either
 * version 2.1 of the License, or (at your option) any later version.
 *
 * ttm is distributed in the hope that it will be useful,
 * but WITHOUT ANY WARRANTY; without even the implied warranty of
 * MERCHANTABILITY or FITNESS FOR A PARTICULAR PURPOSE.  See the GNU
 * Lesser General Public License for more details.
 *
 * You should have received a copy of the GNU Lesser General Public
 * License along with ttm; if not, write to the Free Software
 * Foundation, Inc., 51 Franklin Street, Fifth Floor, Boston, MA 02110-1301 USA
 */

/** @file The network's picture between two of its frames. */

#include "unit.h"

#include <math.h>
#include <stdlib.h>

#include "render/tween.h"

#define COURSE  5               /* frames of the course */
#define FRAMES  3               /* of the network */
#define W       40
#define H       32
#define COUNT   (3 * W * H)     /* values of a frame */

/* A moment of one object, the left half, that moves, turns and grows. */
typedef struct Scene {
    TTMBackend *backend;
    TTMTensor pictures;
    TTMMotion motion[COURSE];
    TTMFit fit;
    TTMCourse course;
    uint8_t ids[FRAMES * W * H];
    TTMMoment moment;
    TTMTween tween;
} Scene;

/*
 * Values of a frame at (x, y), as if the object were all of it: they grow evenly along
 * the object's own axes, so that sampling between pixels is exact, and with the frame.
 */
static double value_of(const TTMMotion *m, double frame, double x, double y)
{
    const double dx = x - m->x, dy = y - m->y, c = cos(m->turn), s = sin(m->turn);

    return 10 * frame + ((c * dx + s * dy) + 2 * (c * dy - s * dx)) / m->scale;
}

static TTMMotion motion_of(const Scene *s, double frame)
{
    TTMMotion m;

    ttm_course_motion(&s->course, 1, frame * (COURSE - 1) / (FRAMES - 1), &m);
    return m;
}

/* Write the frames that are bits of @p which; the others become black. */
static void write_pictures(Scene *s, unsigned which)
{
    float *values = calloc(FRAMES * COUNT, sizeof(*values));

    assert_non_null(values);
    for (int i = 0; i < FRAMES * COUNT; i++) {
        const int pixel = i / 3 % (W * H);
        const TTMMotion m = motion_of(s, i / COUNT);

        if (which >> i / COUNT & 1)
            values[i] = (float)(value_of(&m, i / COUNT, pixel % W + 0.5,
                                         pixel / W + 0.5) + 100 * (i % 3));
    }
    assert_int_equal(ttm_tensor_write(s->backend, &s->pictures, values, TTM_DTYPE_F32), 0);
    free(values);
}

static Scene *begin(void)
{
    const TTMBackendRequest request = { .device = "cpu", .precision = TTM_DTYPE_F32,
                                        .threads = 1 };
    Scene *s = calloc(1, sizeof(*s));

    assert_non_null(s);
    for (int t = 0; t < COURSE; t++)
        s->motion[t] = (TTMMotion){ 18 + (float)t, 14 + 0.5f * (float)t,
                                    1 + 0.05f * (float)t, 0.1f * (float)t };
    s->fit = (TTMFit){ .frames = COURSE, .objects = 1, .width = W, .height = H,
                       .motion = s->motion };
    for (int i = 0; i < FRAMES * W * H; i++)
        s->ids[i] = i % W < W / 2;
    assert_int_equal(ttm_course_create(&s->course, &s->fit, 0), 0);
    assert_int_equal(ttm_moment_create(&s->moment, &(TTMMomentSource){
        &s->course, s->ids, s->ids, FRAMES, 0 }), 0);
    assert_int_equal(ttm_backend_open(&s->backend, NULL, &request), 0);
    assert_int_equal(ttm_tensor_create(s->backend, &s->pictures,
                                       TTM_SHAPE(FRAMES, H, W, 3), TTM_DTYPE_F32), 0);
    write_pictures(s, 7);
    return s;
}

static void end(Scene *s)
{
    ttm_tween_free(&s->tween, s->backend);
    assert_null(s->tween.mixed);
    ttm_tensor_free(s->backend, &s->pictures);
    ttm_backend_close(&s->backend);
    ttm_moment_free(&s->moment);
    ttm_course_free(&s->course);
    free(s);
}

/* Make the picture at @p frame, which may lie behind the end, and check all of it. */
static void check(Scene *s, double frame)
{
    const double last = FRAMES - 1, shown = fmin(frame, last), low = floor(shown);
    const double high = fmin(low + 1, last), share = shown - low;
    const TTMMotion now = motion_of(s, frame);
    const TTMMotion from = motion_of(s, low), to = motion_of(s, high);

    assert_int_equal(ttm_moment_go(&s->moment, frame * (COURSE - 1) / last), 0);
    assert_int_equal(ttm_tween_make(&s->tween, s->backend, &s->pictures, &s->moment), 0);
    /* far enough from the borders, where nothing comes from outside */
    for (int i = 0; i < COUNT; i++) {
        const int column = i / 3 % W, row = i / 3 / W;
        const double x = column + 0.5, y = row + 0.5;
        const double expected = s->ids[i / 3] ? value_of(&now, shown, x, y) :
                                (1 - share) * value_of(&from, low, x, y) +
                                share * value_of(&to, high, x, y);

        if (column >= 12 && column < W - 12 && row >= 10 && row < H - 10)
            assert_true(fabs(s->tween.mixed[i] - expected - 100 * (i % 3)) < 2e-3);
    }
}

/* Objects come from where they are in either frame; background fades. */
static void test_mixed(void **state)
{
    static const double frames[] = { 0.25, 0.75, 1.25, 1.9, 0.5, 1, 2.2, 1.5 };
    Scene *s = begin();

    (void)state;
    for (size_t i = 0; i < sizeof(frames) / sizeof(frames[0]); i++)
        check(s, frames[i]);
    end(s);
}

/* While moments go on, or back, each frame is read from the device once. */
static void test_read_once(void **state)
{
    Scene *s = begin();

    (void)state;
    check(s, 0.3);
    write_pictures(s, 1 << 2);
    check(s, 0.6);
    check(s, 1.4);
    write_pictures(s, 1 << 0);
    check(s, 0.4);
    write_pictures(s, 0);
    check(s, 0.8);
    end(s);
}

/* Gives other values, and an error. */
static int fail_to_read(TTMBackend *backend, TTMBuffer *buffer, size_t offset,
                        void *data, size_t size)
{
    (void)backend;
    (void)buffer;
    (void)offset;
    memset(data, 1, size);
    return TTM_ERR_DEVICE;
}

/* A frame that could not be read is read again. */
static void test_unread(void **state)
{
    Scene *s = begin();
    const TTMBackendFunctions *functions = s->backend->functions;
    TTMBackendFunctions failing = *functions;

    (void)state;
    failing.buffer_read = fail_to_read;
    check(s, 0.3);
    assert_int_equal(ttm_moment_go(&s->moment, 0.8 * (COURSE - 1)), 0);
    s->backend->functions = &failing;
    assert_int_equal(ttm_tween_make(&s->tween, s->backend, &s->pictures, &s->moment),
                     TTM_ERR_DEVICE);
    s->backend->functions = functions;
    check(s, 0.4);
    check(s, 1.6);
    end(s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_mixed), cmocka_unit_test(test_read_once),
        cmocka_unit_test(test_unread),
    };

    return cmocka_run_group_tests_name("tween", tests, NULL, NULL);
}
