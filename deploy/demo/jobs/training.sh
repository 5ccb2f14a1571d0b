#!/bin/sh
#SBATCH --job-name=training
#SBATCH --partition=whole
#SBATCH --nodes=1
#SBATCH --gpus-per-node=4
#SBATCH --time=4
#SBATCH --output=%x-%j.out
# A long run on a whole node: approaches the square root of two, a step a second, and would go on
# until its time limit. The demo ends it in other ways.
set -eu

mkdir -p "$HOME/results"
step=0
while :; do
  step=$((step + 1))
  awk -v step="$step" 'BEGIN {
    root = 1
    for (i = 0; i < step; i++) root = (root + 2 / root) / 2
    printf "step %d: %.9f\n", step, root
  }' >>"$HOME/results/training.txt"
  sleep 1
done
