#include "orchestrator/execution/map_plan.h"

#include <boost/json/array.hpp>

namespace orch::execution {
namespace {

namespace bj = boost::json;

template <class Value>
void put(bj::object& object, const char* name, const std::optional<Value>& value) {
  if (value) object[name] = *value;
}

void put(bj::object& object, const char* name, const std::string& value) {
  if (!value.empty()) object[name] = value;
}

std::string text(const bj::object& object, const char* name) {
  const auto* value = object.if_contains(name);
  return value ? std::string(value->as_string()) : std::string();
}

bool flag(const bj::object& object, const char* name) {
  const auto* value = object.if_contains(name);
  return value && value->as_bool();
}

template <class Number>
std::optional<Number> number(const bj::object& object, const char* name) {
  const auto* value = object.if_contains(name);
  return value ? std::optional(value->to_number<Number>()) : std::nullopt;
}

std::optional<bj::value> any(const bj::object& object, const char* name) {
  const auto* value = object.if_contains(name);
  return value ? std::optional(*value) : std::nullopt;
}

/// The part `name`, read with `read`.
template <class Read>
auto part(const bj::object& object, const char* name, Read read) {
  const auto* value = object.if_contains(name);
  return value ? std::optional(read(value->as_object())) : std::nullopt;
}

bj::object reader_json(const ItemReaderPlan& reader) {
  bj::object made{{"resource", reader.resource}, {"format", reader.format}};
  put(made, "arguments", reader.arguments);
  if (reader.headers) made["headers"] = bj::array(reader.headers->begin(), reader.headers->end());
  made["delimiter"] = std::string(1, reader.delimiter);
  put(made, "pointer", reader.pointer);
  put(made, "max_items", reader.max_items);
  made["transformation"] = reader.transformation;
  return made;
}

bj::object batcher_json(const ItemBatcherPlan& batcher) {
  bj::object made;
  put(made, "max_items", batcher.max_items);
  put(made, "max_bytes", batcher.max_bytes);
  put(made, "batch_input", batcher.batch_input);
  return made;
}

bj::object writer_json(const ResultWriterPlan& writer) {
  bj::object made{{"resource", writer.resource},
                  {"transformation", writer.transformation},
                  {"json_lines", writer.json_lines}};
  put(made, "arguments", writer.arguments);
  return made;
}

ItemBatcherPlan batcher_from(const bj::object& value) {
  return {number<std::int64_t>(value, "max_items"), number<std::int64_t>(value, "max_bytes"),
          any(value, "batch_input")};
}

}  // namespace

bj::object to_json(const MapPlan& plan) {
  bj::object made{{"express", plan.express}};
  put(made, "tolerated_count", plan.tolerated_count);
  put(made, "tolerated_percentage", plan.tolerated_percentage);
  if (plan.reader) made["reader"] = reader_json(*plan.reader);
  if (plan.batcher) made["batcher"] = batcher_json(*plan.batcher);
  if (plan.writer) made["writer"] = writer_json(*plan.writer);
  put(made, "max_concurrency", plan.max_concurrency);
  return made;
}

ItemReaderPlan item_reader_from_json(const bj::object& value) {
  ItemReaderPlan reader;
  reader.resource = text(value, "resource");
  reader.format = text(value, "format");
  reader.arguments = any(value, "arguments");
  if (const auto* headers = value.if_contains("headers")) {
    reader.headers.emplace();
    for (const auto& header : headers->as_array()) reader.headers->emplace_back(header.as_string());
  }
  reader.delimiter = text(value, "delimiter").front();
  reader.pointer = text(value, "pointer");
  reader.max_items = number<std::int64_t>(value, "max_items");
  reader.transformation = text(value, "transformation");
  return reader;
}

ResultWriterPlan result_writer_from_json(const bj::object& value) {
  ResultWriterPlan writer;
  writer.resource = text(value, "resource");
  writer.transformation = text(value, "transformation");
  writer.json_lines = flag(value, "json_lines");
  writer.arguments = any(value, "arguments");
  return writer;
}

MapPlan map_plan_from_json(const bj::value& value) {
  const auto& object = value.as_object();
  MapPlan plan;
  plan.express = flag(object, "express");
  plan.tolerated_count = number<std::int64_t>(object, "tolerated_count");
  plan.tolerated_percentage = number<double>(object, "tolerated_percentage");
  plan.reader = part(object, "reader", item_reader_from_json);
  plan.batcher = part(object, "batcher", batcher_from);
  plan.writer = part(object, "writer", result_writer_from_json);
  plan.max_concurrency = number<std::int64_t>(object, "max_concurrency");
  return plan;
}

}  // namespace orch::execution
