#!/bin/sh
#SBATCH --job-name=primes
#SBATCH --gpus=1
#SBATCH --time=2
#SBATCH --output=%x-%j.out
# Counts the primes below 700 000 with a sieve, on one GPU of a node.
set -eu

case ${CUDA_VISIBLE_DEVICES-} in
  [0-3]) echo "my GPU is number $CUDA_VISIBLE_DEVICES" ;;
  *) echo "expected one GPU, got '${CUDA_VISIBLE_DEVICES-}'" && exit 1 ;;
esac

mkdir -p "$HOME/results"
awk 'BEGIN {
  limit = 700000
  for (i = 2; i < limit; i++) {
    if (i in composite) continue
    primes++
    for (multiple = i * i; multiple < limit; multiple += i) composite[multiple]
  }
  print primes
}' >"$HOME/results/primes.txt"
