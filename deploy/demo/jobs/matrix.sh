#!/bin/sh
#SBATCH --job-name=matrix
#SBATCH --partition=whole
#SBATCH --nodes=1
#SBATCH --gpus-per-node=4
#SBATCH --time=2
#SBATCH --output=%x-%j.out
# Multiplies two matrices of 125 by 125, on a whole node, and prints the sum of the product.
set -eu

[ "${CUDA_VISIBLE_DEVICES-}" = 0,1,2,3 ] || {
  echo "expected four GPUs, got '${CUDA_VISIBLE_DEVICES-}'"
  exit 1
}

mkdir -p "$HOME/results"
awk 'BEGIN {
  n = 125
  for (i = 0; i < n; i++)
    for (j = 0; j < n; j++) {
      a[i, j] = (7 * i + 3 * j) % 11
      b[i, j] = (5 * i + 2 * j) % 13
    }
  for (i = 0; i < n; i++)
    for (j = 0; j < n; j++)
      for (k = 0; k < n; k++) sum += a[i, k] * b[k, j]
  print sum
}' >"$HOME/results/matrix.txt"
