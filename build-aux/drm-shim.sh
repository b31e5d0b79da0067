#!/bin/sh
#
# Build Mesa's drm-shim from the source package of Debian trixie:
#     drm-shim.sh FOLDER
# leaves FOLDER/lib{nouveau,amdgpu,intel}_noop_drm_shim.so. Preloaded, they are a
# kernel driver that does nothing, so that Mesa's drivers open a GPU that is not there
# and compile for it. Built in a system of its own, which is removed afterwards; needs
# root (debootstrap, chroot).
#
# This file is part of ttm, licensed under the LGPL 2.1 or later.

set -u
LC_ALL=C
export LC_ALL

source=$(cd "$(dirname "$0")/.." && pwd -P)
mkdir -p "$1" && folder=$(cd "$1" && pwd -P) || exit 1
log=$folder/drm-shim.log
apt=$folder/apt
root=$folder/build-root
suite=trixie
packages=gcc,g++,libc6-dev,meson,ninja-build,python3-mako,python3-yaml,python3-packaging
packages=$packages,libdrm-dev,zlib1g-dev,libexpat1-dev,libelf-dev,libzstd-dev,flex,bison
packages=$packages,pkg-config,glslang-tools
options='-Dtools=drm-shim,intel -Dgallium-drivers=nouveau,crocus -Dvulkan-drivers=amd
    -Dplatforms= -Dglx=disabled -Degl=disabled -Dgbm=disabled -Dopengl=true
    -Dgles1=disabled -Dgles2=disabled -Dllvm=disabled -Dvideo-codecs= -Dxmlconfig=disabled
    -Dbuildtype=release'
shims='src/nouveau/drm-shim/libnouveau_noop_drm_shim.so
    src/amd/drm-shim/libamdgpu_noop_drm_shim.so src/intel/tools/libintel_noop_drm_shim.so'
: >"$log"
# shellcheck source=build-aux/apt-source.sh
. "$source/build-aux/apt-source.sh"

die() {
    echo "drm-shim: $*, see $log" >&2
    exit 1
}

# The source and a system to build it in, both of the same suite.
fetch() {
    begin_apt || return 1
    while read -r uri keyring; do
        use_suite "$uri" "$keyring" "$suite" main || continue
        version=$(source_versions mesa | head -n 1)
        [ -n "$version" ] &&
            (cd "$apt" && private_apt apt-get source --download-only --tar-only \
                "mesa=$version") >>"$log" 2>&1 || continue
        rm -rf --one-file-system "$root"
        debootstrap --variant=minbase --include="$packages" \
            ${keyring:+--keyring="$keyring"} "$suite" "$root" "$uri" \
            </dev/null >>"$log" 2>&1 && mkdir "$root/mesa" &&
            tar -xf "$apt"/mesa_*.orig.tar.xz -C "$root/mesa" --strip-components=1 \
                --no-same-owner && return 0
    done <"$apt/archives"
    return 1
}

[ "$(id -u)" = 0 ] || die "needs root, for debootstrap and chroot"
sh "$source/build-aux/packages.sh" debootstrap || exit 1
echo "  FETCH   Mesa and a system of Debian $suite to build it in"
fetch || die "no source of Mesa to be had"
# the interface that newer drivers ask for; what they get does nothing anyway
sed -i 's/version_minor = 49/version_minor = 61/' \
    "$root/mesa/src/amd/drm-shim/amdgpu_noop_drm_shim.c"
echo "  BUILD   drm-shim"
cat >"$root/build-shims" <<END
#!/bin/sh
export HOME=/tmp PATH=/usr/sbin:/usr/bin:/sbin:/bin
[ \$# = 0 ] || mount -t proc proc /proc
cd /mesa && meson setup /mesa/build $(echo $options) && ninja -C build $(echo $shims)
END
if unshare --mount true 2>/dev/null; then
    unshare --mount chroot "$root" sh /build-shims proc >>"$log" 2>&1
else
    chroot "$root" sh /build-shims >>"$log" 2>&1
fi || die "it does not build"
for shim in $shims; do
    cp "$root/mesa/build/$shim" "$folder/" || exit 1
done
rm -rf --one-file-system "$root" "$apt"
