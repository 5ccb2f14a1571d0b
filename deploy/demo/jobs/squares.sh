#!/bin/sh
#SBATCH --job-name=squares
#SBATCH --partition=whole
#SBATCH --nodes=2
#SBATCH --ntasks-per-node=1
#SBATCH --gpus-per-node=4
#SBATCH --time=2
#SBATCH --output=%x-%j.out
# Sums the squares of 1 to 200 000 on two nodes: srun starts a task on each, and each takes half.
set -eu

mkdir -p "$HOME/results/squares"
export PARTS="$HOME/results/squares"
srun sh -c '
  awk -v task="$SLURM_PROCID" -v node="$SLURMD_NODENAME" "BEGIN {
    for (i = 1 + task; i <= 200000; i += 2) sum += i * i
    printf \"%s %.0f\\n\", node, sum
  }" >"$PARTS/$SLURM_PROCID.txt"'

sort -u -k 1,1 "$PARTS"/[01].txt |
  awk '{ sum += $2 } END { printf "%d nodes: %.0f\n", NR, sum }' >"$HOME/results/squares.txt"
