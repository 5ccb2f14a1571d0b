# shellcheck shell=bash
# What the scripts wrote, against what they must find.

# expect_result ACCOUNT JOB EXPECTED
expect_result() {
  local found
  found=$(cat "$STATE/home/$1/results/$2.txt" 2>/dev/null) || off "$2 of $1 left no result"
  [[ $found == "$3" ]] || off "$2 of $1 found \"$found\"; it should be \"$3\""
  good "$2: $found"
}

# expect_state NAME STATE
expect_state() {
  local found
  found=$(state_of "$1")
  [[ $found == "$2" ]] || off "${ID[$1]} ($1) is $found; it should be $2"
  good "${ID[$1]} ($1) $found"
}
