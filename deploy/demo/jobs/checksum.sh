#!/bin/sh
#SBATCH --job-name=checksum
#SBATCH --gpus=1
#SBATCH --time=2
#SBATCH --output=%x-%j.out
# Fails: the checksum of its input is not the one that was written down. Exit code 3.
set -eu

found=$(seq 1000 | cksum | cut -d ' ' -f 1)
written=1234567890
[ "$found" = "$written" ] || {
  echo "the input is damaged: checksum $found, and $written was written down"
  exit 3
}
