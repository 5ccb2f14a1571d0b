#!/bin/sh
#SBATCH --job-name=pi
#SBATCH --gpus=2
#SBATCH --nodes=1
#SBATCH --time=2
#SBATCH --output=%x-%j.out
# Estimates pi from 2 000 000 random points, on two GPUs of a node. The generator is Park and
# Miller's, with a fixed seed, so that every machine finds the same.
set -eu

case ${CUDA_VISIBLE_DEVICES-} in
  [0-3],[0-3]) echo "my GPUs are $CUDA_VISIBLE_DEVICES" ;;
  *) echo "expected two GPUs, got '${CUDA_VISIBLE_DEVICES-}'" && exit 1 ;;
esac

mkdir -p "$HOME/results"
awk 'BEGIN {
  seed = 20261124
  points = 2000000
  for (i = 0; i < points; i++) {
    seed = (16807 * seed) % 2147483647; x = seed / 2147483647
    seed = (16807 * seed) % 2147483647; y = seed / 2147483647
    if (x * x + y * y < 1) inside++
  }
  printf "%d of %d: pi is about %.3f\n", inside, points, 4 * inside / points
}' >"$HOME/results/pi.txt"
