#include "workers/data/plan_json.h"

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

constexpr std::array<std::pair<RowFormat, std::string_view>, 3> format_names{
    {{RowFormat::cells, "cells"},
     {RowFormat::pg_binary, "pg_binary"},
     {RowFormat::pg_text, "pg_text"}}};

/// Of the program, and of what is written below: plans of others are not read.
constexpr std::string_view plan_version = ORCH_VERSION " 1";

template <class Value, std::size_t size>
std::string_view name_in(const std::array<std::pair<Value, std::string_view>, size>& names,
                         Value value) {
  return std::find_if(names.begin(), names.end(),
                      [&](const auto& entry) { return entry.first == value; })
      ->second;
}

template <class Value, std::size_t size>
Value value_in(const std::array<std::pair<Value, std::string_view>, size>& names,
               std::string_view name, Value otherwise) {
  const auto* found = std::find_if(names.begin(), names.end(),
                                   [&](const auto& entry) { return entry.second == name; });
  return found == names.end() ? otherwise : found->first;
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
  boost::json::object out{{"name", column.name},
                          {"kind", name_in(kind_names, column.kind)},
                          {"native", column.native.shown()}};
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
  column.kind = value_in(kind_names, object.at("kind").as_string(), Kind::other);
  column.native = std::string(object.at("native").as_string());
  column.precision = number("precision");
  column.scale = number("scale");
  column.length = number("length");
  column.nullable = !object.contains("nullable");
  column.generated = object.contains("generated");
  return column;
}

boost::json::array array_of(const std::vector<Column>& columns) {
  boost::json::array out;
  for (const auto& column : columns) out.push_back(to_json(column));
  return out;
}

std::vector<Column> columns_from(const boost::json::value& array) {
  std::vector<Column> columns;
  for (const auto& column : array.as_array()) columns.push_back(column_from(column.as_object()));
  return columns;
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

std::string_view kind_name(Kind kind) { return name_in(kind_names, kind); }

std::string_view proof_name(Proof proof) { return name_in(proof_names, proof); }

Proof proof_named(std::string_view name) { return value_in(proof_names, name, Proof::full); }

boost::json::object to_json(const PlanRequest& request) {
  return {{"key", request.key},
          {"target", to_json(request.target)},
          {"strategy", strategy_name(request.strategy)},
          {"typed", request.source_traits.typed},
          {"texts", request.source_traits.texts},
          {"family", request.source_traits.family},
          {"order", request.source_traits.order},
          {"source", to_json(request.source.name)},
          {"columns", array_of(request.source.columns)},
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
  request.source.columns = columns_from(object.at("columns"));
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

void write_plan(boost::json::object& position, const LoadPlan& plan) {
  position["request"] = to_json(plan.request);
  position["plan"] = {{"version", plan_version},
                      {"columns", array_of(plan.columns)},
                      {"expressions", array_of(plan.expressions)},
                      {"format", name_in(format_names, plan.format)},
                      {"same_order", plan.same_order},
                      {"target", plan.target_state}};
}

std::optional<LoadPlan> plan_in(const boost::json::object& position,
                                const std::string& fingerprint) {
  const auto* value = position.if_contains("plan");
  const auto* object = value ? value->if_object() : nullptr;
  const auto* version = object ? object->if_contains("version") : nullptr;
  if (!version || *version != boost::json::string(plan_version)) return std::nullopt;
  LoadPlan plan;
  plan.request = request_from_json(position.at("request").as_object());
  plan.columns = columns_from(object->at("columns"));
  plan.expressions = texts(object->at("expressions"));
  plan.format = value_in(format_names, object->at("format").as_string(), RowFormat::cells);
  plan.same_order = is_true(*object, "same_order");
  plan.target_state = object->at("target").as_string();
  plan.create = plan.target_state.empty();
  plan.fingerprint = fingerprint;
  return plan;
}

std::optional<PlanRequest> request_in(const boost::json::object& position) {
  const auto* request = position.if_contains("request");
  if (!request) return std::nullopt;
  return request_from_json(request->as_object());
}

boost::json::object evidence_position(boost::json::object position) {
  position.erase("plan");
  position.erase("run_name");
  // The ledger has a row for each.
  if (auto* files = position.if_contains("files"); files && files->is_object())
    files->get_object().erase("list");
  return position;
}

}  // namespace orch::data
