# shellcheck shell=bash
# The proof. Times, nodes and amounts are read from Slurm alone, rates from the example's files;
# what they come to must be what the ledger says, run by run, to the second.

declare -A PER_GPU PER_CPU PER_GIB # thousandths, by partition
declare -A WHOLE                   # GPUs CPUs MiB of a node, by partition of whole nodes
declare -A CHARGED REFUNDED HELD RELEASED # GPU-milliseconds, by run

prove() {
  heading "The proof: Slurm's own records against the ledger"
  wait_for_quiet
  read_rates
  read_ledgers
  compare_runs
  compare_balances
  expect_quiet
}

# Settling follows the end of a run: looks until no hold is open.
wait_for_quiet() {
  local tries
  for ((tries = 0; tries < 50; tries++)); do
    as beheer polder status >"$WORK/status" 2>&1 && grep -q '^open holds *0$' "$WORK/status" &&
      return
    sleep 0.2
  done
  off "holds stay open after all jobs have ended: $(cat "$WORK/status")"
}

# The rate card of the example: per GPU, CPU and GiB, the same for its partitions.
read_rates() {
  local partition key value node
  for partition in gpu whole; do
    while read -r key value; do
      value=$((10#${value/./}))
      case $key in
        perGPU:) PER_GPU[$partition]=$value ;;
        perCPU:) PER_CPU[$partition]=$value ;;
        perGiB:) PER_GIB[$partition]=$value ;;
      esac
    done < <(grep -E '^ *per(GPU|CPU|GiB): [0-9]+\.[0-9]{3}$' "$STATE/example/machine.yaml")
    [[ -n ${PER_GPU[$partition]:-} && -n ${PER_CPU[$partition]:-} && -n ${PER_GIB[$partition]:-} ]] ||
      off "the rates can't be read from $STATE/example/machine.yaml"
  done
  node=$(as root scontrol show node gn01)
  WHOLE[whole]="$(field Gres "$node" | sed 's/.*:\([0-9]*\).*/\1/') $(field CPUTot "$node") \
$(field RealMemory "$node")"
}

# The ledgers of all projects as CSV.
read_ledgers() {
  local project entry kind allocation run amount rest projects
  : >"$WORK/ledger.csv"
  mapfile -t projects < <(sed -n 's/^  - id: //p' "$STATE/example/projects.yaml")
  for project in "${projects[@]}"; do
    as beheer polder ledger "$project" --format csv | tail -n +2 >>"$WORK/ledger.csv"
  done
  # shellcheck disable=SC2034 # the columns that are not compared
  while IFS=, read -r entry kind allocation run amount rest; do
    case $kind in
      charge) CHARGED[$run]=$amount ;;
      refund) REFUNDED[$run]=$amount ;;
      hold) HELD[$run]=$amount ;;
      release) RELEASED[$run]=$amount ;;
      overrun) off "run $run was carried by the operator: $amount GPU-ms" ;;
    esac
  done <"$WORK/ledger.csv"
}

