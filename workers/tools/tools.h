// Workers that are not about tables.
#pragma once

#include <memory>

#include "workers/worker.h"

namespace orch::tools {

/// orch:noop returns its input. For trying out a workflow, and for measuring.
std::unique_ptr<workers::Worker> make_noop();

}  // namespace orch::tools
