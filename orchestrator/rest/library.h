// A library that the program uses.
#pragma once

#include <string>

namespace orch::rest {

struct Library {
  std::string name;
  std::string version;
};

}  // namespace orch::rest
