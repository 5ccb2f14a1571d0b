#!/bin/sh
#SBATCH --job-name=squares
#SBATCH --partition=whole
#SBATCH --nodes=2
#SBATCH --ntasks-per-node=1
#SBATCH --gpus-per-node=4
#SBATCH --time=2
#SBATCH --output=%x-%j.out
# Sums the squares of 1 to 6 000 000, modulo 1 000 003, on two nodes: srun starts a task on each,
# and each takes half.
set -eu

mkdir -p "$HOME/results/squares"
export PARTS="$HOME/results/squares"
# shellcheck disable=SC2016 # expanded by the tasks
srun sh -c '
  awk -v task="$SLURM_PROCID" -v node="$SLURMD_NODENAME" "BEGIN {
    for (i = 1 + task; i <= 6000000; i += 2) sum = (sum + i * i) % 1000003
    print node, sum
  }" >"$PARTS/$SLURM_PROCID.txt"'

sort -u -k 1,1 "$PARTS"/[01].txt |
  awk '{ sum += $2 } END { printf "%d nodes: %d\n", NR, sum % 1000003 }' >"$HOME/results/squares.txt"
