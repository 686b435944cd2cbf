#include "orchestrator/asl/path.h"
