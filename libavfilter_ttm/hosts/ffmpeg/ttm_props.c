/*
 * This file is part of FFmpeg.
 *
 * FFmpeg is free software; you can redistribute it and/or
 * modify it under the terms of the GNU Lesser General Public
 * License as published by the Free Software Foundation; either
 * version 2.1 of the License, or (at your option) any later version.
 *
 * FFmpeg is distributed in the hope that it will be useful,
 * but WITHOUT ANY WARRANTY; without even the implied warranty of
 * MERCHANTABILITY or FITNESS FOR A PARTICULAR PURPOSE.  See the GNU
 * Lesser General Public License for more details.
 *
 * You should have received a copy of the GNU Lesser General Public
 * License along with FFmpeg; if not, write to the Free Software
 * Foundation, Inc., 51 Franklin Street, Fifth Floor, Boston, MA 02110-1301 USA
 */

/**
 * @file
 * Properties of the ttm filter's frames: what of the still is true of every frame
 * of its clip, what is told of how they were made, what will not play, and alpha.
 */

#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "libavutil/avutil.h"
#include "libavutil/dict.h"
#include "libavutil/frame.h"
#include "libavutil/log.h"
#include "libavutil/macros.h"
#include "libavutil/pixdesc.h"
#include "libavutil/pixfmt.h"
#include "libavutil/rational.h"
#include "libavutil/version.h"

#include "filters.h"
#include "ttm_props.h"

/** Most filters between this one and a sink that are looked through. */
#define MAX_DOWNSTREAM 32

AVRational ff_ttm_output_sar(const AVFilterLink *inlink, int width,
                               int height)
{
    AVRational sar = inlink->sample_aspect_ratio, stretched;

    if (!sar.num)
        return sar;
    stretched = av_mul_q(sar, av_make_q(inlink->w, inlink->h));
    stretched = av_mul_q(stretched, av_make_q(height, width));
    // Rounding of a size is no reason for a ratio like 5124:5120.
    if (fabs(av_q2d(stretched) / av_q2d(sar) - 1.0) < 0.02)
        return sar;
    return stretched;
}

/*
 * What describes the content of the still holds for every frame; what is about
 * that one coded picture (captions, timecodes, film grain, an encoder's messages,
 * regions, EXIF, metadata of its brightness) does not, and what is not known
 * here may be either.
 */
static int describes_content(enum AVFrameSideDataType type, int same_size)
{
    switch (type) {
    case AV_FRAME_DATA_STEREO3D:
    case AV_FRAME_DATA_DISPLAYMATRIX:
    case AV_FRAME_DATA_AFD:
    case AV_FRAME_DATA_MASTERING_DISPLAY_METADATA:
    case AV_FRAME_DATA_CONTENT_LIGHT_LEVEL:
    case AV_FRAME_DATA_AMBIENT_VIEWING_ENVIRONMENT:
    case AV_FRAME_DATA_ICC_PROFILE:
#if LIBAVUTIL_VERSION_INT >= AV_VERSION_INT(60, 4, 101)
    case AV_FRAME_DATA_3D_REFERENCE_DISPLAYS:
#endif
        return 1;
    case AV_FRAME_DATA_SPHERICAL:       // its bounds are in pixels
        return same_size;
    default:
        return 0;
    }
}

static void drop_side_data(AVFrame *frame, int same_size)
{
    int i;

    for (i = frame->nb_side_data - 1; i >= 0; i--) {
        enum AVFrameSideDataType type = frame->side_data[i]->type;

        if (describes_content(type, same_size))
            continue;
        av_frame_remove_side_data(frame, type);     // all that are of it
        i = FFMIN(i, frame->nb_side_data);
    }
}

/* What filters before have measured of the still is not true of the clip. */
static int drop_metadata(AVFrame *frame)
{
    const AVDictionaryEntry *entry = NULL;
    AVDictionary *kept = NULL;
    int ret = 0;

    while (ret >= 0 && (entry = av_dict_iterate(frame->metadata, entry)))
        if (strncmp(entry->key, "lavfi.", 6))
            ret = av_dict_set(&kept, entry->key, entry->value,
                              AV_DICT_MULTIKEY);
    av_dict_free(&frame->metadata);
    frame->metadata = kept;
    return ret;
}

