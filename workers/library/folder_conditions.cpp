#include "workers/library/folder_conditions.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>

#include <fmt/format.h>

#include "orchestrator/base/http_date.h"
#include "workers/library/regular_file.h"
#include "workers/library/s3_failure.h"

namespace orch::library {
namespace {

const std::string* value_of(const Ask& ask, std::string_view name) {
  const auto found = std::find_if(ask.headers.begin(), ask.headers.end(),
                                  [&](const auto& each) { return each.first == name; });
  return found == ask.headers.end() ? nullptr : &found->second;
}

/// What a folder cannot give back later is refused now; how an object is stored or shown is S3's
/// own business and passed over.
void check_supported(const Ask& ask) {
  const auto refuse = [](const std::string& what) {
    throw S3Failed(501, "NotImplemented", fmt::format("a folder that is a bucket has no {}", what),
                   "leave it out, or name an S3-compatible endpoint with ORCH_S3_ENDPOINT");
  };
  if (!ask.query.empty()) refuse(fmt::format("\"{}\"", ask.query.front().first));
  for (const auto& [name, value] : ask.headers) {
    if (name.starts_with("x-amz-meta-")) refuse("metadata of objects");
    if (name == "x-amz-tagging") refuse("tags of objects");
    if (name.starts_with("x-amz-copy-source-if-")) refuse(fmt::format("condition \"{}\"", name));
  }
}

bool names_etag(const std::string& list, const std::string& etag) {
  const auto bare = etag.substr(1, etag.size() - 2);
  return list == "*" || list == bare || list.find(etag) != list.npos;
}

// To the second, as HTTP spells it.
bool changed_since(const std::string& date, const struct stat& file) {
  const auto since = from_http_date(date);
  return since && std::chrono::floor<std::chrono::seconds>(modified_at(file)) > *since;
}

void check_read(const Ask& ask, const struct stat& file) {
  const auto etag = etag_of(file);
  const auto* match = value_of(ask, "if-match");
  const auto* none = value_of(ask, "if-none-match");
  const auto* unmodified = value_of(ask, "if-unmodified-since");
  const auto* modified = value_of(ask, "if-modified-since");
  if ((match && !names_etag(*match, etag)) ||
      (!match && unmodified && changed_since(*unmodified, file)))
    throw S3Failed(412, "PreconditionFailed",
                   "At least one of the pre-conditions you specified did not hold");
  if ((none && names_etag(*none, etag)) || (!none && modified && !changed_since(*modified, file)))
    throw S3Failed(304, "NotModified", "Not Modified");
}

std::optional<std::uint64_t> number(std::string_view text) {
  std::uint64_t value = 0;
  const auto* end = text.data() + text.size();
  const auto read = std::from_chars(text.data(), end, value);
  if (read.ec != std::errc() || read.ptr != end) return std::nullopt;
  return value;
}

/// "bytes=0-9", "bytes=10-", "bytes=-5"; what is none of them means the whole object, as HTTP says.
Extent extent_of(std::string_view range, std::uint64_t size) {
  constexpr std::string_view unit = "bytes=";
  const auto dash = range.find('-');
  if (!range.starts_with(unit) || dash == range.npos) return {0, size, true};
  const auto from = range.substr(unit.size(), dash - unit.size());
  const auto to = range.substr(dash + 1);
  const auto first = number(from);
  const auto last = number(to);
  if ((!from.empty() && !first) || (!to.empty() && !last) || (!first && !last))
    return {0, size, true};
  if (first && last && *first > *last) return {0, size, true};
  if (first ? *first >= size : *last == 0 || size == 0)
    throw S3Failed(416, "InvalidRange", "The requested range is not satisfiable");
  if (!first) return {size - std::min(*last, size), std::min(*last, size), false};
  const auto end = last ? std::min(*last, size - 1) : size - 1;
  return {*first, end - *first + 1, false};
}

}  // namespace

Extent wanted_extent(const Ask& ask, const struct stat& file) {
  check_supported(ask);
  check_read(ask, file);
  const auto size = static_cast<std::uint64_t>(file.st_size);
  const auto* range = value_of(ask, "range");
  return range ? extent_of(*range, size) : Extent{0, size, true};
}

void check_write(const Ask& ask, const struct stat* file) {
  check_supported(ask);
  const auto* match = value_of(ask, "if-match");
  const auto* none = value_of(ask, "if-none-match");
  if (match && !file) throw S3Failed(404, "NoSuchKey", "The specified key does not exist.");
  if ((match && !names_etag(*match, etag_of(*file))) ||
      (none && file && names_etag(*none, etag_of(*file))))
    throw S3Failed(412, "PreconditionFailed",
                   "At least one of the pre-conditions you specified did not hold");
}

}  // namespace orch::library
