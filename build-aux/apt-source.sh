# To be sourced: the distribution's source packages, of suites newer than the
# installed one as well, without touching the system's configuration. The caller
# sets `log`, a file, and `apt`, a folder of its own.
#
# This file is part of ttm, licensed under the LGPL 2.1 or later.

# "URI keyring" of each archive that the machine installs packages from.
archives() {
    apt-get indextargets --format '$(REPO_URI) $(RELEASE)' \
        'Created-By: Packages' 2>>"$log" |
        awk '$2 !~ /-/ && !seen[$1]++ { print $1 }' |
        while read -r uri; do
            keyring=$(cat /etc/apt/sources.list /etc/apt/sources.list.d/*.list \
                          /etc/apt/sources.list.d/*.sources 2>/dev/null |
                awk -v uri="${uri%/}" '
                    { text = $0; gsub(/#.*/, "", text) }
                    NF == 0 { inside = 0 }
                    tolower($1) == "uris:" { inside = index(text, uri) }
                    inside && tolower($1) == "signed-by:" { print $2 }
                    $1 == "deb" && index(text, uri) &&
                        match(text, /signed-by=[^] ]*/) {
                        print substr(text, RSTART + 10, RLENGTH - 10)
                    }' | grep '^/' | head -n 1)
            echo "$uri $keyring"
        done
}

private_apt() {
    tool=$1
    shift
    "$tool" -o Dir::Etc::sourcelist="$apt/private.sources" \
        -o Dir::Etc::sourceparts=- -o Dir::State::Lists="$apt/lists" \
        -o Dir::Cache="$apt/cache" -o Acquire::Languages=none \
        -o APT::Sandbox::User="$(id -un)" -o Debug::NoLocking=1 "$@"
}

# An empty $apt, and the archives in $apt/archives.
begin_apt() {
    command -v apt-get >/dev/null 2>&1 || return 1
    rm -rf "$apt"
    mkdir -p "$apt/lists/partial" "$apt/cache/archives/partial"
    archives >"$apt/archives"
}

# Make private_apt know the source packages of a suite, or (TYPE deb) the others.
use_suite() {   # URI KEYRING SUITE COMPONENTS [TYPE]
    {
        echo "Types: ${5:-deb-src}"
        echo "URIs: $1"
        echo "Suites: $3"
        echo "Components: $4"
        [ -z "$2" ] || echo "Signed-By: $2"
    } >"$apt/private.sources"
    private_apt apt-get update >>"$log" 2>&1
}

# Versions of a source package in that suite, the newest first.
source_versions() {     # PACKAGE
    private_apt apt-cache showsrc --only-source "$1" 2>>"$log" |
        sed -n 's/^Version: //p' | sort -Vr
}

distribution() {
    # shellcheck disable=SC1091 # a file of the system
    (. /etc/os-release && echo "$ID")
}
