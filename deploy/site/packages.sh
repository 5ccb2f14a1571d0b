# shellcheck shell=bash
# The packages. Two kinds:
#
# * what `swift build` and these scripts need is installed by apt: headers and tools, which start
#   no service and add no account;
# * the servers (Postgres, munge, Slurm), and the bookkeeping programs that our journals are tested
#   with, are never installed. apt's own resolver finds what is missing on this host, downloads it
#   into the checkout, and it is unpacked into a folder that the site lays over /usr in its own
#   mount namespace.

readonly INSTALLED_PACKAGES=(
  libpq-dev libslurm-dev libssl-dev zlib1g-dev # what the package and the plugin are compiled against
  gcc libc6-dev libstdc++-12-dev pkg-config make git # what the Swift toolchain calls
  libcurl4 libxml2 libsqlite3-0 libncurses6 # what it is linked against
  ca-certificates tzdata shellcheck openssl
)
readonly SERVER_PACKAGES=(
  postgresql-15 postgresql-client-15
  munge slurmctld slurmd slurm-client slurm-wlm-basic-plugins
  iproute2
  hledger ledger beancount libfaketime # only tests run these
)

readonly APT_QUIET=(-qq -y -o Dpkg::Use-Pty=0 -o DPkg::Lock::Timeout=300)

# setup [build]: all packages, or only those that are needed to build and to run the unit tests.
setup() {
  find_swift
  need_tools
  install_packages
  [[ ${1:-} == build ]] || unpack_servers
}

# Swift is the one thing that apt can't bring. Prints nothing; `make` finds it the same way.
find_swift() {
  command -v swift >/dev/null || [[ -x /opt/swift/usr/bin/swift ]] ||
    refuse "$EX_UNAVAILABLE" "no Swift toolchain: swift is neither on PATH nor in" \
      "/opt/swift/usr/bin. Get 6.3 from https://www.swift.org/install/linux/ (Debian 12)"
}

need_tools() {
  local tool
  for tool in apt-get dpkg-deb unshare nsenter setpriv flock; do
    command -v "$tool" >/dev/null ||
      refuse "$EX_UNAVAILABLE" "$tool is missing: the site runs on Debian 12 or its like"
  done
  [[ -L /lib ]] || refuse "$EX_UNAVAILABLE" "this system's /lib is not merged into /usr"
}

missing_packages() {
  local package
  for package in "${INSTALLED_PACKAGES[@]}"; do
    [[ $(dpkg-query -W -f '${db:Status-Abbrev}' "$package" 2>/dev/null) == ii* ]] ||
      printf '%s ' "$package"
  done
}

install_packages() {
  local missing
  missing=$(missing_packages)
  [[ -n $missing ]] || return 0
  need_root
  say "installing: $missing"
  # shellcheck disable=SC2086 # one word each
  DEBIAN_FRONTEND=noninteractive with_lists apt-get install "${APT_QUIET[@]}" \
    --no-install-recommends --no-remove $missing || fail "apt-get could not install: $missing"
}

# Runs apt quietly; when that fails, once more with new package lists: a machine made from an image
# has none, and an old list names files that the mirror no longer has.
with_lists() {
  if apt-cache show slurmctld >/dev/null 2>&1; then
    "$@" >/dev/null 2>&1 && return
  fi
  say "getting apt's package lists"
  apt-get update "${APT_QUIET[@]}" || fail "apt-get update failed"
  "$@" >/dev/null
}

# The name of the folder that fits this host: what we want and what it has, in one digest.
packages_key() {
  local digest
  digest=$({
    printf '%s\n' "${SERVER_PACKAGES[@]}"
    cat "$SITE_FOLDER/packages.sh"
    dpkg-query -W -f '${db:Status-Abbrev} ${Package} ${Version} ${Architecture}\n'
  } | sha256sum)
  printf '%s' "${digest:0:12}"
}