static int set_metadata(TTMContext *engine, int hash, int index, AVFrame *frame)
{
    static const char *const keys[] = {
        "model", "model_hash", "lora", "seed", "prompt_hash", "device",
        "digital_source_type", "source"
    };
    int i, ret;

    for (i = 0; i < FF_ARRAY_ELEMS(keys); i++) {
        const char *value = !hash && !strcmp(keys[i], "model_hash") ? NULL :
                            ttm_metadata(engine, keys[i]);
        char key[64];

        if (!value)
            continue;
        snprintf(key, sizeof(key), "lavfi.ttm.%s", keys[i]);
        ret = av_dict_set(&frame->metadata, key, value, 0);
        if (ret < 0)
            return ret;
    }
    return av_dict_set_int(&frame->metadata, "lavfi.ttm.frame", index, 0);
}

// The UUID that says that a message is ttm's (docs/options.md): never another one.
static const uint8_t message_uuid[16] = {
    0x1c, 0x5f, 0x8e, 0x02, 0x6b, 0x94, 0x4a, 0x3d, 0xa7, 0x51, 0x0e, 0xd9, 0x33, 0x78, 0xc6, 0xbf
};

static int set_message(TTMContext *engine, AVFrame *frame)
{
    const char *text = ttm_metadata(engine, "provenance");
    size_t length = text ? strlen(text) : 0;
    AVFrameSideData *message;

    if (!text)
        return AVERROR(ENOMEM);
    message = av_frame_new_side_data(frame, AV_FRAME_DATA_SEI_UNREGISTERED,
                                     sizeof(message_uuid) + length);
    if (!message)
        return AVERROR(ENOMEM);
    memcpy(message->data, message_uuid, sizeof(message_uuid));
    memcpy(message->data + sizeof(message_uuid), text, message->size - sizeof(message_uuid));
    return 0;
}

int ff_ttm_frame_provenance(TTMContext *engine, int hash, int index, AVFrame *frame)
{
    int ret = set_metadata(engine, hash, index, frame);

    return ret < 0 ? ret : set_message(engine, frame);
}

int ff_ttm_frame_props(AVFilterLink *outlink, const AVFrame *still, AVFrame *frame)
{
    int ret = av_frame_copy_props(frame, still);

    if (ret < 0)
        return ret;
    drop_side_data(frame, outlink->w == still->width &&
                          outlink->h == still->height);
    ret = drop_metadata(frame);
    frame->pkt_dts     = AV_NOPTS_VALUE;
    frame->duration    = 1;
    frame->time_base   = outlink->time_base;
    frame->pict_type   = AV_PICTURE_TYPE_NONE;
    frame->repeat_pict = 0;
    frame->best_effort_timestamp = AV_NOPTS_VALUE;
    frame->decode_error_flags    = 0;
    frame->flags      &= ~(AV_FRAME_FLAG_INTERLACED |
                           AV_FRAME_FLAG_TOP_FIELD_FIRST |
                           AV_FRAME_FLAG_CORRUPT | AV_FRAME_FLAG_DISCARD |
                           AV_FRAME_FLAG_KEY);
    frame->sample_aspect_ratio = outlink->sample_aspect_ratio;
    return ret;
}

/* The last link that frames of this one reach in the size that they have here. */
static const AVFilterLink *last_link(const AVFilterLink *link)
{
    int i;

    for (i = 0; i < MAX_DOWNSTREAM; i++) {
        const AVFilterContext *next = link->dst;

        if (!next || next->nb_outputs != 1 || !next->outputs[0] ||
            (strcmp(next->filter->name, "format") &&
             strcmp(next->filter->name, "null") &&
             strcmp(next->filter->name, "setparams") &&
             strcmp(next->filter->name, "setsar") &&
             strcmp(next->filter->name, "fps") &&
             strncmp(next->name, "auto_scale_", 11)))
            break;
        link = next->outputs[0];
    }
    return link;
}

void ff_ttm_tell_what_fails(const AVFilterLink *outlink)
{
    const AVFilterLink *last = last_link(outlink);
    const AVPixFmtDescriptor *desc = av_pix_fmt_desc_get(last->format);
    int even_w = outlink->w & ~1, even_h = outlink->h & ~1;

    if (!desc || desc->flags & (AV_PIX_FMT_FLAG_RGB | AV_PIX_FMT_FLAG_HWACCEL) ||
        desc->nb_components < 3)
        return;
    if ((desc->log2_chroma_w && outlink->w & 1 && even_w) ||
        (desc->log2_chroma_h && outlink->h & 1 && even_h))
        av_log(outlink->src, AV_LOG_WARNING, "frames of %dx%d go on as %s, which "
               "many encoders refuse in odd sizes: put crop=%d:%d after ttm\n",
               outlink->w, outlink->h, desc->name,
               desc->log2_chroma_w && even_w ? even_w : outlink->w,
               desc->log2_chroma_h && even_h ? even_h : outlink->h);
    if (last->colorspace == AVCOL_SPC_UNSPECIFIED)
        av_log(outlink->src, AV_LOG_INFO, "frames go on as %s without the name of "
               "their matrix, and players may guess another one: "
               "format=%s:color_spaces=bt709 after ttm names it\n", desc->name,
               desc->name);
}

