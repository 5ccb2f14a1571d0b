#!/bin/sh
#SBATCH --job-name=census
#SBATCH --partition=whole
#SBATCH --nodes=4
#SBATCH --ntasks-per-node=1
#SBATCH --gpus-per-node=4
#SBATCH --time=2
#SBATCH --output=%x-%j.out
# Counts the GPUs of the whole machine: a task on each node counts its own.
set -eu

mkdir -p "$HOME/results"
# shellcheck disable=SC2016 # expanded by the tasks
srun sh -c 'echo "$SLURMD_NODENAME" $(echo "$CUDA_VISIBLE_DEVICES" | tr "," "\n" | wc -l)' |
  sort | awk '{ nodes = nodes " " $1; gpus += $2 } END { printf "%d GPUs on%s\n", gpus, nodes }' \
  >"$HOME/results/census.txt"
