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

/** @file Metadata of a clip and the report file. */

#ifndef TTM_CLIP_REPORT_H
#define TTM_CLIP_REPORT_H

#include "ttm.h"

/** Unit of work: write the `report` file. */
int ttm_clip_report(TTMContext *ctx, int unit);
/**
 * The clip ends: write the report again if frames were delivered since, or for the
 * first time where the clip was cut short.
 */
void ttm_report_end(TTMContext *ctx);
/**
 * The clip begins: where a report is wanted, remove that of an earlier clip, which is
 * not this one's, and take the hashes of the bundle and of the still's file.
 */
int ttm_report_begin(TTMContext *ctx);

#endif /* TTM_CLIP_REPORT_H */
