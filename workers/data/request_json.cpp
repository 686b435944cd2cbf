#include "workers/data/request_json.h"

#include <algorithm>
#include <array>
#include <utility>

namespace orch::data {
namespace {

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

constexpr std::array<std::pair<Proof, std::string_view>, 3> proof_names{
    {{Proof::full, "full"}, {Proof::count, "count"}, {Proof::off, "off"}}};

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

boost::json::object to_json(const TableName& name) {
  return {{"schema", name.schema}, {"name", name.name}};
}

TableName table_name(const boost::json::value& value) {
  return {std::string(value.at("schema").as_string()), std::string(value.at("name").as_string())};
}

boost::json::object to_json(const Column& column) {
  boost::json::object out{
      {"name", column.name}, {"kind", name_of(column.kind)}, {"native", column.native.shown()}};
  if (column.precision != 0) out["precision"] = column.precision;
  if (column.scale != 0) out["scale"] = column.scale;
  if (column.length != 0) out["length"] = column.length;
  if (!column.nullable) out["nullable"] = false;
  if (column.generated) out["generated"] = true;
  return out;
}

Column column_from(const boost::json::object& object) {
  const auto number = [&](const char* name) {
    const auto* value = object.if_contains(name);
    return value ? value->to_number<int>() : 0;
  };
  Column column;
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

bool is_true(const boost::json::object& object, const char* name) {
  const auto* value = object.if_contains(name);
  return value && value->is_bool() && value->get_bool();
}

/// Requests of older versions say the engine, and what follows from it was known to the targets.
Traits traits_from(const boost::json::object& object) {
  Traits traits{is_true(object, "typed"), is_true(object, "texts")};
  if (const auto* engine = object.if_contains("engine")) {
    traits.family = engine->as_string();
    if (traits.family == "sqlite") traits.order = traits.family;
  } else {
    traits.family = object.at("family").as_string();
    traits.order = object.at("order").as_string();
  }
  return traits;
}

}  // namespace

std::string_view proof_name(Proof proof) {
  return std::find_if(proof_names.begin(), proof_names.end(),
                      [&](const auto& entry) { return entry.first == proof; })
      ->second;
}

Proof proof_named(std::string_view name) {
  for (const auto& [value, word] : proof_names)
    if (word == name) return value;
  return Proof::full;
}

boost::json::object to_json(const PlanRequest& request) {
  boost::json::array columns;
  for (const auto& column : request.source.columns) columns.push_back(to_json(column));
  return {{"key", request.key},
          {"target", to_json(request.target)},
          {"strategy", strategy_name(request.strategy)},
          {"typed", request.source_traits.typed},
          {"texts", request.source_traits.texts},
          {"family", request.source_traits.family},
          {"order", request.source_traits.order},
          {"source", to_json(request.source.name)},
          {"columns", std::move(columns)},
          {"source_key", array_of(request.source.key)},
          {"target_columns", array_of(request.target_columns)},
          {"target_types", array_of(request.target_types)},
          {"key_columns", array_of(request.key_columns)},
          {"parts", request.parts},
          {"proof", proof_name(request.proof)},
          {"alone", request.alone},
          {"reads_again", request.reads_again}};
}

PlanRequest request_from_json(const boost::json::object& object) {
  PlanRequest request;
  request.key = object.at("key").as_string();
  request.target = table_name(object.at("target"));
  request.strategy = strategy_named(object.at("strategy").as_string());
  request.source_traits = traits_from(object);
  request.source.name = table_name(object.at("source"));
  for (const auto& column : object.at("columns").as_array())
    request.source.columns.push_back(column_from(column.as_object()));
  request.source.key = texts(object.at("source_key"));
  request.target_columns = texts(object.at("target_columns"));
  request.target_types = texts(object.at("target_types"));
  request.key_columns = texts(object.at("key_columns"));
  request.parts = object.at("parts").to_number<int>();
  // Loads of older versions have none.
  if (const auto* proof = object.if_contains("proof"))
    request.proof = proof_named(proof->as_string());
  request.alone = is_true(object, "alone");
  request.reads_again = is_true(object, "reads_again");
  return request;
}

}  // namespace orch::data
