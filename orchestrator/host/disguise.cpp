#include "orchestrator/host/disguise.h"

#include <algorithm>
#include <array>
#include <string_view>

#include <boost/json/value.hpp>

#include "orchestrator/json/text.h"

namespace orch::host {
namespace {

namespace bj = boost::json;

// Members of what orch writes about a table whose values come from the catalog or from counting,
// not from rows. Sorted.
constexpr auto kept = std::to_array<std::string_view>(
    {"bytes", "connection", "engine", "key", "load", "phase", "read", "rows", "schema", "seconds",
     "source", "staged", "strategy", "table", "target", "times", "verdict", "written"});
static_assert(std::ranges::is_sorted(kept));

bool is_about_a_table(const bj::object& object) {
  constexpr auto marks =
      std::to_array<std::string_view>({"source", "target", "load", "verdict", "strategy"});
  return object.contains("key") && std::ranges::any_of(marks, [&](std::string_view mark) {
           return object.contains({mark.data(), mark.size()});
         });
}

void hide(bj::value& value, bool about_a_table) {
  if (auto* object = value.if_object()) {
    const bool about = about_a_table || is_about_a_table(*object);
    for (auto& [name, member] : *object) {
      const bool stays = about && std::ranges::binary_search(kept, std::string_view(name));
      if (!stays || member.is_structured()) hide(member, stays);
    }
  } else if (auto* array = value.if_array()) {
    for (auto& item : *array) hide(item, false);
  } else if (value.is_string()) {
    value = "…";
  } else if (value.is_number()) {
    value = 0;
  }
}

}  // namespace

std::string disguised(const std::string& json) {
  try {
    auto value = json::parse(json);
    hide(value, false);
    return json::write(value);
  } catch (const json::SyntaxError&) {
    return "\"…\"";
  }
}

}  // namespace orch::host
