#include "orchestrator/project/holidays.h"

#include <chrono>

#include <fmt/format.h>

#include "orchestrator/base/error.h"
#include "orchestrator/base/read_file.h"
#include "orchestrator/json/locations.h"
#include "orchestrator/schedule/calendar.h"

namespace orch::project {
namespace {

namespace bj = boost::json;

bj::array days_in(const std::filesystem::path& folder, const std::string& file) {
  bj::array days;
  for (const auto day : schedule::parse_holidays(read_file(folder / file), file)) {
    const std::chrono::year_month_day date(day);
    days.emplace_back(fmt::format("{:04}-{:02}-{:02}", static_cast<int>(date.year()),
                                  static_cast<unsigned>(date.month()),
                                  static_cast<unsigned>(date.day())));
  }
  return days;
}

}  // namespace

void read_holidays(const std::filesystem::path& folder, bj::object& pipeline,
                   json::Problems& problems) {
  auto* triggers = pipeline.if_contains("triggers");
  if (!triggers || !triggers->is_object()) return;
  for (auto& [name, trigger] : triggers->get_object()) {
    auto* object = trigger.if_object();
    auto* holidays = object ? object->if_contains("holidays") : nullptr;
    if (!holidays || !holidays->is_string()) continue;
    const auto pointer = "/triggers/" + json::pointer_token(name) + "/holidays";
    const std::string file(holidays->get_string());
    *holidays = bj::array();
    try {
      *holidays = days_in(folder, file);
    } catch (const InvalidDocument& invalid) {
      for (const auto& problem : invalid.problems())
        problems.push_back(
            {pointer, fmt::format("{}:{}: {}", file, problem.line, problem.message), problem.hint});
    } catch (const Error& error) {
      problems.push_back({pointer, error.what(), "the path starts at the project's folder"});
    }
  }
}

}  // namespace orch::project
