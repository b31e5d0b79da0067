/*
 * This file is part of ttm, licensed under the LGPL 2.1 or later.
 *
 * Sine and cosine to a float's precision.
 */

/* Of angle + rest. The language promises sin() to 2^-11 and within [-pi, pi]
 * only, so: reduce by pi/2 in three parts whose products are exact, then Taylor
 * series on [-pi/4, pi/4]. */
vec2 sine_cosine(float angle, float rest)
{
    float turns = roundEven((angle + rest) * 0.63661977236758134);
    int quarter = int(turns) & 3;
    precise float r;
    float r2, s, c;

    r  = angle - turns * 1.5703125;
    r  = r - turns * 4.8351287841796875e-4;
    r  = r + rest;
    r  = r - turns * 3.1391647865048132e-7;
    r2 = r * r;
    s  = r + r * r2 * (-1.0 / 6.0 + r2 * (1.0 / 120.0 + r2 * (-1.0 / 5040.0 +
                       r2 * (1.0 / 362880.0))));
    c  = 1.0 + r2 * (-0.5 + r2 * (1.0 / 24.0 + r2 * (-1.0 / 720.0 +
                     r2 * (1.0 / 40320.0 - r2 * (1.0 / 3628800.0)))));
    switch (quarter) {
    case 0:  return vec2(s, c);
    case 1:  return vec2(c, -s);
    case 2:  return vec2(-s, -c);
    default: return vec2(-c, s);
    }
}
