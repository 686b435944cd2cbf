// How a distributed Map is done: what its fields gave when its map run began.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include <boost/json/object.hpp>
#include <boost/json/value.hpp>

namespace orch::execution {

struct ItemReaderPlan {
  std::string resource;                             ///< …:s3:getObject or …:s3:listObjectsV2
  std::string format;                               ///< InputType: "JSON", "JSONL", "CSV", …
  std::optional<boost::json::value> arguments;      ///< Bucket, Key, Prefix
  std::optional<std::vector<std::string>> headers;  ///< CSV: given; unset: the first row has them
  char delimiter = ',';
  std::string pointer;  ///< ItemsPointer; empty: the whole document
  std::optional<std::int64_t> max_items;
  std::string transformation;  ///< of a listing: "NONE" or "LOAD_AND_FLATTEN"
};

struct ItemBatcherPlan {
  std::optional<std::int64_t> max_items;
  std::optional<std::int64_t> max_bytes;
  std::optional<boost::json::value> batch_input;
};

struct ResultWriterPlan {
  std::string resource;
  std::string transformation;  ///< "NONE", "COMPACT" or "FLATTEN"
  bool json_lines = false;
  std::optional<boost::json::value> arguments;  ///< Bucket, Prefix
};

/// The payload of a MapRunStarted event. It is in stores: members are only ever added.
struct MapPlan {
  bool express = false;
  std::optional<std::int64_t> tolerated_count;  ///< of items
  std::optional<double> tolerated_percentage;
  std::optional<ItemReaderPlan> reader;
  std::optional<ItemBatcherPlan> batcher;
  std::optional<ResultWriterPlan> writer;
  std::optional<std::int64_t> max_concurrency;  ///< unset: the definition names no limit
};

boost::json::object to_json(const MapPlan& plan);
/// Throws std::exception when the value is none that to_json() made.
MapPlan map_plan_from_json(const boost::json::value& value);
ItemReaderPlan item_reader_from_json(const boost::json::object& value);
ResultWriterPlan result_writer_from_json(const boost::json::object& value);

}  // namespace orch::execution
