// What the plan of an ItemReader says to buckets.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "orchestrator/execution/map_plan.h"

namespace orch::map_items {

struct ReaderPlan {
  bool listing = false;  ///< of objects, instead of one object's content
  std::string format;    ///< "JSON", "JSONL", "CSV", "MANIFEST", "PARQUET"
  std::string bucket;
  std::string key;                   ///< or the prefix of a listing
  std::vector<std::string> headers;  ///< CSV: given; empty with `headers_given` false
  bool headers_given = false;
  char delimiter = ',';
  std::string pointer;         ///< JSON Pointer to the array; empty: the whole document
  std::int64_t max_items = 0;  ///< 0: all
  bool flatten = false;        ///< of a listing: the items of every object
};

/// Throws TaskFailed "States.ItemReaderFailed".
ReaderPlan read_reader_plan(const execution::ItemReaderPlan& plan);

}  // namespace orch::map_items
