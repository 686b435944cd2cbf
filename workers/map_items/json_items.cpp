#include <utility>

#include <boost/json/array.hpp>
#include <fmt/format.h>

#include "orchestrator/json/text.h"
#include "workers/map_items/documents.h"
#include "workers/map_items/failure.h"

namespace orch::map_items {
namespace {

namespace bj = boost::json;

constexpr std::size_t most_document_bytes = std::size_t{1} << 30;
constexpr std::size_t most_line_bytes = std::size_t{16} << 20;

class JsonItems final : public workers::Items {
 public:
  explicit JsonItems(bj::array items) : items_(std::move(items)) {}
  std::optional<std::string> next() override {
    if (next_ == items_.size()) return std::nullopt;
    return json::write(items_[next_++]);
  }

 private:
  bj::array items_;
  std::size_t next_ = 0;
};

class LineItems final : public workers::Items {
 public:
  LineItems(std::unique_ptr<library::Bytes> bytes, std::string name)
      : bytes_(std::move(bytes)), name_(std::move(name)) {}

  std::optional<std::string> next() override {
    while (auto text = line()) {
      if (text->find_first_not_of(" \t\r") == text->npos) continue;
      try {
        return json::write(json::parse(*text));
      } catch (const json::SyntaxError& error) {
        throw reader_failed(fmt::format("{}: line {}: {}", name_, number_, error.what()));
      }
    }
    return std::nullopt;
  }

 private:
  std::optional<std::string_view> line() {
    auto end = buffer_.find('\n', at_);
    while (end == buffer_.npos) {
      buffer_.erase(0, std::exchange(at_, 0));
      const auto searched = buffer_.size();
      if (searched > most_line_bytes)
        throw reader_failed(
            fmt::format("{}: line {} has more than {} bytes", name_, number_ + 1, most_line_bytes));
      if (!bytes_->read(buffer_)) return last_line();
      end = buffer_.find('\n', searched);
    }
    ++number_;
    const auto begin = std::exchange(at_, end + 1);
    return std::string_view(buffer_).substr(begin, end - begin);
  }

  std::optional<std::string_view> last_line() {
    if (at_ == buffer_.size()) return std::nullopt;
    ++number_;
    return std::string_view(buffer_).substr(std::exchange(at_, buffer_.size()));
  }

  std::unique_ptr<library::Bytes> bytes_;
  std::string name_;
  std::string buffer_;
  std::size_t at_ = 0;
  std::int64_t number_ = 0;  ///< of the latest line, from 1
};

bj::value parsed(const std::string& text, const std::string& name) {
  try {
    return json::parse(text);
  } catch (const json::SyntaxError& error) {
    throw reader_failed(fmt::format("{} is not JSON: {}", name, error.what()));
  }
}

}  // namespace

std::unique_ptr<workers::Items> open_json(library::Bucket& bucket, const std::string& key,
                                          const std::string& pointer) {
  auto document = parsed(library::read_all(bucket, key, most_document_bytes), key);
  boost::system::error_code missing;
  auto* found = pointer.empty() ? &document : document.find_pointer(pointer, missing);
  if (!found) throw reader_failed(fmt::format("{} has nothing at {}", key, pointer));
  if (!found->is_array()) throw reader_failed("Attempting to map over non-iterable node.");
  return std::make_unique<JsonItems>(std::move(found->get_array()));
}

std::unique_ptr<workers::Items> open_lines(library::Bucket& bucket, const std::string& key) {
  return std::make_unique<LineItems>(bucket.open(key), key);
}

}  // namespace orch::map_items
