#include "orchestrator/base/read_file.h"

#include <cerrno>
#include <cstring>
#include <fstream>
#include <sstream>

#include <fmt/format.h>

#include "orchestrator/base/error.h"

namespace orch {

void refuse_file(const std::filesystem::path& file, int reason) {
  throw Error("ORCH-0002", fmt::format("{}: {}", file.string(), std::strerror(reason)),
              "check the path and its permissions");
}

std::string read_file(const std::filesystem::path& file) {
  if (std::filesystem::is_directory(file)) refuse_file(file, EISDIR);
  std::ifstream in(file, std::ios::binary);
  if (!in) refuse_file(file, errno);
  std::stringstream text;
  text << in.rdbuf();
  if (in.bad()) refuse_file(file, EIO);
  return text.str();
}

}  // namespace orch
