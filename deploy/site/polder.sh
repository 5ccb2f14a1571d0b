# shellcheck shell=bash
# Polder's own programs inside the site: copied out of the checkout, which other accounts may be
# unable to enter, with the Swift libraries that they need beside them ($ORIGIN in their RUNPATH).

readonly PROGRAMS=(polder polderd polder-bridge)
# Commands of Slurm's that polder is, by their names, before those of Slurm on PATH.
readonly SLURM_TOOLS=(sacct sacctmgr sshare)

install_programs() {
  local program built=$CHECKOUT/.build/${POLDER_BUILD:-debug} plugin=$CHECKOUT/.build/plugins/job_submit_polder.so
  install -d -m 0755 "$S/bin" "$S/plugins"
  for program in "${PROGRAMS[@]}"; do
    [[ ! -x $built/$program ]] || replace_file 0755 "$built/$program" "$S/bin/$program"
  done
  for program in "${SLURM_TOOLS[@]}"; do ln -sf polder "$S/bin/$program"; done
  swift_libraries "$built" | while read -r library; do
    replace_file 0644 "$library" "$S/bin/${library##*/}"
  done
  [[ ! -e $plugin ]] || replace_file 0755 "$plugin" "$S/plugins/${plugin##*/}"
  printf '#!/bin/sh\nexec %q/site "$@"\n' "$SITE_FOLDER" >"$S/bin/site"
  chmod 0755 "$S/bin/site"
  "$S/bin/site" help >/dev/null || fail "programs can't run from $S (mounted noexec?):" \
    "set POLDER_STATE to a folder where they can"
}

# Prints the libraries of the toolchain that the built programs load: all outside the system's
# folders.
swift_libraries() {
  local program
  for program in "${PROGRAMS[@]}"; do
    [[ ! -x $1/$program ]] || ldd "$1/$program"
  done | awk '$2 == "=>" && $3 ~ /^\// && $3 !~ /^\/(usr\/)?lib(64)?\/[^\/]*linux-gnu\// { print $3 }' |
    sort -u
}

# At no moment is the target half-written: replace_file MODE SOURCE TARGET
replace_file() {
  [[ $3 -nt $2 ]] && cmp -s "$2" "$3" && return
  install -m "$1" "$2" "$3.new"
  mv "$3.new" "$3"
}

write_polderd_conf() {
  cat >"$S/etc/polderd.yaml" <<END
socket: $S/run/polderd.sock
database: "host=$S/run/pg dbname=polder user=polder"
bridge:
  socket: $S/run/bridge.sock
administrators: [beheer, root]
auditors: [auditor]
slurmUser: slurm
graceSeconds: 60
END
}

# As the owner of the database; polderd has no right to.
migrate_database() {
  PGHOST=$S/run/pg "$S/bin/polder" admin migrate >"$S/log/migrate.log" 2>&1 ||
    fail "the database could not be migrated: see $S/log/migrate.log"
}

run_bridge() {
  exec_daemon slurm "$S/bin/polder-bridge" --socket "$S/run/bridge.sock" \
    --allow-uid "$(uid_of polder)" --jobcomp "$S/slurm/jobcomp.log"
}

run_polderd() { exec_daemon polder "$S/bin/polderd" --config "$S/etc/polderd.yaml"; }

# Whether something listens on a Unix socket: flag 00010000 of its line is "accepts connections".
listens() {
  awk -v path="$1" '$4 == "00010000" && $8 == path { found = 1 } END { exit !found }' /proc/net/unix
}
