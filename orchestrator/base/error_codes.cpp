#include <initializer_list>

#include "orchestrator/base/error_codes/groups.h"

namespace orch {

std::span<const ErrorCode> error_codes() {
  static const auto all = [] {
    std::vector<ErrorCode> codes;
    for (const auto group :
         {command_line_codes(), runs_codes(), tables_codes(), workers_codes(), pipelines_codes()})
      codes.insert(codes.end(), group.begin(), group.end());
    return codes;
  }();
  return all;
}

}  // namespace orch
