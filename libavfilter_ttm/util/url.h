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

/** @file Addresses of servers, http and https only. */

#ifndef TTM_UTIL_URL_H
#define TTM_UTIL_URL_H

/** Longest address that is taken, and longest name of a host (RFC 1035). */
#define TTM_MAX_URL  2048
#define TTM_MAX_HOST 253

/** The parts of an address. */
typedef struct TTMUrl {
    int secure;                     ///< https
    int local;                      ///< the host is this machine: localhost, 127.*, [::1]
    char server[TTM_MAX_HOST + 9];  ///< "host" or "host:port"; IPv6 in brackets
    const char *path;               ///< of the text, behind the server; may be empty
    int path_size;                  ///< without what begins with '?'
} TTMUrl;

/**
 * Take an address apart; @p url keeps a pointer to @p text. NULL, or what is wrong with
 * it in words that go behind "the address" and repeat nothing of it, as it may hold a
 * password.
 */
const char *ttm_url_read(TTMUrl *url, const char *text);

#endif /* TTM_UTIL_URL_H */
