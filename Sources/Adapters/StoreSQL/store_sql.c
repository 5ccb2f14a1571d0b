#include "store_sql.h"
