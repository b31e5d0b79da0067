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

/** @file Grids and sets for masked attention against the PyTorch reference. */

#include "reference.h"

#include "util/regions.h"

static void sets_by_boxes(const uint8_t *ids, int frames, int height, int width,
                          int objects, int h, int w, uint32_t *sets)
{
    int32_t boxes[REF_F * REF_L * 4];

    for (int i = 0; i < frames * objects; i++)
        ttm_regions_box(ids + i / objects * height * width, height, width,
                        i % objects + 1, boxes + 4 * i);
    ttm_regions_box_sets(boxes, frames, height, width, objects, h, w, sets);
}

/* Number of cells and sets that differ from the reference's when the frames
   are moved by so many columns. */
static int count_different(int columns)
{
    static const int sizes[3][2] = { { 8, 12 }, { 4, 6 }, { 2, 3 } };
    uint8_t ids[REF_F * REF_PIXELS], expected[REF_F * 96], grid[REF_F * 96];
    uint32_t sets[REF_F * 96];
    TTMJson *json = reference_load();
    int different = 0;

    reference_ids(json, "ids", ids, REF_F * REF_PIXELS);
    memmove(ids + columns, ids, sizeof(ids) - columns);
    for (int i = 0; i < 3; i++) {
        int h = sizes[i][0], w = sizes[i][1], count = REF_F * h * w;
        char key[32];

        snprintf(key, sizeof(key), "%dx%d", h, w);
        reference_ids(ttm_json_get(json, "grids"), key, expected, count);
        assert_int_equal(ttm_regions_grid(ids, REF_F, REF_H, REF_W, REF_L, h, w,
                                          grid), 0);
        for (int k = 0; k < count; k++)
            different += grid[k] != expected[k];
        for (int boxes = 0; boxes < 2; boxes++) {
            snprintf(key, sizeof(key), "%dx%d %d", h, w, boxes);
            reference_ids(ttm_json_get(json, "sets"), key, expected, count);
            if (boxes)
                sets_by_boxes(ids, REF_F, REF_H, REF_W, REF_L, h, w, sets);
            else
                ttm_regions_sets(ids, REF_F, REF_H, REF_W, REF_L, h, w, sets);
            for (int k = 0; k < count; k++)
                different += sets[k] != expected[k];
        }
    }
    ttm_json_free(&json);
    return different;
}

static void test_reference(void **state)
{
    (void)state;
    assert_int_equal(count_different(0), 0);
}

/* The comparison sees frames that are some pixels off. */
static void test_perturbed(void **state)
{
    (void)state;
    assert_true(count_different(3) > 0);
}

/* A tie goes to the higher id; a lost object gets its best cell. */
static void test_rules(void **state)
{
    const uint8_t tie[16] = { 1, 2, 0, 0,  2, 1, 0, 0,
                              0, 0, 3, 0,  0, 0, 0, 0 };
    uint8_t grid[4];

    (void)state;
    assert_int_equal(ttm_regions_grid(tie, 1, 4, 4, 3, 2, 2, grid), 0);
    assert_int_equal(grid[1], 0);
    assert_int_equal(grid[2], 0);
    assert_int_equal(grid[3], 3);
    /* 1 and 2 share their only cell: 2 wins it, 1 takes it, 2 takes it back */
    assert_int_equal(grid[0], 2);
}

/* An object without a cell of its own takes the one where it has most. */
static void test_lost_object(void **state)
{
    const uint8_t ids[16] = { 1, 1, 1, 1,  1, 2, 2, 2,
                              0, 0, 0, 0,  0, 0, 0, 0 };
    uint8_t grid[4];

    (void)state;
    assert_int_equal(ttm_regions_grid(ids, 1, 4, 4, 2, 2, 2, grid), 0);
    assert_int_equal(grid[0], 1);
    assert_int_equal(grid[1], 2);
    assert_int_equal(ttm_regions_grid(ids, 1, 4, 4, 2, 2, 1, grid), 0);
    assert_int_equal(grid[0], 2);
    assert_int_equal(grid[1], 0);
}

static void test_finer_than_pixels(void **state)
{
    const uint8_t ids[2] = { 1, 0 };
    uint8_t grid[16];
    uint32_t sets[16];

    (void)state;
    assert_int_equal(ttm_regions_grid(ids, 1, 1, 2, 1, 4, 4, grid), 0);
    sets_by_boxes(ids, 1, 1, 2, 1, 4, 4, sets);
    for (int i = 0; i < 16; i++) {
        assert_int_equal(grid[i], i % 4 < 2);
        assert_int_equal(sets[i], i % 4 < 2);
    }
}

/* What a cell of a latent frame has of each id, counted over its pictures. */
static void count_pixels(const uint8_t *ids, int first, int nb, int y, int x, int side,
                         int counts[4])
{
    memset(counts, 0, 4 * sizeof(*counts));
    for (int t = first; t < first + nb; t++)
        for (int i = 0; i < side; i++)
            for (int j = 0; j < side; j++)
                counts[ids[(t * 16 + y * side + i) * 24 + x * side + j]]++;
}

