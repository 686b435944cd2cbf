// What the tasks of the built-in workers need.
#pragma once

#include <memory>

#include "workers/needs.h"

namespace orch::workers {

/// Connections as the task's input names them, with what the connections file says of each; the
/// resource and the tags of the task's table as tags.
std::unique_ptr<Needing> make_needing();

}  // namespace orch::workers
