#!/bin/sh
#SBATCH --job-name=words
#SBATCH --gpus=1
#SBATCH --time=2
#SBATCH --output=%x-%j.out
# Counts the words of a text and finds the commonest.
set -eu

mkdir -p "$HOME/results"
text='the polder lies below the sea, and the sea knows it. whoever lives behind the dyke must keep
the dyke, the mill and the ditch with the neighbour, whether they like the neighbour or not: the
water does not ask whose field it is. so they meet, and talk, and talk again, until all agree how
much each may draw, who pays for the mill, and when the gate is opened. that is the whole secret.'

printf '%s\n' "$text" | tr -cs '[:lower:]' '\n' | awk '
  NF { words++; if (++count[$1] > most) { most = count[$1]; commonest = $1 } }
  END { printf "%d words, \"%s\" %d times\n", words, commonest, most }
' >"$HOME/results/words.txt"
