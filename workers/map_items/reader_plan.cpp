#include "workers/map_items/reader_plan.h"

#include <algorithm>
#include <set>

#include <fmt/format.h>

#include "workers/map_items/failure.h"

namespace orch::map_items {
namespace {

namespace bj = boost::json;

constexpr std::int64_t most_items = 100'000'000;

std::string text(const bj::object& object, std::string_view name) {
  const auto* value = object.if_contains({name.data(), name.size()});
  return value && value->is_string() ? std::string(value->get_string()) : std::string();
}

std::string required(const bj::object& arguments, std::string_view name) {
  auto value = text(arguments, name);
  if (value.empty()) throw reader_failed(fmt::format("the ItemReader's {} is missing", name));
  return value;
}

std::vector<std::string> read_headers(const bj::object& plan) {
  std::vector<std::string> headers;
  const auto* given = plan.if_contains("headers");
  if (!given) return headers;
  for (const auto& header : given->as_array()) headers.emplace_back(header.as_string());
  return headers;
}

std::int64_t read_limit(const bj::object& plan) {
  const auto* given = plan.if_contains("max_items");
  if (!given) return 0;
  const auto limit = given->to_number<std::int64_t>();
  if (limit < 0) throw reader_failed("field MaxItems must be positive");
  return std::min(limit, most_items);
}

}  // namespace

ReaderPlan read_reader_plan(const bj::object& plan) {
  ReaderPlan read;
  read.listing = text(plan, "resource").ends_with(":listObjectsV2");
  read.format = text(plan, "format");
  read.headers_given = plan.contains("headers");
  read.headers = read_headers(plan);
  read.delimiter = text(plan, "delimiter").front();
  read.pointer = text(plan, "pointer");
  read.max_items = read_limit(plan);
  read.flatten = text(plan, "transformation") == "LOAD_AND_FLATTEN";
  const auto* arguments = plan.if_contains("arguments");
  if (!arguments || !arguments->is_object())
    throw reader_failed("the ItemReader names no Bucket and Key");
  read.bucket = required(arguments->get_object(), "Bucket");
  read.key = read.listing ? text(arguments->get_object(), "Prefix")
                          : required(arguments->get_object(), "Key");
  return read;
}

}  // namespace orch::map_items
