// A Map in Mode DISTRIBUTED: its items may come from outside and its iterations are executions of
// their own.
#pragma once

#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "orchestrator/asl/expression.h"
#include "orchestrator/asl/path.h"
#include "orchestrator/asl/payload_template.h"

namespace orch::asl {

/// A number given in the definition, or read or computed when the state is entered.
using Number = std::variant<std::int64_t, Path, Expression>;
using Fraction = std::variant<double, Path, Expression>;

enum class ItemFormat : std::uint8_t { json, json_lines, csv, manifest, parquet };

struct ItemReader {
  std::string resource;  ///< …:s3:getObject or …:s3:listObjectsV2
  std::optional<PayloadTemplate> arguments;
  ItemFormat format = ItemFormat::json;
  bool headers_given = false;  ///< CSV: CSVHeaderLocation GIVEN
  std::vector<std::string> headers;
  char delimiter = ',';
  std::optional<Number> max_items;
  std::string pointer;                  ///< ItemsPointer: where in a JSON document the array is
  std::string transformation = "NONE";  ///< of a listing: NONE or LOAD_AND_FLATTEN
};

struct ItemBatcher {
  std::optional<Number> max_items;
  std::optional<Number> max_bytes;
  std::optional<PayloadTemplate> batch_input;
};

struct ResultWriter {
  std::string resource;
  std::optional<PayloadTemplate> arguments;
  std::string transformation = "NONE";  ///< NONE, COMPACT or FLATTEN
  bool json_lines = false;
};

struct Distributed {
  std::string label;  ///< empty: one is made for each map run
  bool express = false;
  std::optional<ItemReader> reader;
  std::optional<ItemBatcher> batcher;
  std::optional<ResultWriter> writer;
  std::optional<Number> tolerated_count;
  std::optional<Fraction> tolerated_percentage;
};

}  // namespace orch::asl