static int is_multiplied(const AVFrame *frame)
{
#if LIBAVUTIL_VERSION_INT >= AV_VERSION_INT(60, 11, 100)
    return frame->alpha_mode == AVALPHA_MODE_PREMULTIPLIED;
#else
    return 0;
#endif
}

enum TTMPixelFormat ff_ttm_multiplied(enum TTMPixelFormat format)
{
    return format == TTM_PIXEL_RGBA8  ? TTM_PIXEL_PRGBA8  :
           format == TTM_PIXEL_RGBA16 ? TTM_PIXEL_PRGBA16 : format;
}

TTMImage ff_ttm_image(const AVFrame *frame)
{
    enum TTMPixelFormat format =
        frame->format == AV_PIX_FMT_RGBA   ? TTM_PIXEL_RGBA8  :
        frame->format == AV_PIX_FMT_RGBA64 ? TTM_PIXEL_RGBA16 :
        frame->format == AV_PIX_FMT_RGB48  ? TTM_PIXEL_RGB16  : TTM_PIXEL_RGB8;
    TTMImage image = {
        .struct_size = sizeof(image),
        .format = is_multiplied(frame) ? ff_ttm_multiplied(format) : format,
        .width  = frame->width,
        .height = frame->height,
        .stride = frame->linesize[0],
        .data   = frame->data[0],
    };

    return image;
}

static int is_opaque(const AVFrame *frame)
{
    int x, y;

    for (y = 0; y < frame->height; y++) {
        const uint8_t *row = frame->data[0] + y * (ptrdiff_t)frame->linesize[0];

        for (x = 0; x < frame->width; x++)
            if (frame->format == AV_PIX_FMT_RGBA ? row[4 * x + 3] != 255 :
                ((const uint16_t *)row)[4 * x + 3] != 65535)
                return 0;
    }
    return 1;
}

int ff_ttm_loses_alpha(const AVFilterLink *outlink, const AVFrame *still)
{
    const AVPixFmtDescriptor *desc =
        av_pix_fmt_desc_get(last_link(outlink)->format);

    if ((still->format != AV_PIX_FMT_RGBA && still->format != AV_PIX_FMT_RGBA64) ||
        !desc || desc->flags & (AV_PIX_FMT_FLAG_ALPHA | AV_PIX_FMT_FLAG_HWACCEL) ||
        is_opaque(still))
        return 0;
    av_log(outlink->src, AV_LOG_WARNING, "the still is transparent in places, and frames "
           "go on as %s, which holds no alpha: they are put over mid gray. Keep it with "
           "e.g. -c:v prores_ks -pix_fmt yuva444p10le out.mov, or put overlay after "
           "ttm\n", desc->name);
    return 1;
}

void ff_ttm_flatten(AVFrame *frame)
{
    int x, y, c;

    for (y = 0; y < frame->height; y++) {
        uint8_t *row = frame->data[0] + y * (ptrdiff_t)frame->linesize[0];
        uint16_t *wide = (uint16_t *)row;

        for (x = 0; x < frame->width; x++)
            for (c = 0; c < 4; c++) {
                if (frame->format == AV_PIX_FMT_RGBA)
                    row[4 * x + c] = c == 3 ? 255 : row[4 * x + c] +
                                     (255 - row[4 * x + 3] + 1) / 2;
                else
                    wide[4 * x + c] = c == 3 ? 65535 : wide[4 * x + c] +
                                      (65535 - wide[4 * x + 3] + 1) / 2;
            }
    }
}

int ff_ttm_bgr_to_rgb(AVFrame *frame)
{
    int x, y, ret = av_frame_make_writable(frame);

    for (y = 0; ret >= 0 && y < frame->height; y++) {
        uint8_t *pixel = frame->data[0] + y * (ptrdiff_t)frame->linesize[0];

        for (x = 0; x < frame->width; x++, pixel += 3)
            FFSWAP(uint8_t, pixel[0], pixel[2]);
    }
    return ret;
}