/*
 * A latent frame of several pictures: the id that most pixels of a cell have in all of
 * them, the prompts of each object that is there in one, and the box around it in all.
 */
static void test_gather(void **state)
{
    enum { FRAMES = 9, H = 16, W = 24, SIDE = 4, CELLS = H / SIDE * (W / SIDE) };
    uint8_t ids[FRAMES * H * W], gathered[9 * 4 * H * W], grid[9 * CELLS];
    uint32_t sets[9 * CELLS], random = 1;

    (void)state;
    for (int i = 0; i < FRAMES * H * W; i++) {
        const int t = i / (H * W), x = i % W;

        random = random * 1664525u + 1013904223u;
        /* bands that move right, with noise, so that frames differ */
        ids[i] = random >> 30 ? (uint8_t)((x + 2 * t) / 6 % 4) : (uint8_t)(random >> 28 & 3);
    }
    for (int scale = 1; scale <= 4; scale *= 2) {
        const int latents = 1 + (FRAMES - 1) / scale;
        int others = 0;

        ttm_regions_gather(ids, FRAMES, H, W, scale, gathered);
        assert_int_equal(ttm_regions_grid(gathered, latents, H * scale, W, 3,
                                          H / SIDE, W / SIDE, grid), 0);
        ttm_regions_sets(gathered, latents, H * scale, W, 3, H / SIDE, W / SIDE, sets);
        for (int i = 0; i < latents * CELLS; i++) {
            const int t = i / CELLS, first = t ? 1 + (t - 1) * scale : 0;
            const int y = i % CELLS / (W / SIDE), x = i % (W / SIDE);
            int counts[4], one[4], best = 0;
            uint32_t set = 0;

            count_pixels(ids, first, t ? scale : 1, y, x, SIDE, counts);
            count_pixels(ids, first, 1, y, x, SIDE, one);
            for (int id = 1; id < 4; id++) {
                set |= counts[id] ? 1u << (id - 1) : 0;
                if (counts[id] >= counts[best])
                    best = id;
            }
            assert_int_equal(grid[i], best);
            assert_int_equal(sets[i], set);
            for (int id = 0; id < 4; id++)
                others += one[id] > one[best];
        }
        /* the first picture of some would have said something else */
        assert_int_equal(scale > 1, others > 0);
        for (int t = 0; t < latents; t++) {
            for (int id = 1; id < 4; id++) {
                int all[4], hull[4] = { W, H, 0, 0 };

                ttm_regions_box(gathered + t * scale * H * W, H * scale, W, id, all);
                for (int k = 0; k < (t ? scale : 1); k++) {
                    const int frame = t ? 1 + (t - 1) * scale + k : 0;
                    int box[4];

                    ttm_regions_box(ids + frame * H * W, H, W, id, box);
                    hull[0] = box[0] < hull[0] ? box[0] : hull[0];
                    hull[1] = box[1] < hull[1] ? box[1] : hull[1];
                    hull[2] = box[2] > hull[2] ? box[2] : hull[2];
                    hull[3] = box[3] > hull[3] ? box[3] : hull[3];
                }
                assert_int_equal(all[0], hull[0]);
                assert_int_equal(all[2], hull[2]);
                assert_int_equal(all[1] / scale, hull[1]);
                assert_int_equal((all[3] + scale - 1) / scale, hull[3]);
            }
        }
    }
}

/* The first frame stands for itself, also where others stand for several. */
static void test_gather_first(void **state)
{
    const uint8_t ids[3 * 2] = { 1, 2, 3, 4, 5, 6 };
    const uint8_t expected[4 * 2] = { 1, 2, 1, 2, 3, 4, 5, 6 };
    uint8_t gathered[8];

    (void)state;
    ttm_regions_gather(ids, 3, 1, 2, 2, gathered);
    assert_memory_equal(gathered, expected, sizeof(expected));
}

static void test_box(void **state)
{
    const uint8_t ids[12] = { 0, 0, 0, 0,  0, 2, 0, 2,  0, 2, 0, 0 };
    int box[4];

    (void)state;
    assert_int_equal(ttm_regions_box(ids, 3, 4, 2, box), 3);
    assert_int_equal(box[0], 1);
    assert_int_equal(box[1], 1);
    assert_int_equal(box[2], 4);
    assert_int_equal(box[3], 3);
    assert_int_equal(ttm_regions_box(ids, 3, 4, 1, box), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_reference), cmocka_unit_test(test_perturbed),
        cmocka_unit_test(test_rules), cmocka_unit_test(test_lost_object),
        cmocka_unit_test(test_finer_than_pixels), cmocka_unit_test(test_box),
        cmocka_unit_test(test_gather), cmocka_unit_test(test_gather_first),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
