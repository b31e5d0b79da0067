# To be sourced in the source folder: a system of another suite of Debian, kept in
# $folder/root, and this source in it. The caller sets `folder`, an absolute path that is there,
# and `suite`; it needs root, for debootstrap and chroot. What goes wrong ends the caller, with a
# line that begins with its name.
#
# This file is part of ttm, licensed under the LGPL 2.1 or later.

root=$folder/root
log=$folder/debootstrap.log
# shellcheck source=build-aux/apt-source.sh
. build-aux/apt-source.sh

die() {
    echo "$(basename "$0" .sh): $*" >&2
    exit 1
}

# Whoever has a mirror in the sources of this machine gets the suite from there.
debootstrap_into() {    # PACKAGES
    script=$suite
    [ -e "/usr/share/debootstrap/scripts/$suite" ] || script=sid
    : >"$log"
    archives >"$folder/archives"
    while read -r uri keyring; do
        rm -rf "$root"
        echo "# a system of Debian $suite"
        debootstrap --variant=minbase --include="$1" \
            ${keyring:+--keyring="$keyring"} "$suite" "$root" "$uri" "$script" \
            </dev/null >>"$log" 2>&1 || continue
        rm -rf "$root"/var/cache/apt/archives/*.deb
        echo "$1" >"$root/packages"
        return 0
    done <"$folder/archives"
    rm -rf "$root"
    return 1
}

# The system with these packages, unless it is there, and $root/ttm/source, a copy of the
# source: a mount below the build folder would be dangerous.
make_system() {         # PACKAGES, joined by commas
    [ "$(id -u)" = 0 ] || die "needs root, for debootstrap and chroot"
    sh build-aux/packages.sh debootstrap || exit 1
    [ "$(cat "$root/packages" 2>/dev/null)" = "$1" ] || debootstrap_into "$1" ||
        die "debootstrap of $suite failed, see $log"
    rm -rf "$root/ttm/source"
    mkdir -p "$root/ttm/source" "$root/ttm/build" || exit 1
    if git rev-parse HEAD >/dev/null 2>&1; then
        git ls-files --cached --others --exclude-standard |
            while IFS= read -r file; do [ ! -e "$file" ] || printf '%s\n' "$file"; done
    else
        find . -path ./build -prune -o -type f -print
    fi >"$folder/files"
    tar -cf - -T "$folder/files" | tar -xf - -C "$root/ttm/source" || exit 1
}

# Let apt-get in the system fetch packages, those of sources too, as it does on this machine.
connect_system() {
    sed -n 's/^deb /deb-src /p' "$root/etc/apt/sources.list" \
        >"$root/etc/apt/sources.list.d/sources.list" || exit 1
    cp /etc/resolv.conf /etc/hosts "$root/etc/" 2>/dev/null
    cp /etc/apt/apt.conf.d/* "$root/etc/apt/apt.conf.d/" 2>/dev/null
}

# Run the script of standard input in the system; /proc is in a name space of its own, where
# that is possible. The status is that of the script.
run_in_system() {
    {
        echo 'export HOME=/tmp TMPDIR=/tmp PATH=/usr/sbin:/usr/bin:/sbin:/bin'
        echo 'export DEBIAN_FRONTEND=noninteractive BUILD=/ttm/build'
        echo 'mount -t proc proc /proc 2>/dev/null'
        # what make was told on its command line here, BUILD above all, is not for there
        echo 'unset MAKEFLAGS MFLAGS MAKEOVERRIDES MAKELEVEL'
        cat
    } >"$root/ttm/run"
    if unshare --mount true 2>/dev/null; then
        unshare --mount chroot "$root" sh /ttm/run
    else
        chroot "$root" sh /ttm/run
    fi
}
