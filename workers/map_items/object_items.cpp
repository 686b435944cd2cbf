// Items that are objects, or are spread over several.
#include <deque>
#include <utility>

#include <boost/json/object.hpp>
#include <fmt/format.h>

#include "orchestrator/base/time.h"
#include "orchestrator/json/text.h"
#include "workers/map_items/documents.h"
#include "workers/map_items/failure.h"

namespace orch::map_items {
namespace {

namespace bj = boost::json;

constexpr std::size_t most_manifest_bytes = std::size_t{64} << 20;

/// As the service shows an object of a listing: the time in seconds.
std::string shown(const library::Listed& object) {
  bj::object item{{"Etag", object.etag}, {"Key", object.key}};
  if (const auto at = from_iso(object.last_modified))
    item["LastModified"] = at->time_since_epoch().count() / 1'000;
  item["Size"] = object.size;
  item["StorageClass"] = object.storage_class;
  return json::write(item);
}

class Texts final : public workers::Items {
 public:
  explicit Texts(std::deque<std::string> texts) : texts_(std::move(texts)) {}
  std::optional<std::string> next() override {
    if (texts_.empty()) return std::nullopt;
    auto first = std::move(texts_.front());
    texts_.pop_front();
    return first;
  }

 private:
  std::deque<std::string> texts_;
};

/// The items of several objects, one object after the other.
class Chained final : public workers::Items {
 public:
  using Open = std::function<std::unique_ptr<workers::Items>(const std::string& key)>;
  Chained(std::deque<std::string> keys, Open open)
      : keys_(std::move(keys)), open_(std::move(open)) {}

  std::optional<std::string> next() override {
    while (current_ || !keys_.empty()) {
      if (!current_) {
        current_ = open_(keys_.front());
        keys_.pop_front();
      }
      if (auto item = current_->next()) return item;
      current_.reset();
    }
    return std::nullopt;
  }

 private:
  std::deque<std::string> keys_;
  Open open_;
  std::unique_ptr<workers::Items> current_;
};

/// "Bucket, Key, Size" as names.
std::vector<std::string> schema_names(std::string_view schema) {
  std::vector<std::string> names;
  while (!schema.empty()) {
    const auto comma = std::min(schema.find(','), schema.size());
    auto name = schema.substr(0, comma);
    name.remove_prefix(std::min(name.find_first_not_of(' '), name.size()));
    names.emplace_back(name);
    schema.remove_prefix(std::min(comma + 1, schema.size()));
  }
  return names;
}

const bj::value& member(const bj::value& object, const char* name, const std::string& key) {
  const auto* found = object.is_object() ? object.get_object().if_contains(name) : nullptr;
  if (found) return *found;
  throw reader_failed(
      fmt::format("{} is no manifest of an S3 inventory: it has no \"{}\"", key, name));
}

std::string text_member(const bj::value& object, const char* name, const std::string& key) {
  const auto& found = member(object, name, key);
  if (found.is_string()) return std::string(found.get_string());
  throw reader_failed(fmt::format("{} is no manifest of an S3 inventory: \"{}\" is no text: {}",
                                  key, name, json::write(found)));
}

}  // namespace

std::unique_ptr<workers::Items> open_listing(library::Bucket& bucket, const ReaderPlan& plan) {
  std::deque<std::string> found;
  bucket.list(plan.key, [&](const library::Listed& object) {
    found.push_back(plan.flatten ? object.key : shown(object));
  });
  if (!plan.flatten) return std::make_unique<Texts>(std::move(found));
  return std::make_unique<Chained>(std::move(found), [&bucket, plan](const std::string& key) {
    return open_document(bucket, key, plan);
  });
}

std::unique_ptr<workers::Items> open_manifest(library::Bucket& bucket, const std::string& key) {
  const auto text = library::read_all(bucket, key, most_manifest_bytes);
  bj::value manifest;
  try {
    manifest = json::parse(text);
  } catch (const json::SyntaxError& error) {
    throw reader_failed(fmt::format("{} is not JSON: {}", key, error.what()));
  }
  if (const auto& format = member(manifest, "fileFormat", key); format != "CSV")
    throw reader_failed(
        fmt::format("{}: inventories in {} cannot be read, only CSV", key, json::write(format)));
  CsvLayout layout{',', true, schema_names(text_member(manifest, "fileSchema", key))};
  std::deque<std::string> files;
  const auto& listed = member(manifest, "files", key);
  if (!listed.is_array())
    throw reader_failed(
        fmt::format("{} is no manifest of an S3 inventory: \"files\" is no array", key));
  for (const auto& file : listed.get_array()) files.push_back(text_member(file, "key", key));
  return std::make_unique<Chained>(std::move(files), [&bucket, layout](const std::string& file) {
    return open_csv(bucket, file, layout);
  });
}

std::unique_ptr<workers::Items> open_document(library::Bucket& bucket, const std::string& key,
                                              const ReaderPlan& plan) {
  if (plan.format == "JSON") return open_json(bucket, key, plan.pointer);
  if (plan.format == "JSONL") return open_lines(bucket, key);
  if (plan.format == "CSV")
    return open_csv(bucket, key, {plan.delimiter, plan.headers_given, plan.headers});
  if (plan.format == "MANIFEST") return open_manifest(bucket, key);
  throw reader_failed(
      fmt::format("items in {} cannot be read; JSON, JSONL, CSV and MANIFEST can", plan.format));
}

}  // namespace orch::map_items
