#include "orchestrator/access/demand.h"

#include <algorithm>
#include <array>
#include <initializer_list>
#include <optional>

#include <fmt/format.h>

#include "orchestrator/json/expression_marks.h"

namespace orch::access {
namespace {

namespace bj = boost::json;
using Kind = Demand::Kind;
using Path = std::initializer_list<const char*>;

const bj::value* member(const bj::value& input, Path path) {
  const auto* at = &input;
  for (const char* name : path) {
    const auto* object = at->if_object();
    at = object ? object->if_contains(name) : nullptr;
    if (!at) return nullptr;
  }
  return at;
}

std::string pointer_of(Path path) {
  std::string pointer;
  for (const char* name : path) pointer += fmt::format("/{}", name);
  return pointer;
}

/// The text of a member; nothing for other values and for JSONata that is evaluated later.
std::optional<std::string> text(const bj::value& input, Path path) {
  const auto* value = member(input, path);
  if (!value || !value->is_string()) return std::nullopt;
  const std::string_view text = value->get_string();
  if (json::marked_expression(text)) return std::nullopt;
  return std::string(text);
}

void add(std::vector<Demand>& found, Kind kind, const bj::value& input, Path path) {
  if (auto value = text(input, path)) found.push_back({kind, std::move(*value), pointer_of(path)});
}

std::vector<Demand> of_process(const bj::value&) { return {{Kind::program, "", ""}}; }

std::vector<Demand> of_http(const bj::value& input) {
  std::vector<Demand> found;
  add(found, Kind::url, input, {"url"});
  add(found, Kind::url_path, input, {"path"});
  return found;
}

std::vector<Demand> of_notify(const bj::value& input) {
  std::vector<Demand> found;
  add(found, Kind::write, input, {"to", "file"});
  if (member(input, {"to", "argv"})) found.push_back({Kind::program, "", "/to/argv"});
  return found;
}

std::vector<Demand> of_catalog(const bj::value& input) {
  std::vector<Demand> found;
  add(found, Kind::read, input, {"catalog"});
  add(found, Kind::read, input, {"options", "catalog"});
  add(found, Kind::write, input, {"options", "report_folder"});
  return found;
}

std::vector<Demand> of_report(const bj::value& input) {
  std::vector<Demand> found;
  add(found, Kind::write, input, {"settings", "report_folder"});
  return found;
}

// The place that orch:catalog read the entry from; a resumed run reads it again.
std::vector<Demand> of_table(const bj::value& input) {
  std::vector<Demand> found;
  add(found, Kind::read, input, {"table", "origin", "catalog"});
  return found;
}

// They reach named connections only.
std::vector<Demand> of_none(const bj::value&) { return {}; }

struct Row {
  std::string_view resource;
  std::vector<Demand> (*demands)(const bj::value& input);
};

constexpr std::array rows = {
    Row{"orch:audit", of_table},     Row{"orch:catalog", of_catalog},
    Row{"orch:gate", of_none},       Row{"orch:health", of_catalog},
    Row{"orch:http", of_http},       Row{"orch:merge", of_table},
    Row{"orch:noop", of_none},       Row{"orch:notify", of_notify},
    Row{"orch:process", of_process}, Row{"orch:reconcile", of_table},
    Row{"orch:report", of_report},   Row{"orch:sql", of_none},
    Row{"orch:stage", of_table},     Row{"orch:verify", of_table},
};

}  // namespace

std::vector<Demand> demands_of(std::string_view resource, const bj::value& input) {
  // A copy's source is a bucket of the endpoint: its name has no "file:FOLDER".
  if (resource.starts_with("arn:aws:states:::aws-sdk:s3:")) return bucket_demands(input);
  if (!resource.starts_with("orch:")) return {};
  const auto row = std::find_if(rows.begin(), rows.end(),
                                [&](const Row& each) { return each.resource == resource; });
  if (row == rows.end()) return {{Kind::unknown_work, std::string(resource), ""}};
  return row->demands(input);
}

std::vector<Demand> bucket_demands(const bj::value& arguments) {
  std::vector<Demand> found;
  add(found, Kind::bucket, arguments, {"Bucket"});
  return found;
}

}  // namespace orch::access
