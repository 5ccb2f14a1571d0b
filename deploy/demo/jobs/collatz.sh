#!/bin/sh
#SBATCH --job-name=collatz
#SBATCH --gpus=1
#SBATCH --time=3
#SBATCH --output=%x-%j.out
# Finds the start below 60 000 with the longest Collatz chain. Asks for three minutes and needs
# seconds: the rest of what was held for it comes back.
set -eu

mkdir -p "$HOME/results"
awk 'BEGIN {
  for (start = 1; start < 60000; start++) {
    steps = 0
    for (n = start; n != 1; steps++) n = n % 2 ? 3 * n + 1 : n / 2
    if (steps > longest) { longest = steps; best = start }
  }
  printf "%d takes %d steps\n", best, longest
}' >"$HOME/results/collatz.txt"