unpack_servers() {
  local key target building
  key=$(packages_key)
  target=$PACKAGE_CACHE/$key
  [[ ! -e $target/complete ]] || return 0
  need_root
  mkdir -p "$PACKAGE_CACHE/archives/partial"
  exec 8<"$PACKAGE_CACHE"
  flock 8
  if [[ ! -e $target/complete ]]; then
    building=$target.building
    rm -rf "$PACKAGE_CACHE"/*.building "$target"
    mkdir -p "$building"
    download_servers "$building/list"
    unpack_list "$building"
    verify_prefix "$building"
    : >"$building/complete"
    mv "$building" "$target"
    forget_old_prefixes "$key"
  fi
  exec 8<&-
}

# Lets apt resolve and download into our own cache. Locking is ours: nothing of the host's apt
# state is written. Writes the archives' file names to the list; apt leaves out of it what it finds
# downloaded, so it is asked with an empty cache.
download_servers() {
  local private=(-o "Dir::Cache=$PACKAGE_CACHE" -o "Dir::Cache::archives=archives"
    -o "Dir::Cache::pkgcache=" -o "Dir::Cache::srcpkgcache="
    -o Debug::NoLocking=true -o APT::Sandbox::User=root --no-install-recommends)
  mkdir -p "$1.empty/partial"
  say "downloading Postgres, Slurm and what tests need into .build/site-packages (installed nowhere)"
  with_lists apt-get install "${APT_QUIET[@]}" "${private[@]}" --download-only \
    "${SERVER_PACKAGES[@]}" || fail "apt can't download: ${SERVER_PACKAGES[*]}"
  apt-get install "${APT_QUIET[@]}" "${private[@]}" -o Dir::Cache::archives="$1.empty/" \
    --print-uris "${SERVER_PACKAGES[@]}" |
    awk '{ print $2 }' >"$1" || fail "apt can't resolve: ${SERVER_PACKAGES[*]}"
}

# Keeps only what lands under /usr: configuration and state of these packages are the site's own.
unpack_list() {
  local prefix=$1 archive folder program
  while read -r archive; do
    dpkg-deb --extract "$PACKAGE_CACHE/archives/$archive" "$prefix/files"
  done <"$prefix/list"
  for folder in bin sbin lib lib64; do
    [[ ! -d $prefix/files/$folder ]] || {
      mkdir -p "$prefix/files/usr/$folder"
      cp -al "$prefix/files/$folder/." "$prefix/files/usr/$folder/"
    }
  done
  mv -T "$prefix/files/usr" "$prefix/usr"
  rm -rf "$prefix/files"
  # Names that update-alternatives would make when slurmctld and slurmd are installed.
  for program in slurmctld slurmd slurmstepd; do
    ln -sf "$program-wlm" "$prefix/usr/sbin/$program"
  done
}

# Looks, in a mount namespace of its own, whether the programs would find their libraries.
verify_prefix() {
  local missing
  missing=$(unshare --mount -- bash -c '
    mount --bind "$1" /mnt && mount -t overlay overlay -o ro,lowerdir=/mnt/usr:/usr /usr || exit 1
    PATH=$4
    for program in slurmctld slurmd slurmstepd munged munge ip scontrol sbatch sinfo \
      hledger ledger bean-check bean-query \
      "$2"/{postgres,initdb,psql} "$3"/{auth_munge,select_cons_tres,gres_gpu,jobcomp_filetxt}.so
    do
      path=$program
      [[ $path == /* ]] || path=$(command -v "$program") || path=missing
      [[ -e $path ]] || { echo "$program" && continue; }
      ldd "$path" 2>/dev/null | sed -n "s|^\t\(.*\) => not found|\1 of $path|p"
    done
  ' bash "$1" "$POSTGRES_BIN" "$SLURM_PLUGINS" "$SYSTEM_PATH") || namespaces_refused
  [[ -z $missing ]] || fail "the unpacked packages are incomplete, missing: $missing"
}

namespaces_refused() {
  refuse "$EX_UNAVAILABLE" "this machine allows no mount namespaces with overlays (a container" \
    "without CAP_SYS_ADMIN?): run on the machine itself, or in a privileged container"
}

# Deletes unpacked packages of earlier states of the host, but for those that a running site uses.
forget_old_prefixes() {
  local folder
  for folder in "$PACKAGE_CACHE"/????????????; do
    [[ ${folder##*/} != "$1" ]] || continue
    grep -qsF "site-packages/${folder##*/}" /proc/[0-9]*/mountinfo || rm -rf "$folder"
  done
}
