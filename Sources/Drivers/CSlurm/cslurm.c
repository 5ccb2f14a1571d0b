#include "cslurm.h"
