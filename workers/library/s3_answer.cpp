#include "workers/library/s3_answer.h"

#include <charconv>
#include <utility>

#include <fmt/format.h>

#include "orchestrator/base/utf8.h"
#include "workers/library/xml.h"

namespace orch::library {
namespace {

XmlElement document(std::string_view xml, std::string_view root) {
  try {
    auto found = parse_xml(xml);
    if (found.name == root || found.name == "Error") return found;
  } catch (const XmlInvalid& error) {
    throw AnswerInvalid(fmt::format("is no {}: {}", root, error.what()));
  }
  throw AnswerInvalid(fmt::format("is no {}", root));
}

/// Takes a whole number off the front of `text`.
bool take_number(std::string_view& text, std::uint64_t& value) {
  const auto read = std::from_chars(text.data(), text.data() + text.size(), value);
  if (read.ec != std::errc()) return false;
  text.remove_prefix(static_cast<std::size_t>(read.ptr - text.data()));
  return true;
}

bool take(std::string_view& text, std::string_view mark) {
  if (!text.starts_with(mark)) return false;
  text.remove_prefix(mark.size());
  return true;
}

Listed listed(const XmlElement& entry) {
  Listed object;
  object.key = entry.text_of("Key");
  object.etag = entry.text_of("ETag");
  object.last_modified = entry.text_of("LastModified");
  if (auto kind = entry.text_of("StorageClass"); !kind.empty()) object.storage_class = kind;
  if (object.key.empty()) throw AnswerInvalid("has an object without a key");
  const auto size = entry.text_of("Size");
  const auto* end = size.data() + size.size();
  const auto read = std::from_chars(size.data(), end, object.size);
  if (read.ec != std::errc() || read.ptr != end || object.size < 0)
    throw AnswerInvalid(fmt::format("says that {} has \"{}\" bytes", object.key, size));
  return object;
}

}  // namespace

Page parse_listing(std::string_view xml) {
  const auto root = document(xml, "ListBucketResult");
  if (root.name == "Error") throw AnswerInvalid("is an error: " + root.text_of("Message"));
  Page page;
  for (const auto& entry : root.children) {
    if (entry.name == "Contents") page.objects.push_back(listed(entry));
    if (entry.name == "CommonPrefixes") page.common_prefixes.push_back(entry.text_of("Prefix"));
  }
  if (root.text_of("IsTruncated") != "true") return page;
  page.next = root.text_of("NextContinuationToken");
  if (page.next.empty()) throw AnswerInvalid("is truncated and does not say how it continues");
  return page;
}

Copied parse_copied(std::string_view xml) {
  const auto root = document(xml, "CopyObjectResult");
  if (root.name == "Error") return {{}, {}, root.text_of("Code"), root.text_of("Message")};
  return {root.text_of("ETag"), root.text_of("LastModified"), {}, {}};
}

AnswerError parse_error(std::string_view xml) {
  try {
    const auto root = parse_xml(xml);
    if (root.name == "Error") return {root.text_of("Code"), root.text_of("Message")};
  } catch (const XmlInvalid&) {
    // Proxies in between answer with pages of their own.
  }
  return {};
}

Part parse_content_range(std::string_view header) {
  Part part;
  auto rest = header;
  const bool read = take(rest, "bytes ") && take_number(rest, part.first) && take(rest, "-") &&
                    take_number(rest, part.last) && take(rest, "/") &&
                    take_number(rest, part.total) && rest.empty();
  if (!read || part.first > part.last || part.last >= part.total)
    throw AnswerInvalid(fmt::format("has no length: Content-Range is \"{}\"", repaired(header)));
  return part;
}

}  // namespace orch::library
