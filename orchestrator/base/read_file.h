// Whole files as text.
#pragma once

#include <filesystem>
#include <string>

namespace orch {

/// The bytes of a file. Throws Error ORCH-0002 when it cannot be read.
std::string read_file(const std::filesystem::path& file);

/// Throws Error ORCH-0002 for `file` with the text of the errno `reason`.
[[noreturn]] void refuse_file(const std::filesystem::path& file, int reason);

}  // namespace orch
