# shellcheck shell=bash
# The scenes of the demo, in order. They share the jobs' ids by name.

describe_the_centre() {
  heading "The centre, as config/example describes it"
  typed beheer polder apply -f example
  as beheer polder apply --yes -f example >"$STATE/log/apply.txt" ||
    off "the example was not applied: $(cat "$STATE/log/apply.txt")"
  # The fields of each object are in the file; the objects say enough here.
  awk '
    $1 == "+" { if (!($2 in ids)) kinds[++count] = $2; ids[$2] = ids[$2] " " $3; next }
    !/^    / { rest = rest $0 "\n" }
    END {
      for (i = 1; i <= count; i++) printf "+ %-13s%s\n", kinds[i], ids[kinds[i]]
      printf "%s", rest
    }' \
    "$STATE/log/apply.txt" | fold -s -w "$COLUMNS" | sed 's/ *$//'
  whisper "every field of it: $STATE/log/apply.txt"
  typed beheer polder apply -f example
  as beheer polder apply --yes -f example | tee "$WORK/answer"
  grep -q '^No difference' "$WORK/answer" || off "applying the same again should change nothing"

  tell
  tell "A description that breaks a rule is refused whole, with its lines:"
  # Shares of 45 + 35 + 30 %, and a project of an organisation that there is not.
  mkdir -p "$STATE/wrong"
  sed '0,/percent: 35 %/s//percent: 45 %/' "$STATE/example/funders.yaml" >"$STATE/wrong/funders.yaml"
  sed '0,/organisation: martini/s//organisation: martin/' "$STATE/example/projects.yaml" \
    >"$STATE/wrong/projects.yaml"
  ln -sfn "$STATE/wrong" "$STATE/home/beheer/wrong"
  refused 'funders\.yaml:[0-9]+: ' beheer polder apply --yes -f wrong
}

ask_for_a_quote() {
  heading "What would it cost?"
  show anouk polder quote jobs/primes.sh -A longscan
}

submit_jobs() {
  heading "Jobs through Polder"
  submit training-flood gijs jobs/training.sh -A flood
  submit training-traffic hanna jobs/training.sh
  submit census elif jobs/census.sh
  submit primes anouk jobs/primes.sh -A longscan
  submit matrix bram jobs/matrix.sh
  submit squares chen jobs/squares.sh
  submit blocks daan jobs/blocks.sh
  submit merge daan jobs/merge.sh --dependency="afterok:${ID[blocks]}"
  submit collatz hanna jobs/collatz.sh
  submit checksum ivo jobs/checksum.sh

  heading "Jobs through plain sbatch, into the same queue"
  submit_by_sbatch pi fatima jobs/pi.sh
  submit_by_sbatch words jelle jobs/words.sh
}

meet_refusals() {
  heading "Refusals, with the numbers and the next step"
  refused '0\.0[0-9]* GPU-h' ivo polder job submit jobs/primes.sh --time=30
  refused '0\.0[0-9]* GPU-h' anouk sbatch -A seals --time=30 jobs/primes.sh
  refused 'longscan' jelle sbatch -A longscan jobs/words.sh
  refused 'weather' gijs polder job submit jobs/primes.sh -A weather
  refused '5 nodes' chen polder job submit jobs/squares.sh --nodes=5
}

look_at_the_queue() {
  heading "The queue: expected starts, and the reason for every wait"
  wait_for started 60 training-flood training-traffic
  show beheer polder queue
  [[ $(state_of census) == waiting ]] || off "the census of all four nodes should wait for them"
  show elif polder job show "${ID[census]}"
}

lose_a_node() {
  local node
  heading "A node goes down while a job runs on it"
  node=$(as root squeue --noheader --user gijs --name training --format %N)
  [[ -n $node ]] || off "squeue does not show the training of gijs on a node"
  show root scontrol update "nodename=$node" state=DOWN "reason=fan failed"
  wait_for ended 60 training-flood
  expect_state training-flood node-failed
  show gijs polder job show "${ID[training-flood]}"
  show gijs polder balance flood
  typed root scontrol update "nodename=$node" state=RESUME
  as root scontrol update "nodename=$node" state=RESUME 2>"$WORK/complaint" ||
    tell "$node is back already: its slurmd still answers, and slurmctld noticed (ReturnToService=2)"
}

cancel_a_job() {
  heading "A job is cancelled while it runs"
  show hanna polder job cancel "${ID[training-traffic]}"
  wait_for ended 60 training-traffic
  expect_state training-traffic cancelled
}

collect_results() {
  heading "The end of all jobs, and what they found"
  wait_for ended 120 primes matrix squares blocks merge collatz checksum pi words census
  expect_result anouk primes 56543
  expect_result bram matrix 58598918
  expect_result chen squares '2 nodes: 998218'
  expect_result daan merge '6 blocks: 49098'
  expect_result hanna collatz '52527 takes 339 steps'
  expect_result fatima pi '1571137 of 2000000: pi is about 3.142'
  expect_result jelle words '76 words, "the" 13 times'
  expect_result elif census '16 GPUs on gn01 gn02 gn03 gn04'
  expect_state checksum failed
  show ivo polder job show "${ID[checksum]}"
  show hanna polder job show "${ID[collatz]}"
  show beheer polder job list --all
}

look_at_the_books() {
  heading "The books"
  show beheer polder balance
  show hanna polder ledger traffic
  show auditor polder report access-time
  show auditor polder report access-time --format csv
}

report_to_a_funder() {
  heading "What a funder is told"
  show auditor polder report access-time --funder state
  show auditor polder report projects
  show auditor polder report indicators
  show auditor polder report availability
}
