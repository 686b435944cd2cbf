// GetExecutionHistory.
#include <algorithm>

#include "orchestrator/stepfunctions/executions.h"
#include "orchestrator/stepfunctions/paging.h"
#include "orchestrator/stepfunctions/service_history.h"
#include "orchestrator/store/redaction.h"

namespace orch::stepfunctions {
namespace {

namespace bj = boost::json;

// Stops the reading of a history in the middle: the page is full.
struct PageIsFull {};

std::int64_t id_of(const Object& event) { return event.at("id").to_number<std::int64_t>(); }

/// The events on one side of the one numbered `behind`, in the order of the answer, and one more
/// than the page holds.
std::vector<Object> events_of(Request& request, const store::ExecutionRow& row, const Page& page,
                              ServiceHistory& history, bool reverse) {
  std::vector<Object> events;
  const auto behind = page.behind.empty() ? 0 : std::stoll(page.behind);
  const auto most = static_cast<std::size_t>(page.size) + 1;
  store::Redactors redactors(*request.desk.reader);
  const auto* redactor = redactors.of(row);
  const auto take = [&](const execution::Event& event) {
    auto shown = history.convert(redactor ? redactor->hide(event) : event);
    if (!shown) return;
    if (!reverse && id_of(*shown) <= behind) return;
    if (reverse && behind > 0 && id_of(*shown) >= behind) return;
    events.push_back(std::move(*shown));
    if (!reverse && events.size() == most) throw PageIsFull{};
  };
  try {
    request.desk.reader->history(row.id, 0, take);
  } catch (const PageIsFull&) {
    return events;
  }
  if (!reverse) return events;
  std::reverse(events.begin(), events.end());
  events.resize(std::min(events.size(), most));
  return events;
}

}  // namespace

Object get_execution_history(Request& request) {
  auto& in = request.in;
  const auto arn = in.required("executionArn", {1, 256});
  const bool reverse = in.flag("reverseOrder");
  const bool with_data = in.flag("includeExecutionData", true);
  const auto page = read_page(request, (reverse ? "events backwards " : "events ") + arn);
  const auto row = find_execution(request, arn);
  ServiceView view;
  view.epoch_times = true;
  view.with_data = with_data;
  view.region = request.place().region;
  view.role = row.made.service.role;
  view.machine_arn = machine_arn_of(request, row);
  view.alias = row.made.service.alias;
  view.version = row.made.service.version;
  ServiceHistory history(std::move(view));
  auto events = events_of(request, row, page, history, reverse);
  Object out;
  end_page(request, page, events, out,
           [](const Object& event) { return std::to_string(id_of(event)); });
  bj::array list;
  for (auto& event : events) list.push_back(std::move(event));
  out["events"] = std::move(list);
  return out;
}

}  // namespace orch::stepfunctions
