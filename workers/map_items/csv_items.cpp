#include <set>
#include <utility>

#include "orchestrator/json/text.h"
#include "workers/csv/record_parser.h"
#include "workers/files/unpack.h"
#include "workers/map_items/documents.h"
#include "workers/map_items/failure.h"

namespace orch::map_items {
namespace {

csv::Options options_of(char delimiter) {
  csv::Options options;
  options.delimiter = delimiter;
  return options;
}

files::ReadBlock blocks_of(library::Bucket& bucket, const std::string& key) {
  const std::shared_ptr<library::Bytes> bytes = bucket.open(key);
  files::ReadBlock read = [bytes](std::string& out) { return bytes->read(out); };
  return key.ends_with(".gz") ? files::gunzip(std::move(read), key) : read;
}

class CsvItems final : public workers::Items {
 public:
  CsvItems(files::ReadBlock blocks, const std::string& name, CsvLayout layout)
      : parser_(name, std::move(blocks), options_of(layout.delimiter)),
        headers_(std::move(layout.headers)) {
    if (!layout.headers_given && parser_.next()) {
      for (const auto& field : parser_.fields()) headers_.emplace_back(field.text);
    }
    if (std::set(headers_.begin(), headers_.end()).size() != headers_.size())
      throw reader_failed("CSV headers cannot contain duplicates.");
  }

  // A short record has empty cells at its end; a long one loses what has no name.
  std::optional<std::string> next() override {
    if (!parser_.next()) return std::nullopt;
    const auto fields = parser_.fields();
    std::string item = "{";
    for (std::size_t i = 0; i < headers_.size(); ++i) {
      if (i > 0) item += ',';
      json::append_string(item, headers_[i]);
      item += ':';
      json::append_string(item, i < fields.size() ? fields[i].text : std::string_view());
    }
    return item + '}';
  }

 private:
  csv::RecordParser parser_;
  std::vector<std::string> headers_;
};

}  // namespace

std::unique_ptr<workers::Items> open_csv(library::Bucket& bucket, const std::string& key,
                                         CsvLayout layout) {
  return std::make_unique<CsvItems>(blocks_of(bucket, key), key, std::move(layout));
}

}  // namespace orch::map_items
