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
 * Public interface of libttm-http: how a program lets libttm reach the server of the
 * option llm, by libcurl. It is a library of its own, as libttm opens no connections:
 *
 *     ttm_settings_set_post(settings, ttm_http_post, NULL);
 */

#ifndef TTM_TTM_HTTP_H
#define TTM_TTM_HTTP_H

#include <ttm.h>

#ifdef __cplusplus
extern "C" {
#endif

/** Seconds that making a connection may take, of those that all of it may. */
#define TTM_HTTP_CONNECT_SECONDS 5

/**
 * A TTMPostCallback.
 *
 * - http and https only. Certificates are checked, with the system's authorities; TLS 1.2
 *   at least. Redirects are not followed: key and words go to the host that was named.
 * - The key of the environment variable TTM_LLM_KEY, where there is one, is sent as
 *   "Authorization: Bearer KEY". It appears in no message, and if the server repeats it
 *   there are asterisks in its place.
 * - Proxies are those of curl's environment variables (https_proxy, no_proxy, ...); for
 *   this machine itself there is none. No cookies, no .netrc.
 * - post->stopped() is asked ten times a second.
 *
 * Threads may call it at the same time.
 *
 * @param opaque  not used
 * @return 0 and reply->status; TTM_ERR_CANCELLED; TTM_ERR_MEMORY; TTM_ERR_ARGUMENT: the key
 *         cannot be sent; TTM_ERR_FORMAT: the answer is too long; TTM_ERR_FILE: no answer.
 *         reply->message says why.
 */
int ttm_http_post(void *opaque, const TTMPost *post, TTMReply *reply);

#ifdef __cplusplus
}
#endif

#endif /* TTM_TTM_HTTP_H */
