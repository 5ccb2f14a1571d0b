# shellcheck shell=bash
# The services of the site, all from inside: start, stop, kill, status.
#
# A service is run_X (becomes the daemon), ready_X (whether it answers) and S/pid/X (its pid and
# start time). polderd and polder-bridge are supervised, as systemd's Restart=always would: started
# again 200 ms after they end, unless stopped. The others stay down until they are started, so that
# tests can look at the time between.

readonly SUPERVISED=(polder-bridge polderd)

check_service() {
  [[ " ${SERVICES[*]} " == *" $1 "* ]] ||
    refuse "$EX_USAGE" "no service ${1:-without a name}; there are: ${SERVICES[*]}"
}

is_supervised() { [[ " ${SUPERVISED[*]} " == *" $1 "* ]]; }

# What a test adds to the environment of the next start of a service: S/etc/NAME.env, NAME=VALUE a
# line, as systemd's EnvironmentFile. (env twice: libfaketime changes the environment of the program
# that it is loaded into at its start, and a Swift program that this happens to finds no arguments.)
declare -a SERVICE_ENVIRONMENT=()

# Becomes the daemon.
run_service() {
  [[ ! -r $S/etc/$1.env ]] || mapfile -t SERVICE_ENVIRONMENT <"$S/etc/$1.env"
  case $1 in
    polder-bridge) run_bridge ;;
    gn*) run_node "$1" ;;
    *) "run_$1" ;;
  esac
}

is_ready() {
  is_running "$1" || return 1
  case $1 in
    polder-bridge) listens "$S/run/bridge.sock" ;;
    polderd) listens "$S/run/polderd.sock" ;;
    gn*) ready_node "$1" ;;
    *) "ready_$1" ;;
  esac
}

# Replaces this process by a daemon of an account, with a clean environment.
exec_daemon() {
  local account=$1 environment
  shift
  mapfile -t environment < <(site_environment "$account" | grep -v '^PG')
  environment+=("PATH=$S/bin:$SYSTEM_PATH" LANG=C.UTF-8)
  cd /
  exec env --ignore-environment "${environment[@]}" \
    setpriv --reuid "$account" --regid "$account" --init-groups \
    env "${SERVICE_ENVIRONMENT[@]}" env "$@"
}

as_daemon() (exec_daemon "$@")

# Prints the pid of a service, if it runs.
service_pid() {
  local pid started
  [[ -r $S/pid/$1 ]] && read -r pid started <"$S/pid/$1" && [[ -n $started ]] &&
    [[ $(start_time "$pid") == "$started" ]] && printf '%s' "$pid"
}

is_running() { service_pid "$1" >/dev/null; }

record_pid() {
  printf '%s %s\n' "$2" "$(start_time "$2")" >"$S/pid/$1.new"
  mv "$S/pid/$1.new" "$S/pid/$1"
}

# Starts a daemon in a session of its own and records it. Its parent, or process 1, reaps it.
spawn() {
  setsid "$SITE_FOLDER/site" run "$1" </dev/null >>"$S/log/$1.out" 2>&1 &
  record_pid "$1" $! 2>/dev/null || true
}

# The loop around a supervised service, in a process of its own. Ends when the service is stopped.
supervise() {
  local status
  trap : TERM INT HUP
  while [[ ! -e $S/pid/$1.stopped ]]; do
    spawn "$1"
    [[ ! -e $S/pid/$1.stopped ]] || kill -TERM $! # stopped while it was being started
    status=0
    wait $! || status=$?
    printf '%s %s ended with %s\n' "$(date -u +%FT%TZ)" "$1" "$status" >>"$S/log/site.log"
    sleep 0.2
  done
}

start_service() {
  is_ready "$1" >/dev/null 2>&1 && return
  if ! is_supervised "$1"; then
    is_running "$1" || spawn "$1"
  else
    [[ -x $S/bin/$1 ]] || refuse "$EX_UNAVAILABLE" "$1 is not built: run make build, then site up"
    rm -f "$S/pid/$1.stopped"
    # One loop at a time: it holds the lock for as long as it lives.
    setsid flock --nonblock --close "$S/pid/$1.loop" "$SITE_FOLDER/site" supervise "$1" </dev/null \
      >>"$S/log/site.log" 2>&1 &
  fi
  await 30 is_ready "$1" || {
    tail -n 20 "$S/log/$1.out" "$S/log/$1.log" 2>/dev/null >&2 || true
    grep " $1 ended with " "$S/log/site.log" | tail -n 3 >&2 || true
    fail "$1 does not answer after 30 s: see $S/log/$1.out"
  }
}

stop_service() {
  local pid
  ! is_supervised "$1" || : >"$S/pid/$1.stopped"
  if pid=$(service_pid "$1"); then
    if [[ $1 == postgres ]]; then kill -INT "$pid"; else kill -TERM "$pid"; fi || true
    await 15 is_gone "$pid" || kill -9 "$pid" || true
    await 5 is_gone "$pid" || fail "$1 (process $pid inside) does not end"
  fi
  ! is_supervised "$1" || await 5 flock --nonblock "$S/pid/$1.loop" true ||
    fail "$1 is still being started again"
}

# kill -9, as a crash would. Postgres takes its children along, as a machine that fails would.
kill_service() {
  local pid children=
  pid=$(service_pid "$1") || refuse "$EX_UNAVAILABLE" "$1 is not running"
  [[ $1 != postgres ]] || read -r children <"/proc/$pid/task/$pid/children" || true
  # shellcheck disable=SC2086 # one word each
  kill -9 "$pid" $children 2>/dev/null || true
  await 5 is_gone "$pid" || fail "$1 (process $pid inside) does not end"
}

# One line for each service.
status_services() {
  local service pid
  for service in "${SERVICES[@]}"; do
    if pid=$(service_pid "$service"); then
      printf '%-14s up, process %s inside\n' "$service" "$pid"
    elif is_supervised "$service" && [[ ! -x $S/bin/$service ]]; then
      printf '%-14s not built\n' "$service"
    else
      printf '%-14s down\n' "$service"
    fi
  done
}
