#!/bin/sh
#
# Get FFmpeg's source and apply our patches:
#     ffmpeg-source.sh FOLDER [SOURCE-FOLDER|TARBALL|9.0|7.1]
# leaves FOLDER/source. Without a given source: the release from ffmpeg.org,
# else the distribution's upstream tarball through apt, FFmpeg 9.0 before 7.1
# unless one of them is asked for. Status 2: no source is to be had.
#
# This file is part of ttm, licensed under the LGPL 2.1 or later.

set -u
LC_ALL=C
export LC_ALL

root=$(cd "$(dirname "$0")/.." && pwd -P)
mkdir -p "$1" && folder=$(cd "$1" && pwd -P) || exit 1
given=${2:-}
case $given in
7.1) given='' wanted=7.1 release=7.1.5 ;;
9.0) given='' wanted=9.0 release=9.0.2 ;;
*)   wanted='9.0 7.1' release=9.0.2 ;;
esac
log=$folder/source.log
apt=$folder/apt
: >"$log"
# shellcheck source=build-aux/apt-source.sh
. "$root/build-aux/apt-source.sh"

die() {
    echo "ffmpeg: $*" >&2
    exit 1
}

# Is the file what FFmpeg released? 0: yes, 1: no, 2: unknown release.
verify() {      # FILE VERSION
    sum=$(awk -v name="ffmpeg-$2.tar.xz" '$2 == name { print $1 }' \
              "$root/build-aux/ffmpeg.sha256")
    [ -n "$sum" ] || return 2
    [ "$(sha256sum "$1" | cut -d' ' -f1)" = "$sum" ]
}

from_release() {
    url=https://ffmpeg.org/releases/ffmpeg-$release.tar.xz
    file=$folder/download/ffmpeg-$release.tar.xz
    if ! [ -f "$file" ]; then
        echo "  FETCH   $url"
        if command -v curl >/dev/null 2>&1; then
            curl -fsSL --connect-timeout 5 --max-time 300 -o "$file" "$url"
        elif command -v wget >/dev/null 2>&1; then
            wget -q --timeout=5 --tries=1 -O "$file" "$url"
        else
            false
        fi >>"$log" 2>&1 || { rm -f "$file"; return 1; }
    fi
    verify "$file" $release && tarball=$file && return 0
    rm -f "$file"
    echo "ffmpeg: $url has an unexpected checksum, not used" >&2
    return 1
}

from_suite() {  # URI KEYRING SUITE
    use_suite "$1" "$2" "$3" "$components" || return 1
    version=$(source_versions ffmpeg |
                  grep -E "^([0-9]+:)?$series([.-]|\$)" | head -n 1)
    [ -n "$version" ] || return 1
    upstream=$(echo "$version" | sed 's/^[0-9]*://; s/-[^-]*$//')
    (cd "$folder/download" && rm -f ffmpeg_*.orig.tar.* &&
        private_apt apt-get source --download-only --tar-only \
            "ffmpeg=$version") >>"$log" 2>&1
    for file in "$folder/download/ffmpeg_$upstream.orig.tar".*; do
        case $file in *.asc|*'*') continue ;; esac
        verify "$file" "$upstream"
        [ $? = 1 ] && die "$file is not the released FFmpeg $upstream"
        tarball=$file
        return 0
    done
    return 1
}

from_distribution() {
    begin_apt || return 1
    distribution=$(distribution)
    case $distribution in
    ubuntu) suites='resolute questing plucky' components=universe ;;
    *)      suites='sid forky trixie' components=main ;;
    esac
    for series in $wanted; do
        for suite in $suites; do
            while read -r uri keyring; do
                echo "  FETCH   FFmpeg $series from $distribution $suite"
                from_suite "$uri" "$keyring" "$suite" && return 0
            done <"$apt/archives"
        done
    done
    return 1
}

mkdir -p "$folder/download" || exit 1
rm -rf "$folder/source" "$folder/unpacked"
tarball=
if [ -d "$given" ]; then
    cp -R "$given" "$folder/source" || exit 1
    rm -rf "$folder/source/.git"
elif [ -n "$given" ]; then
    tarball=$given
else
    from_release || from_distribution || {
        echo "ffmpeg: no source of FFmpeg to be had; get ffmpeg-$release.tar.xz and use" \
            "configure --ffmpeg-src=FILE (see $log)" >&2
        exit 2
    }
fi
rm -rf "$folder/apt"
if [ -n "$tarball" ]; then
    mkdir "$folder/unpacked" &&
        tar -xf "$tarball" -C "$folder/unpacked" --no-same-owner &&
        mv "$folder"/unpacked/* "$folder/source" || die "cannot unpack $tarball"
    rmdir "$folder/unpacked"
fi

version=$(cat "$folder/source/RELEASE" 2>/dev/null) ||
    die "${given:-$tarball} is not FFmpeg's source: it has no file RELEASE"
case $version in
7.1|7.1.*)   series=7.1 ;;
8.*|9.*)     series=9.0 ;;
*) die "version $version is not supported; use 9.0 or 7.1" ;;
esac
while read -r patch; do
    echo "  PATCH   $patch (FFmpeg $version)"
    patch -d "$folder/source" -p1 -N -s \
        <"$root/patches/ffmpeg-$series/$patch" ||
        die "patches/ffmpeg-$series/$patch does not apply to FFmpeg $version"
done <"$root/patches/ffmpeg-$series/series"
