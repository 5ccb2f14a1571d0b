# shellcheck shell=bash disable=SC2034
# What every part of the site knows: where things lie, how to speak, how to refuse.
#
# S ($POLDER_STATE) is the one folder that a site leaves on the host's disk. All else it needs
# (mounts, processes, ports, accounts, host name) lives in namespaces and ends with them.

set -euo pipefail

SITE_FOLDER=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd -P)
readonly SITE_FOLDER
CHECKOUT=${SITE_FOLDER%/deploy/site}
readonly CHECKOUT
readonly PACKAGE_CACHE=$CHECKOUT/.build/site-packages

# Exit codes of sysexits.h: what a script may tell apart.
readonly EX_USAGE=64 EX_UNAVAILABLE=69

readonly NODES=(gn01 gn02 gn03 gn04 gn05)
readonly SERVICES=(postgres munged slurmctld "${NODES[@]}" polder-bridge polderd)
readonly SLURM_PLUGINS=/usr/lib/x86_64-linux-gnu/slurm-wlm
readonly POSTGRES_BIN=/usr/lib/postgresql/15/bin
readonly SYSTEM_PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin

say() { printf '%s\n' "$*"; }

# Ends with a message: refuse CODE TEXT…
refuse() {
  local code=$1
  shift
  printf 'site: %s\n' "$*" >&2
  exit "$code"
}

# Ends because something failed that should not: a bug or a broken machine.
fail() { refuse 1 "$@"; }

# The milliseconds since the machine started. Not the wall clock, which may jump.
monotonic_ms() {
  local up
  read -r up _ </proc/uptime
  up=${up/./}
  printf '%s' "$((10#$up * 10))"
}

# Repeats a command every 20 ms until it succeeds: await SECONDS COMMAND…
await() {
  local end=$(($(monotonic_ms) + $1 * 1000))
  shift
  until "$@" >/dev/null 2>&1; do
    (($(monotonic_ms) < end)) || return 1
    sleep 0.02
  done
}

need_root() {
  ((EUID == 0)) && return
  local command
  if [[ -n ${POLDER_TARGET:-} ]]; then
    command="make -C $(printf %q "$CHECKOUT") $POLDER_TARGET"
  else
    command=$(printf '%q ' "$SITE_FOLDER/site" "${ARGUMENTS[@]}")
  fi
  refuse "$EX_UNAVAILABLE" "this needs root, for namespaces and packages. Run:
  sudo env \"PATH=\$PATH\" $command"
}

# Sets S. Default: a folder of its own for each checkout, where other accounts can reach it.
locate_state() {
  local digest
  digest=$(printf '%s' "$CHECKOUT" | sha256sum)
  S=${POLDER_STATE:-${POLDER_SITE:-/var/tmp/polder-${digest:0:8}}}
  S=${S%/}
  [[ $S =~ ^(/[A-Za-z0-9._+-]+){2,}$ && $S != */../* && $S != */.. ]] ||
    refuse "$EX_USAGE" "POLDER_STATE=$S: must be an absolute path, two folders deep or more," \
      "of letters, digits and . _ + - (Slurm and overlay mounts take no others)"
  check_socket_lengths
  check_state_folder
}

# A Unix socket's path holds 107 bytes. slurmstepd's are the longest: NODE_JOBID.STEPID below the
# node's spool folder, with eight digits for the job and ten for the batch step.
check_socket_lengths() {
  local longest=$S/slurm/spool/gn01/gn01_99999999.4294967294
  ((${#longest} <= 107)) || refuse "$EX_USAGE" \
    "POLDER_STATE=$S is ${#S} bytes long, and may be $((107 - ${#longest} + ${#S})):" \
    "the longest socket in it would have ${#longest} bytes, the system allows 107"
}

# S is made and wiped by root, so it must be root's and marked as ours before we touch it.
check_state_folder() {
  [[ ! -L $S ]] || refuse "$EX_USAGE" "$S is a symbolic link: name the folder itself"
  [[ -e $S ]] || return 0
  [[ -d $S ]] || refuse "$EX_USAGE" "$S is not a folder"
  [[ $(stat -c %u "$S") == 0 ]] || refuse "$EX_USAGE" "$S is not owned by root: choose another"
  [[ -e $S/.polder-site || -z $(ls -A "$S") ]] || refuse "$EX_USAGE" \
    "$S holds something that is not a site: choose another folder, or empty it"
}

# Makes S if it is missing and locks it against other calls that build or end the same site. The
# lock is on the folder itself, so that no lock file is left. Whoever deletes S replaces its inode:
# hence the second look.
# Descriptor 9 is the lock; whatever outlives the call is started with 9<&-.
lock_state() {
  local waited=
  while :; do
    mkdir -p "$(dirname "$S")"
    mkdir -m 0755 "$S" 2>/dev/null || true
    check_state_folder
    : >"$S/.polder-site"
    exec 9<"$S"
    if ! flock --nonblock 9; then
      [[ -n $waited ]] || say "waiting: another call is building or ending the site in $S"
      waited=yes
      flock 9
    fi
    [[ $(stat -Lc %i /proc/self/fd/9) == "$(stat -c %i "$S" 2>/dev/null)" ]] && return
  done
}
