// Names of runs as names of files.
#pragma once

#include <string>
#include <string_view>

namespace orch {

/// `name` as one part of a path that never leads elsewhere: "/", "%", control characters and a dot
/// at the beginning become "%2F" and so on; other names stay as they are.
std::string path_segment(std::string_view name);

}  // namespace orch
