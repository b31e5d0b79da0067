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

/**
 * @file
 * An object as an elastic sheet: a square lattice over its mask that resists
 * all but turns (as rigid as possible; Sorkine and Alexa, "As-Rigid-As-Possible
 * Surface Modeling", 2007; Igarashi et al., 2005), pulled by points.
 */

#ifndef TTM_MOTION_LATTICE_H
#define TTM_MOTION_LATTICE_H

#include <stddef.h>
#include <stdint.h>

/** Position of a point in the lattice: weights of a cell's corners. */
typedef struct TTMPin {
    int cell;
    float weight[4];
} TTMPin;

/** Weights of a pull: along a direction of length 1, and in all. */
typedef struct TTMPull {
    float to[2], along[2];
    float line, point;
} TTMPull;

/** Coefficients of the equations of one corner with another of its cell. */
typedef struct TTMLatticeTerm {
    double xx, xy, yy;
} TTMLatticeTerm;

typedef struct TTMLatticeCell {
    int corner[4];              ///< upper left, upper right, lower left, lower right
    float x, y;                 ///< of the first one at rest
    float share;                ///< of its area that the object has, which resists
    float stiff;                ///< weight, grows where it is strained
    uint8_t torn;               ///< set by the caller: hardly resists
    float c, s;                 ///< its turn: cosine and sine
    float own[2];               ///< the same of it alone, of any length
    TTMLatticeTerm term[4][4];
} TTMLatticeCell;

/** What is known of a corner while equations are solved: two values each. */
typedef struct TTMLatticeCorner {
    double at[2], right[2], left[2], way[2], image[2];
    TTMLatticeTerm own;         ///< beside what its cells have
    TTMLatticeTerm all;
    float turn[2];              ///< of the cells around it, summed
} TTMLatticeCorner;

typedef struct TTMLattice {
    int width, height;          ///< of the mask
    int *cell_at;               ///< [height, width], cell that a pixel is in; -1: none
    float step;                 ///< side of a cell
    int nb_cells, nb_corners;
    TTMLatticeCell *cells;
    TTMLatticeCorner *corners;
    float (*rest)[2];           ///< [nb_corners], where they are at rest
    float stretch[3];           ///< xx, xy, yy of the whole object's, against rest
} TTMLattice;

/**
 * Cover the pixels of @p id in @p ids [height, width]. Parts that lie in one
 * square but do not touch within it are cells of their own, which hang together
 * only as the object does (virtual nodes; Molino et al., "A Virtual Node Algorithm
 * for Changing Mesh Topology", 2004): two limbs with a thin gap move apart.
 * TTM_ERR_MEMORY (no message, nothing is kept) or 0.
 */
int ttm_lattice_create(TTMLattice *lattice, const uint8_t *ids, int width,
                       int height, int id, float step);
void ttm_lattice_free(TTMLattice *lattice);

/** Where (x, y) at rest, near the object's pixel (px, py), is in the lattice. */
void ttm_lattice_pin(const TTMLattice *lattice, float x, float y, int px,
                     int py, TTMPin *pin);
/** Where a pin is with the corners @p at. */
void ttm_lattice_position(const TTMLattice *lattice, const float (*at)[2],
                          const TTMPin *pin, float position[2]);

/**
 * Turn of each cell, averaged with those around it, and stretch of the whole,
 * with the corners @p at; cells that are strained become stiffer, the others
 * slowly what they were.
 */
void ttm_lattice_update(TTMLattice *lattice, const float (*at)[2]);

/** Begin equations: the lattice's own, times @p stiffness. */
void ttm_lattice_begin(TTMLattice *lattice, float stiffness);
void ttm_lattice_pull(TTMLattice *lattice, const TTMPin *pin,
                      const TTMPull *pull);
/** Pull corner @p i to @p to. */
void ttm_lattice_hold(TTMLattice *lattice, int i, const float to[2],
                      float weight);
/** Move the corners @p at to the solution, nearly (conjugate gradients). */
void ttm_lattice_solve(TTMLattice *lattice, float (*at)[2]);

/** Singular values of a cell's map, the larger first; the smaller < 0: turned over. */
void ttm_lattice_strain(const TTMLattice *lattice, const float (*at)[2],
                        int cell, float strain[2]);

#endif /* TTM_MOTION_LATTICE_H */
