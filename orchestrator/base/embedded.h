// Files of the source tree that are compiled into the binary (cmake/OrchEmbed.cmake).
#pragma once

#include <span>
#include <string_view>

namespace orch {

struct EmbeddedFile {
  std::string_view name;  ///< without folders: "0001_initial.sql"
  std::string_view text;
};

}  // namespace orch
