#include "workers/map_items/reader_plan.h"

#include <algorithm>
#include <set>

#include <fmt/format.h>

#include "orchestrator/json/members.h"
#include "workers/map_items/failure.h"

namespace orch::map_items {
namespace {

namespace bj = boost::json;

constexpr std::int64_t most_items = 100'000'000;

std::string required(const bj::object& arguments, std::string_view name) {
  auto value = json::text_member(arguments, name);
  if (value.empty()) throw reader_failed(fmt::format("the ItemReader's {} is missing", name));
  return value;
}

std::int64_t limit_of(const execution::ItemReaderPlan& plan) {
  const auto limit = plan.max_items.value_or(0);
  if (limit < 0) throw reader_failed("field MaxItems must be positive");
  return std::min(limit, most_items);
}

}  // namespace

ReaderPlan read_reader_plan(const execution::ItemReaderPlan& plan) {
  ReaderPlan read;
  read.listing = plan.resource.ends_with(":listObjectsV2");
  read.format = plan.format;
  read.headers_given = plan.headers.has_value();
  read.headers = plan.headers.value_or(std::vector<std::string>());
  read.delimiter = plan.delimiter;
  read.pointer = plan.pointer;
  read.max_items = limit_of(plan);
  read.flatten = plan.transformation == "LOAD_AND_FLATTEN";
  const auto& arguments = plan.arguments;
  if (!arguments || !arguments->is_object())
    throw reader_failed("the ItemReader names no Bucket and Key");
  read.bucket = required(arguments->get_object(), "Bucket");
  read.key = read.listing ? json::text_member(arguments->get_object(), "Prefix")
                          : required(arguments->get_object(), "Key");
  return read;
}

}  // namespace orch::map_items
