#include "orchestrator/store/limits.h"

#include <fmt/format.h>

#include "orchestrator/base/error.h"

namespace orch::store {

const char* to_string(HoldMode mode) {
  switch (mode) {
    case HoldMode::pause:
      return "pause";
    case HoldMode::drain:
      return "drain";
    case HoldMode::finish:
      return "finish";
  }
  return "drain";
}

HoldMode hold_mode_from(const std::string& text) {
  for (const auto mode : {HoldMode::pause, HoldMode::drain, HoldMode::finish})
    if (text == to_string(mode)) return mode;
  throw Error("ORCH-0740",
              fmt::format("the mode of a hold is pause, drain or finish, found \"{}\"", text));
}

}  // namespace orch::store
