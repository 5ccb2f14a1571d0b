# shellcheck shell=bash
# The demo's people at work: each command runs as its account, in its home, inside the site.

# The Polder id of each submitted job, by the name that the demo gives it.
declare -A ID

# Runs a command: as ACCOUNT COMMAND…
as() {
  # shellcheck disable=SC2016 # expanded inside
  "$SITE" exec --as "$1" -- /bin/bash -c 'cd && exec "$@"' demo "${@:2}"
}

# Shows a command and runs it.
show() {
  typed "$@"
  as "$@" || off "this should have succeeded, and ended with $?"
}

# Shows a submission through Polder and keeps its id: submit NAME ACCOUNT WORDS…
submit() {
  local name=$1 account=$2
  shift 2
  typed "$account" polder job submit "$@"
  as "$account" polder job submit "$@" | tee "$WORK/answer" || off "$name was not accepted"
  ID[$name]=$(sed -n 's/^Submitted \(P[0-9]*\)$/\1/p' "$WORK/answer")
  [[ -n ${ID[$name]} ]] || off "$name: Polder named no job"
}

# The same through Slurm, whose job carries Polder's id.
submit_by_sbatch() {
  local name=$1 account=$2 slurm_id
  shift 2
  typed "$account" sbatch "$@"
  as "$account" sbatch "$@" 2>&1 | tee "$WORK/answer" || off "$name was not accepted"
  slurm_id=$(sed -n 's/^Submitted batch job \([0-9]*\)$/\1/p' "$WORK/answer")
  [[ -n $slurm_id ]] || off "$name: Slurm named no job"
  ID[$name]=$(field AdminComment "$(as root scontrol show job --oneliner "$slurm_id")")
  ID[$name]=${ID[$name]#polder:}
  [[ ${ID[$name]} == P* ]] || off "$name: Slurm's job $slurm_id does not carry Polder's id"
}

# Shows a command that must be refused with words that match a pattern:
#   refused PATTERN ACCOUNT COMMAND…
refused() {
  local pattern=$1 status=0
  shift
  typed "$@"
  as "$@" >"$WORK/answer" 2>&1 || status=$?
  cat "$WORK/answer"
  ((status != 0)) || off "this should have been refused"
  grep -qE "$pattern" "$WORK/answer" || off "the refusal does not say $pattern"
  REFUSED=$((${REFUSED:-0} + 1))
}

# The value of a field that Slurm prints as NAME=VALUE.
field() { sed -nE "s/(^|.*[ ,])$1=([^ ,]*).*/\2/p" <<<"$2" | head -n 1; }

# Waits until jobs run, or have ended, well or not: wait_for started|ended SECONDS NAME…
wait_for() {
  local event=$1 seconds=$2 name status=0 ids=()
  shift 2
  for name in "$@"; do ids+=("${ID[$name]}"); done
  as beheer polder job wait --quiet --for "$event" --timeout "$seconds" "${ids[@]}" \
    2>"$WORK/complaint" || status=$?
  ((status <= 1)) || off "$(cat "$WORK/complaint")"
}

# The state of a job or task, from the outside.
state_of() { as beheer polder job show "${ID[$1]}" | awk '$1 == "State" { print $2; exit }'; }
