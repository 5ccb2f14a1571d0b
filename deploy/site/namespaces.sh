# shellcheck shell=bash
# The site's namespaces from outside: make them, find them again, go in, end them.

# The start time of a process in clock ticks since boot: with the pid it names one process for
# good, also after pids were used again. Fails if there is none, or only a zombie.
start_time() {
  local stat fields
  { read -r stat <"/proc/$1/stat"; } 2>/dev/null || return 1
  read -r -a fields <<<"${stat##*) }"
  [[ ${fields[0]} != [ZX] ]] || return 1
  printf '%s' "${fields[19]}"
}

# Whether this process runs inside the site S.
is_inside() {
  [[ -n ${POLDER_SITE:-} && -r $S/pid/namespace ]] &&
    [[ $(readlink /proc/self/ns/pid) == "$(<"$S/pid/namespace")" ]]
}

# Prints the host's pid of the site's process 1, if it lives.
init_pid() {
  local pid started
  [[ -r $S/pid/init ]] && read -r pid started <"$S/pid/init" &&
    [[ $(start_time "$pid") == "$started" ]] && printf '%s' "$pid"
}

# Prints each process of the host that is process 1 of a site in S, recorded or not: known by its
# environment, and by being 1 in the innermost pid namespace.
init_pids() {
  local file pid
  init_pid || true
  printf '\n'
  grep -lsxzF "POLDER_SITE=$S" /proc/[0-9]*/environ 2>/dev/null | while read -r file; do
    pid=${file#/proc/}
    pid=${pid%/environ}
    grep -qsE '^NSpid:.*[[:space:]]1$' "/proc/$pid/status" && printf '%s\n' "$pid"
  done || true
}

is_gone() { ! start_time "$1" >/dev/null; }

# Ends whatever runs in S. The kernel kills all of a pid namespace together with its process 1.
end_namespaces() {
  local pid
  for pid in $(init_pids | sort -u); do
    kill -9 "$pid" 2>/dev/null || true
    await 20 is_gone "$pid" || fail "process $pid of the site in $S does not end"
  done
  rm -f "$S/pid/init" "$S/pid/namespace"
}

# Makes the namespaces and waits until their process 1 has built the machine inside.
begin_namespaces() {
  local parent prefix
  prefix=$PACKAGE_CACHE/$(packages_key)
  env --ignore-environment PATH="$SYSTEM_PATH" LANG=C.UTF-8 TZ=UTC POLDER_SITE="$S" \
    setsid unshare --mount --pid --net --uts --ipc --fork -- \
    bash "$SITE_FOLDER/init.sh" "$prefix" "$(clients_folder)" </dev/null >"$S/log/site.log" 2>&1 9<&- &
  parent=$!
  disown
  await 10 eval "is_gone $parent || init_pid" || true
  init_pid >/dev/null && return
  cat "$S/log/site.log" >&2
  grep -q '^unshare: ' "$S/log/site.log" && namespaces_refused
  fail "the site's namespaces could not be made: see above"
}

# Runs a command inside as root: enter COMMAND…
enter() {
  local pid environment=("POLDER_SITE=$S" "POLDER_STATE=$S" "SLURM_CONF=$S/etc/slurm/slurm.conf")
  if is_inside; then
    "$@"
    return
  fi
  pid=$(init_pid) || refuse "$EX_UNAVAILABLE" "no site is up in $S: run deploy/site/site up"
  # --root, because the mount namespace's root is not ours where we run in a chroot.
  nsenter --target "$pid" --mount --pid --net --uts --ipc --root -- \
    env "${environment[@]}" "PATH=${PATH}:$SYSTEM_PATH" "$@"
}

# The environment inside, one NAME=VALUE a line.
site_environment() {
  local account=$1
  printf '%s\n' "POLDER_SITE=$S" "POLDER_STATE=$S" "SLURM_CONF=$S/etc/slurm/slurm.conf" \
    "POLDER_SOCKET=$S/run/polderd.sock" "PGHOST=$S/run/pg" TZ=UTC "HOME=$(home_of "$account")" \
    "USER=$account" "LOGNAME=$account" SHELL=/bin/bash
  [[ $account != root ]] || printf '%s\n' PGUSER=postgres
}

# Replaces this process, inside, by a command of an account: become ACCOUNT FOLDER COMMAND…
# Root keeps the caller's environment (tests need it); others get a clean one. The folder is kept
# if the account can enter it, else it is its home.
become() {
  local account=$1 folder=$2 name identity=() environment=()
  shift 2
  getent passwd "$account" >/dev/null ||
    refuse "$EX_USAGE" "no account $account in the site; there are: root ${ACCOUNTS[*]}"
  mapfile -t environment < <(site_environment "$account")
  if [[ $account == root ]]; then
    environment+=("PATH=$S/bin:$POSTGRES_BIN:${PATH#"$S/bin:$POSTGRES_BIN:"}")
  else
    identity=(setpriv --reuid "$account" --regid "$account" --init-groups)
    environment+=("PATH=$S/bin:$POSTGRES_BIN:$SYSTEM_PATH" LANG=C.UTF-8)
    for name in TERM NO_COLOR COLUMNS LINES; do
      [[ -z ${!name:-} ]] || environment+=("$name=${!name}")
    done
    environment=(--ignore-environment "${environment[@]}")
  fi
  # shellcheck disable=SC2016 # expanded as the account
  exec env "${environment[@]}" "${identity[@]}" /bin/bash -c \
    '[[ -n $1 ]] && cd -- "$1" 2>/dev/null || cd -- "$HOME" || exit 69; shift; exec "$@"' \
    bash "$folder" "$@"
}
