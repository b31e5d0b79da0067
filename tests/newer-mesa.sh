#!/bin/sh
#
# Test the Vulkan backend on Debian forky's software device: it has cooperative
# matrices, and its glslang compiles them. Also a newer compiler, newer Vulkan
# headers and validation layer, and oneDNN 3.
#     tests/newer-mesa.sh [--build] [TEST...]
# A system made by debootstrap is kept in BUILD/newer-mesa, so only the first run
# takes minutes of fetching. Needs root (debootstrap, chroot). Ends with one line
# of counts. TEST: area/test_name, all that use Vulkan if none is given. --build: the
# programs are only built, for tests/compilers.sh. All of test_validation.sh takes slow
# machines most of an hour, so the limit of a program is longer than elsewhere.
#
# This file is part of ttm, licensed under the LGPL 2.1 or later.

set -u
LC_ALL=C
export LC_ALL

cd "$(dirname "$0")/.." || exit 1
build=${BUILD:-build}
suite=forky
packages=g++,libc6-dev,make,pkg-config,perl,glslang-tools,libvulkan-dev
packages=$packages,mesa-vulkan-drivers,vulkan-validationlayers,libcjson-dev
packages=$packages,libcmocka-dev,libdnnl-dev,spirv-tools

die() {
    echo "newer-mesa: $*" >&2
    exit 1
}

TTM_TEST_SECONDS=${TTM_TEST_SECONDS:-6000}
export TTM_TEST_SECONDS
run=yes
if [ "${1:-}" = --build ]; then
    run=
    shift
fi
[ "$(id -u)" = 0 ] || die "needs root, for debootstrap and chroot"
sh build-aux/packages.sh newer-mesa || exit 1
mkdir -p "$build/newer-mesa" && folder=$(cd "$build/newer-mesa" && pwd -P) || exit 1
log=$folder/debootstrap.log
root=$folder/root
# shellcheck source=build-aux/apt-source.sh
. build-aux/apt-source.sh

make_root() {
    script=$suite
    [ -e "/usr/share/debootstrap/scripts/$suite" ] || script=sid
    : >"$log"
    archives >"$folder/archives"
    while read -r uri keyring; do
        rm -rf "$root"
        echo "  FETCH   a system of Debian $suite"
        debootstrap --variant=minbase --include="$packages" \
            ${keyring:+--keyring="$keyring"} "$suite" "$root" "$uri" "$script" \
            </dev/null >>"$log" 2>&1 && {
            rm -rf "$root"/var/cache/apt/archives/*.deb
            echo "$packages" >"$root/packages"
            return 0
        }
    done <"$folder/archives"
    rm -rf "$root"
    return 1
}

[ "$(cat "$root/packages" 2>/dev/null)" = "$packages" ] || make_root ||
    die "debootstrap of $suite failed, see $log"

# The source is copied: a mount below the build folder would be dangerous.
rm -rf "$root/ttm/source"
mkdir -p "$root/ttm/source" "$root/ttm/build" || exit 1
if git rev-parse HEAD >/dev/null 2>&1; then
    git ls-files --cached --others --exclude-standard |
        while IFS= read -r file; do [ ! -e "$file" ] || printf '%s\n' "$file"; done
else
    find . -path ./build -prune -o -type f -print
fi >"$folder/files"
tar -cf - -T "$folder/files" | tar -xf - -C "$root/ttm/source" || exit 1

# shellcheck disable=SC2046 # a list of words
[ $# -gt 0 ] || set -- $(ls tests/*/test_*vulkan*.c tests/kernels/test_masked.c |
    sed 's/^tests.//; s/\.c$//') kernels/test_validation.sh
programs='' runs=''
for test do
    case $test in
    *.sh) runs="$runs tests/$test" ;;
    *)    programs="$programs ./tests/$test" runs="$runs /ttm/build/tests/$test" ;;
    esac
done

cat >"$root/ttm/run" <<END
#!/bin/sh
export HOME=/tmp TMPDIR=/tmp PATH=/usr/sbin:/usr/bin:/sbin:/bin BUILD=/ttm/build
mount -t proc proc /proc 2>/dev/null
cd /ttm/build && sh /ttm/source/configure --enable-vulkan &&
    grep -q '^HAVE_COOPMAT2 = 1' config.mak || {
        echo "newer-mesa: glslang of $suite is too old for cooperative matrices" >&2
        exit 1
    }
make -j$(getconf _NPROCESSORS_ONLN) CHECK_PACKAGES= $programs || exit 1
[ -n "$run" ] || exit 0
# No device here runs those of workgroups and tensors, but they must be valid.
for shader in obj/shaders/*.spv; do
    spirv-val --target-env vulkan1.3 \$shader || {
        echo "newer-mesa: \$shader is not valid" >&2
        exit 1
    }
done
# Kernels of 32 bits are for every device; software ones have subgroups.
for shader in obj/shaders/*_[fu]32.spv; do
    case \$shader in *_soft_*) continue ;; esac
    spirv-dis --no-header \$shader | grep OpCapability | grep -v ' Shader\$' && {
        echo "newer-mesa: \$shader needs more than Vulkan 1.2 promises" >&2
        exit 1
    }
done
cd /ttm/source && sh tests/run.sh /ttm/build/tests/logs$runs
END
# /proc in a name space of its own, where that is possible
if unshare --mount true 2>/dev/null; then
    unshare --mount chroot "$root" sh /ttm/run
else
    chroot "$root" sh /ttm/run
fi
status=$?
log=$root/ttm/build/tests/logs/kernels-test_vulkan.log
if [ $status = 0 ] && [ -n "$run" ] && [ -n "$programs" ] && [ -z "${programs##*kernels/test_vulkan*}" ]
then
    for tier in cooperative cooperative2; do
        grep -q "^ok .*($tier)" "$log" || die "no $tier kernel ran, see $log"
    done
fi
exit $status
