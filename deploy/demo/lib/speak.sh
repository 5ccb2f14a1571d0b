# shellcheck shell=bash disable=SC2034
# How the demo speaks: headings, the commands as they would be typed, and one line a check.

if [[ -t 1 && -z ${NO_COLOR:-} ]]; then
  bold=$'\e[1m' faint=$'\e[2m' green=$'\e[32m' red=$'\e[31m' plain=$'\e[0m'
else
  bold='' faint='' green='' red='' plain=''
fi

heading() {
  STEP=$1
  printf '\n%s== %s%s\n' "$bold" "$1" "$plain"
}

tell() { printf '%s\n' "$*"; }

whisper() { printf '%s%s%s\n' "$faint" "$*" "$plain"; }

# What somebody types: typed ACCOUNT WORDS…
typed() {
  local account=$1 word line=
  shift
  for word; do
    [[ $word != *' '* ]] || word="'$word'"
    line+=" $word"
  done
  printf '\n%s%s$%s%s\n' "$faint" "$account" "$plain" "$line"
}

good() {
  CHECKS=$((${CHECKS:-0} + 1))
  printf '%s✓%s %s\n' "$green" "$plain" "$*"
}

# Ends the demo: something is off.
off() {
  printf '\n%s✗ %s%s\n' "$red" "$*" "$plain" >&2
  exit 1
}
