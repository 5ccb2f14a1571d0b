#!/bin/sh
#SBATCH --job-name=blocks
#SBATCH --array=0-5
#SBATCH --gpus=1
#SBATCH --time=2
#SBATCH --output=%x-%A_%a.out
# Six tasks, each counts the primes of its own block of 100 000 numbers.
set -eu

mkdir -p "$HOME/results/blocks"
awk -v block="$SLURM_ARRAY_TASK_ID" 'BEGIN {
  for (n = block * 100000; n < (block + 1) * 100000; n++) {
    isPrime = n >= 2
    for (d = 2; d * d <= n; d++) if (n % d == 0) { isPrime = 0; break }
    primes += isPrime
  }
  print primes
}' >"$HOME/results/blocks/$SLURM_ARRAY_TASK_ID.txt"
