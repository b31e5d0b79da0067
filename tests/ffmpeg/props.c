/*
 * This file is part of ttm.
 *
 * ttm is free software; you can redistribute it and/or
 * modify it under the terms of the GNU Lesser General Public
 * License as published by the Free Software Foundation; either
 * version 2.1 of the License, or (at your option) any later version.
 */

/**
 * @file
 * Gives a still side data of every kind that this FFmpeg knows, and prints the
 * kinds that the filter's frames have of it: "same" in the still's size, "other" in
 * another; and the metadata of a frame.
 */

#include <stdio.h>

#include "libavutil/dict.h"
#include "libavutil/frame.h"

#include "filters.h"
#include "ttm_props.h"

/** More than there are; kinds without a name are not known. */
#define KINDS 128

static int print_kept(const AVFrame *still, int width, const char *size)
{
    FilterLink link = { 0 };
    AVFilterLink *outlink   = &link.pub;
    AVFrame *frame          = av_frame_alloc();
    const AVDictionaryEntry *entry = NULL;

    if (!frame)
        return 1;
    outlink->w = width;
    outlink->h = still->height;
    outlink->sample_aspect_ratio = (AVRational){ 4, 3 };
    if (ff_ttm_frame_props(outlink, still, frame) < 0)
        return 1;
    for (int i = 0; i < frame->nb_side_data; i++)
        printf("%s %s\n", size, av_frame_side_data_name(frame->side_data[i]->type));
    while ((entry = av_dict_iterate(frame->metadata, entry)))
        printf("%s metadata %s=%s\n", size, entry->key, entry->value);
    printf("%s %d:%d pict %d repeat %d flags %d colour %d %d %d %d %d\n", size,
           frame->sample_aspect_ratio.num, frame->sample_aspect_ratio.den,
           frame->pict_type, frame->repeat_pict, frame->flags,
           frame->color_primaries, frame->color_trc, frame->colorspace,
           frame->color_range, frame->chroma_location);
    av_frame_free(&frame);
    return 0;
}

int main(void)
{
    AVFrame *still = av_frame_alloc();

    if (!still)
        return 1;
    still->width  = 64;
    still->height = 48;
    for (int type = 0; type < KINDS; type++) {
        if (!av_frame_side_data_name(type))
            continue;
        /* an encoder's messages may be several */
        for (int i = 0; i < (type == AV_FRAME_DATA_SEI_UNREGISTERED ? 2 : 1); i++)
            if (!av_frame_new_side_data(still, type, 256))
                return 1;
        printf("given %s\n", av_frame_side_data_name(type));
    }
    av_dict_set(&still->metadata, "lavfi.signalstats.YAVG", "17", 0);
    av_dict_set(&still->metadata, "author", "somebody", 0);
    still->pict_type       = AV_PICTURE_TYPE_I;
    still->repeat_pict     = 1;
    still->flags           = AV_FRAME_FLAG_INTERLACED | AV_FRAME_FLAG_KEY |
                             AV_FRAME_FLAG_CORRUPT;
    still->color_primaries = AVCOL_PRI_BT2020;
    still->color_trc       = AVCOL_TRC_SMPTE2084;
    still->colorspace      = AVCOL_SPC_RGB;
    still->color_range     = AVCOL_RANGE_JPEG;
    still->chroma_location = AVCHROMA_LOC_TOPLEFT;
    if (print_kept(still, 64, "same") || print_kept(still, 32, "other"))
        return 1;
    av_frame_free(&still);
    return 0;
}
