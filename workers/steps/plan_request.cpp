#include "workers/steps/plan_request.h"

#include <algorithm>
#include <array>
#include <strings.h>
#include <utility>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "orchestrator/base/error.h"
#include "workers/worker.h"

namespace orch::steps {
namespace {

using data::Kind;

constexpr std::array<std::pair<Kind, std::string_view>, 17> kind_names{{
    {Kind::boolean, "boolean"},
    {Kind::int16, "int16"},
    {Kind::int32, "int32"},
    {Kind::int64, "int64"},
    {Kind::float32, "float32"},
    {Kind::float64, "float64"},
    {Kind::numeric, "numeric"},
    {Kind::text, "text"},
    {Kind::bytes, "bytes"},
    {Kind::date, "date"},
    {Kind::time, "time"},
    {Kind::timestamp, "timestamp"},
    {Kind::timestamptz, "timestamptz"},
    {Kind::uuid, "uuid"},
    {Kind::json, "json"},
    {Kind::any, "any"},
    {Kind::other, "other"},
}};

constexpr std::array<std::string_view, 3> strategy_names{"replace", "upsert", "append"};

std::string_view name_of(Kind kind) {
  return std::find_if(kind_names.begin(), kind_names.end(),
                      [&](const auto& entry) { return entry.first == kind; })
      ->second;
}

Kind kind_named(std::string_view name) {
  const auto* found = std::find_if(kind_names.begin(), kind_names.end(),
                                   [&](const auto& entry) { return entry.second == name; });
  return found == kind_names.end() ? Kind::other : found->first;
}

/// Exact names first; else the one that differs in ASCII case only.
const data::Column* find(const std::vector<data::Column>& columns, const std::string& name) {
  const data::Column* alike = nullptr;
  for (const auto& column : columns) {
    if (column.name == name) return &column;
    if (strcasecmp(column.name.c_str(), name.c_str()) == 0) alike = &column;
  }
  return alike;
}

void check_names(const catalog::Entry& entry, const data::Table& table) {
  std::vector<std::string> names;
  for (const auto& column : table.columns) names.push_back(column.name);
  std::vector<std::string> missing;
  const auto check = [&](const std::string& name) {
    if (!find(table.columns, name))
      missing.push_back(fmt::format("no column \"{}\"{}", name, did_you_mean(name, names)));
  };
  for (const auto& mapping : entry.columns) check(mapping.source);
  for (const auto& name : entry.exclude) check(name);
  if (!entry.watermark.empty()) check(entry.watermark);
  if (missing.empty()) return;
  throw workers::TaskFailed(
      "Source.ColumnMissing", fmt::format("{}: {}", entry.key, fmt::join(missing, "; ")),
      "correct \"columns\", \"exclude\" or \"watermark\" of the catalog entry", "ORCH-0445");
}

/// The mappings of the entry, or one for each source column that is neither excluded nor computed
/// by the target.
std::vector<catalog::ColumnMapping> mappings_of(const catalog::Entry& entry,
                                                const data::Table& source,
                                                const std::optional<data::Table>& target) {
  if (!entry.columns.empty()) return entry.columns;
  std::vector<data::Column> excluded;
  for (const auto& name : entry.exclude) excluded.push_back(*find(source.columns, name));
  std::vector<catalog::ColumnMapping> mappings;
  for (const auto& column : source.columns) {
    const auto* there = target ? find(target->columns, column.name) : nullptr;
    if (find(excluded, column.name) || (there && there->generated)) continue;
    mappings.push_back({column.name, column.name, ""});
  }
  return mappings;
}

/// The source's key under the target's names, if all of it is copied.
std::vector<std::string> source_key(const data::PlanRequest& request) {
  std::vector<std::string> key;
  for (const auto& column : request.source.key) {
    const auto target = target_column(request, column);
    if (target.empty()) return {};
    key.push_back(target);
  }
  return key;
}

std::vector<std::string> texts(const boost::json::value& array) {
  std::vector<std::string> out;
  for (const auto& item : array.as_array()) out.emplace_back(item.as_string());
  return out;
}

boost::json::array array_of(const std::vector<std::string>& list) {
  boost::json::array out;
  for (const auto& item : list) out.emplace_back(item);
  return out;
}

boost::json::object to_json(const data::TableName& name) {
  return {{"schema", name.schema}, {"name", name.name}};
}

data::TableName table_name(const boost::json::value& value) {
  return {std::string(value.at("schema").as_string()), std::string(value.at("name").as_string())};
}

boost::json::object to_json(const data::Column& column) {
  boost::json::object out{
      {"name", column.name}, {"kind", name_of(column.kind)}, {"native", column.native.shown()}};
  if (column.precision != 0) out["precision"] = column.precision;
  if (column.scale != 0) out["scale"] = column.scale;
  if (column.length != 0) out["length"] = column.length;
  if (!column.nullable) out["nullable"] = false;
  if (column.generated) out["generated"] = true;
  return out;
}

data::Column column_from(const boost::json::object& object) {
  const auto number = [&](const char* name) {
    const auto* value = object.if_contains(name);
    return value ? value->to_number<int>() : 0;
  };
  data::Column column;
  column.name = object.at("name").as_string();
  column.kind = kind_named(object.at("kind").as_string());
  column.native = std::string(object.at("native").as_string());
  column.precision = number("precision");
  column.scale = number("scale");
  column.length = number("length");
  column.nullable = !object.contains("nullable");
  column.generated = object.contains("generated");
  return column;
}

}  // namespace

data::PlanRequest make_request(const catalog::Entry& entry, data::Source& source,
                               data::Target& target) {
  return make_request(entry, source.describe(entry.source), source, target);
}

data::PlanRequest make_request(const catalog::Entry& entry, const data::Table& table,
                               data::Source& source, data::Target& target) {
  check_names(entry, table);
  data::PlanRequest request;
  request.key = entry.key;
  request.target = entry.target;
  request.strategy = entry.strategy;
  request.source_engine = source.engine();
  request.parts = entry.parts;
  request.source = table;
  request.source.columns.clear();
  for (const auto& mapping : mappings_of(entry, table, target.describe(entry.target))) {
    const auto& column = *find(table.columns, mapping.source);
    request.source.columns.push_back(column);
    request.target_columns.push_back(mapping.target.empty() ? column.name : mapping.target);
    request.target_types.push_back(mapping.type);
  }
  request.key_columns = entry.key_columns.empty() ? source_key(request) : entry.key_columns;
  return request;
}

std::string target_column(const data::PlanRequest& request, const std::string& column) {
  const auto* found = find(request.source.columns, column);
  if (!found) return {};
  return request.target_columns[static_cast<std::size_t>(found - request.source.columns.data())];
}

boost::json::object to_json(const data::PlanRequest& request) {
  boost::json::array columns;
  for (const auto& column : request.source.columns) columns.push_back(to_json(column));
  return {{"key", request.key},
          {"target", to_json(request.target)},
          {"strategy", strategy_names.at(static_cast<std::size_t>(request.strategy))},
          {"engine", request.source_engine},
          {"source", to_json(request.source.name)},
          {"columns", std::move(columns)},
          {"source_key", array_of(request.source.key)},
          {"target_columns", array_of(request.target_columns)},
          {"target_types", array_of(request.target_types)},
          {"key_columns", array_of(request.key_columns)},
          {"parts", request.parts}};
}

data::PlanRequest request_from_json(const boost::json::object& object) {
  data::PlanRequest request;
  request.key = object.at("key").as_string();
  request.target = table_name(object.at("target"));
  const auto strategy = std::find(strategy_names.begin(), strategy_names.end(),
                                  std::string_view(object.at("strategy").as_string()));
  request.strategy = static_cast<data::Strategy>(strategy - strategy_names.begin());
  request.source_engine = object.at("engine").as_string();
  request.source.name = table_name(object.at("source"));
  for (const auto& column : object.at("columns").as_array())
    request.source.columns.push_back(column_from(column.as_object()));
  request.source.key = texts(object.at("source_key"));
  request.target_columns = texts(object.at("target_columns"));
  request.target_types = texts(object.at("target_types"));
  request.key_columns = texts(object.at("key_columns"));
  request.parts = object.at("parts").to_number<int>();
  return request;
}

}  // namespace orch::steps
