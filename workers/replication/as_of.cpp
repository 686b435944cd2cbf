#include "workers/replication/as_of.h"

#include <fmt/format.h>

namespace orch::replication {

boost::json::value as_of(const boost::json::object& position) {
  const auto* value = position.if_contains("source");
  const auto* source = value ? value->if_object() : nullptr;
  const auto* time = source ? source->if_contains("at") : nullptr;
  if (!time) return nullptr;
  boost::json::object moment{{"time", *time}};
  for (const char* name : {"lsn", "data_version"})
    if (const auto* there = source->if_contains(name)) moment[name] = *there;
  return moment;
}

std::string as_of_text(const boost::json::value& as_of) {
  const auto* moment = as_of.if_object();
  const auto* time = moment ? moment->if_contains("time") : nullptr;
  if (!time || !time->is_string()) return {};
  // "2026-11-30T06:00:01.250Z": people read the second.
  std::string text(time->get_string().subview(0, 19));
  if (text.size() > 10) text[10] = ' ';
  text += " UTC";
  if (const auto* lsn = moment->if_contains("lsn"); lsn && lsn->is_string())
    text += fmt::format(" (LSN {})", std::string_view(lsn->get_string()));
  return text;
}

}  // namespace orch::replication
