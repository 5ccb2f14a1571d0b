// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "cslurm.h"

#include <slurm/slurm.h>
#include <slurm/slurm_errno.h>

#if SLURM_VERSION_NUMBER < SLURM_VERSION_NUM(22, 5, 0) || \
    SLURM_VERSION_NUMBER >= SLURM_VERSION_NUM(23, 2, 0)
#error "CSlurm was probed with Slurm 22.05 only: probe, then widen this check"
#endif

// An error number from a call that answers -1 and sets errno.
int cslurm_failure(void);

static inline const char *cslurm_text(const char *text) { return text ? text : ""; }

// NO_VAL and its kin mean absent.
static inline int64_t cslurm_number(uint32_t value) {
  return value == NO_VAL || value == INFINITE ? CSLURM_NONE : (int64_t)value;
}

static inline int64_t cslurm_time(time_t value) {
  return value > 0 && value != (time_t)NO_VAL ? (int64_t)value : CSLURM_NONE;
}