# Each job that Slurm ran, one line each.
compare_runs() {
  local record run seconds weight due charged count=0
  printf '%-8s %-9s %-11s %6s %10s %14s %14s\n' \
    RUN SLURM STATE SECONDS WEIGHT 'DUE (GPU-ms)' 'CHARGED'
  while read -r record; do
    [[ $(field StartTime "$record") != Unknown ]] || continue
    [[ $(field JobState "$record") != PENDING ]] || continue
    run=$(run_of "$record")
    seconds=$(seconds_of "$record")
    # Cancelled before it began: Slurm writes one moment as start and end.
    weight=$(weight_of "$record")
    due=$((weight * seconds))
    charged=${CHARGED[$run]:-0}
    printf '%-8s %-9s %-11s %6d %10d %14d %14d\n' "$run" "$(field JobId "$record")" \
      "$(field JobState "$record")" "$seconds" "$weight" "$due" "$charged"
    ((due == charged)) || off "run $run: $weight × $seconds s = $due GPU-ms, and $charged charged"
    ((HELD[$run] == charged + ${RELEASED[$run]:-0})) ||
      off "run $run: held ${HELD[$run]}, charged $charged, released ${RELEASED[$run]:-0}"
    [[ $(field JobState "$record") != NODE_FAIL ]] || ((${REFUNDED[$run]:-0} == charged)) ||
      off "run $run was lost with its node: charged $charged, refunded ${REFUNDED[$run]:-0}"
    unset "CHARGED[$run]" "HELD[$run]"
    count=$((count + 1))
  done < <(as root env TZ=UTC scontrol show job --details --oneliner)
  ((count >= 15)) || off "Slurm shows only $count runs"
  ((${#CHARGED[@]} == 0)) || off "charged, but unknown to Slurm: ${!CHARGED[*]}"
  ((${#HELD[@]} == 0)) || off "held for, but unknown to Slurm: ${!HELD[*]}"
  good "$count runs: each charge is Slurm's time × the weight, to the second"
  good "what was held and not charged was released, run by run"
  good "the run that was lost with its node was refunded: ${!REFUNDED[*]}"
}

# Our id travels in Slurm's job.
run_of() {
  local comment task
  comment=$(field AdminComment "$1")
  task=$(field ArrayTaskId "$1")
  [[ $comment == polder:P* ]] || off "a job that Polder did not let in: $1"
  comment=${comment#polder:}
  printf '%s%s.1' "${comment%%[!P0-9]*}" "${task:+_$task}"
}

seconds_of() {
  printf '%s' $(($(date -ud "$(field EndTime "$1")" +%s) - $(date -ud "$(field StartTime "$1")" +%s)))
}

# Thousandths of a GPU-equivalent: the largest of the GPU, CPU and memory share of each node.
weight_of() {
  local partition nodes gpus cpus mib memory weight
  partition=$(field Partition "$1")
  nodes=$(field NumNodes "$1")
  if [[ -n ${WHOLE[$partition]:-} ]]; then
    read -r gpus cpus mib <<<"${WHOLE[$partition]}"
  else
    gpus=$(field JOB_GRES "$1" | sed 's/.*:\([0-9]*\).*/\1/')
    gpus=$((${gpus:-0} / nodes))
    cpus=$(($(field NumCPUs "$1") / nodes))
    mib=$(($(mebibytes "$(field mem "$1")") / nodes))
  fi
  weight=$((gpus * PER_GPU[$partition]))
  ((cpus * PER_CPU[$partition] <= weight)) || weight=$((cpus * PER_CPU[$partition]))
  memory=$(((mib * PER_GIB[$partition] + 1023) / 1024))
  ((memory <= weight)) || weight=$memory
  printf '%s' $((weight * nodes))
}

mebibytes() {
  case $1 in
    *M) printf '%s' "${1%M}" ;;
    *G) awk -v gib="${1%G}" 'BEGIN { printf "%d", gib * 1024 }' ;;
    *T) awk -v tib="${1%T}" 'BEGIN { printf "%d", tib * 1048576 }' ;;
    *) off "Slurm's memory of $1" ;;
  esac
}

# Balances, summed anew from the entries.
compare_balances() {
  local allocation sum shown count=0
  # Wide, so that each allocation is a line with all its figures.
  as beheer env COLUMNS=200 polder balance >"$WORK/balances"
  while read -r allocation sum; do
    shown=$(awk -v allocation="$allocation" '$2 == allocation { print }' "$WORK/balances")
    [[ $shown == *" $sum "* ]] ||
      off "the entries of $allocation come to $sum GPU-h available, and its balance says: $shown"
    count=$((count + 1))
  done < <(awk -F, '
    $2 == "grant" || $2 == "release" || $2 == "refund" { sum[$3] += $5 }
    $2 == "hold" || $2 == "withdrawal" || $2 == "opening" || $2 == "expiry" { sum[$3] -= $5 }
    END { for (allocation in sum) printf "%s %.4f\n", allocation, sum[allocation] / 3600000 }
  ' "$WORK/ledger.csv")
  ((count >= 8)) || off "only $count allocations have entries"
  good "$count balances are what their entries come to"
}

expect_quiet() {
  typed beheer polder status
  as beheer polder status | tee "$WORK/status" || off "Polder is not well"
  grep -q '^books *balance:' "$WORK/status" || off "the books do not balance"
  good "the ledger balances and no hold is open"
}
