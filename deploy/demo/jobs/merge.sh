#!/bin/sh
#SBATCH --job-name=merge
#SBATCH --gpus=1
#SBATCH --time=2
#SBATCH --output=%x-%j.out
# Adds up what the six tasks of blocks.sh found. Submitted with --dependency=afterok on them.
set -eu

awk '{ primes += $1 } END { printf "%d blocks: %d\n", NR, primes }' \
  "$HOME"/results/blocks/[0-5].txt >"$HOME/results/merge.txt"
