#!/bin/sh
# Installs what is missing of the named sections of packages.txt. usage: tools/install.sh SECTION…
# apt is not started when nothing is missing. HEADROOM_INSTALL=no: only say what is missing.
set -eu
list=$(dirname "$0")/packages.txt
die() { printf 'headroom: %s\n' "$@" >&2; exit 3; }

wanted=
for section in "$@"; do
  grep -q "^\[$section\]" "$list" || die "packages.txt has no section [$section]"
  wanted="$wanted $(sed -n "/^\[$section\]/,/^\[/{/^[^[#]/p;}" "$list" | while read -r package command; do
    [ -n "$command" ] && command -v "$command" >/dev/null || printf '%s ' "$package"; done)"
done
command -v dpkg-query >/dev/null || { echo "headroom: not a Debian system; going on without installing:$wanted" >&2; exit 0; }

present=" $(dpkg-query -W -f='${Package} ${db:Status-Status}\n' $wanted 2>/dev/null | sed -n 's/ installed$//p' | tr '\n' ' ')"
missing=
for package in $wanted; do
  case $present in *" $package "*) ;; *) missing="$missing $package" ;; esac
done
[ -n "$missing" ] || exit 0
by_hand="by hand, as root: apt-get update && apt-get install --no-install-recommends$missing"
[ "${HEADROOM_INSTALL-}" != no ] || die "missing Debian packages:$missing" "$by_hand"

if [ "$(id -u)" = 0 ]; then root=
elif command -v sudo >/dev/null; then root=sudo
else die "missing Debian packages, and neither root nor sudo is at hand:$missing" "$by_hand"; fi
log=$(mktemp)
trap 'rm -f "$log"' EXIT
install() {
  $root env DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends -o DPkg::Lock::Timeout=300 $missing >"$log" 2>&1
}
echo "headroom: installing Debian packages:$missing" >&2
# The lists that are there may do; they are fetched only if not, since that takes longest on a slow line.
install || { $root apt-get update -q >"$log" 2>&1 && install; } || {
  tail -n 4 "$log" >&2
  die "could not install Debian packages. Is this machine online, are its sources those of Debian 12 or 13?" "$by_hand"
}
