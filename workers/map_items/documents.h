// Items inside one object.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "workers/library/bucket.h"
#include "workers/map_items/reader_plan.h"
#include "workers/outside.h"

namespace orch::map_items {

/// The items of the object `key`: elements of its JSON array, lines, records. The bucket must
/// outlive them.
std::unique_ptr<workers::Items> open_document(library::Bucket& bucket, const std::string& key,
                                              const ReaderPlan& plan);

/// JSON: the array at `pointer`, read whole.
std::unique_ptr<workers::Items> open_json(library::Bucket& bucket, const std::string& key,
                                          const std::string& pointer);
/// JSON Lines: one JSON text a line; blank lines count for nothing.
std::unique_ptr<workers::Items> open_lines(library::Bucket& bucket, const std::string& key);

struct CsvLayout {
  char delimiter = ',';
  bool headers_given = false;  ///< else the first record names the columns
  std::vector<std::string> headers;
};
/// CSV: an object of texts for each record; a key ending in ".gz" is unpacked.
std::unique_ptr<workers::Items> open_csv(library::Bucket& bucket, const std::string& key,
                                         CsvLayout layout);
/// An S3 inventory's manifest: the records of all its files.
std::unique_ptr<workers::Items> open_manifest(library::Bucket& bucket, const std::string& key);
/// The objects whose key starts with the plan's: what the listing says of each, or their items.
std::unique_ptr<workers::Items> open_listing(library::Bucket& bucket, const ReaderPlan& plan);

}  // namespace orch::map_items
