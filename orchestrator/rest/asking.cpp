#include "orchestrator/rest/asking.h"

#include <algorithm>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "orchestrator/base/utf8.h"
#include "orchestrator/rest/paging.h"

namespace orch::rest {

namespace bj = boost::json;

bj::object ask(const Request& request, std::string_view operation, const bj::object& parameters) {
  return request.server.owner.perform(std::string(operation), parameters);
}

bj::object signed_body(const Request& request) {
  auto parameters = request.body;
  parameters["by"] = request.caller.name;
  return parameters;
}

void name_object(Request& request, std::initializer_list<std::string_view> members) {
  constexpr std::size_t longest = 200;
  auto& object = request.remark.object;
  for (const auto member : members) {
    const auto* value = request.body.if_contains(member);
    if (!value || *value == false) continue;
    object += fmt::format("{}{}", object.empty() ? "" : " ", member);
    if (value->is_string())
      object +=
          " " + repaired(std::string(std::string_view(value->get_string()).substr(0, longest)));
    else if (value->is_int64())
      object += fmt::format(" {}", value->get_int64());
  }
}

bj::array take_array(bj::object& result, std::string_view member) {
  return std::move(result.at(member).as_array());
}

bj::object page_of(const Request& request, bj::array all, std::string (*key)(const bj::object&),
                   Order order) {
  const auto cursor = request.query.text("cursor");
  const auto limit = limit_of(request);
  std::vector<std::pair<std::string, bj::object*>> items;
  for (auto& each : all) {
    auto& item = each.as_object();
    auto name = key(item);
    const bool told = cursor && (order == Order::ascending ? name <= *cursor : name >= *cursor);
    if (!told) items.emplace_back(std::move(name), &item);
  }
  std::ranges::stable_sort(items, [order](const auto& a, const auto& b) {
    return order == Order::ascending ? a.first < b.first : b.first < a.first;
  });
  bj::object page;
  auto& shown = page["items"].emplace_array();
  for (auto& [name, item] : items) {
    if (std::ssize(shown) == limit) {
      page["next"] = items[shown.size() - 1].first;
      break;
    }
    shown.push_back(std::move(*item));
  }
  return page;
}

std::string number_key(std::int64_t number) { return fmt::format("{:019}", number); }

}  // namespace orch::rest
