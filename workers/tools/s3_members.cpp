#include "workers/tools/s3_members.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <stdexcept>
#include <vector>

#include <fmt/format.h>

#include "orchestrator/base/http_date.h"
#include "orchestrator/base/time.h"
#include "orchestrator/json/text.h"
#include "workers/worker.h"

namespace orch::tools {
namespace {

namespace bj = boost::json;

constexpr unsigned of(S3Action action) { return 1U << static_cast<unsigned>(action); }
constexpr unsigned gets = of(S3Action::get);
constexpr unsigned heads = of(S3Action::head);
constexpr unsigned puts = of(S3Action::put);
constexpr unsigned copies = of(S3Action::copy);
constexpr unsigned removes = of(S3Action::remove);
constexpr unsigned lists = of(S3Action::list);
constexpr unsigned reads = gets | heads;
constexpr unsigned writes = puts | copies;
constexpr unsigned all = reads | writes | removes | lists;

enum class Type : std::uint8_t { text, time, number, flag };

/// Where a member of the input goes; `name` empty: read by the action itself.
struct Input {
  std::string_view member;
  std::string_view name;
  unsigned actions;
  bool query = false;
  Type type = Type::text;
};

// Source: Amazon S3 API Reference; names as AWS's SDK for Java has them.
constexpr std::array inputs = {
    Input{"Bucket", "", all},
    Input{"Key", "", all & ~lists},
    Input{"Body", "", puts},
    Input{"CopySource", "", copies},
    Input{"Metadata", "", writes},
    Input{"Prefix", "", lists},
    Input{"Delimiter", "", lists},
    Input{"StartAfter", "", lists},
    Input{"ContinuationToken", "", lists},
    Input{"MaxKeys", "", lists, false, Type::number},
    Input{"Range", "range", reads},
    Input{"IfMatch", "if-match", reads | puts | removes},
    Input{"IfNoneMatch", "if-none-match", reads | puts},
    Input{"IfModifiedSince", "if-modified-since", reads, false, Type::time},
    Input{"IfUnmodifiedSince", "if-unmodified-since", reads, false, Type::time},
    Input{"VersionId", "versionId", reads | removes, true},
    Input{"PartNumber", "partNumber", reads, true, Type::number},
    Input{"ResponseContentType", "response-content-type", reads, true},
    Input{"ChecksumMode", "x-amz-checksum-mode", reads},
    Input{"ExpectedBucketOwner", "x-amz-expected-bucket-owner", all},
    Input{"RequestPayer", "x-amz-request-payer", all},
    Input{"ContentType", "content-type", writes},
    Input{"ContentEncoding", "content-encoding", writes},
    Input{"ContentDisposition", "content-disposition", writes},
    Input{"ContentLanguage", "content-language", writes},
    Input{"CacheControl", "cache-control", writes},
    Input{"Acl", "x-amz-acl", writes},
    Input{"StorageClass", "x-amz-storage-class", writes},
    Input{"ServerSideEncryption", "x-amz-server-side-encryption", writes},
    Input{"SsekmsKeyId", "x-amz-server-side-encryption-aws-kms-key-id", writes},
    Input{"BucketKeyEnabled", "x-amz-server-side-encryption-bucket-key-enabled", writes, false,
          Type::flag},
    Input{"Tagging", "x-amz-tagging", writes},
    Input{"TaggingDirective", "x-amz-tagging-directive", copies},
    Input{"MetadataDirective", "x-amz-metadata-directive", copies},
    Input{"CopySourceIfMatch", "x-amz-copy-source-if-match", copies},
    Input{"CopySourceIfNoneMatch", "x-amz-copy-source-if-none-match", copies},
    Input{"BypassGovernanceRetention", "x-amz-bypass-governance-retention", removes, false,
          Type::flag},
};

/// `content`: of the object, not of what was done with it.
struct Output {
  std::string_view header;
  std::string_view member;
  bool content = false;
  Type type = Type::text;
};

constexpr std::array outputs = {
    Output{"accept-ranges", "AcceptRanges", true},
    Output{"cache-control", "CacheControl", true},
    Output{"content-disposition", "ContentDisposition", true},
    Output{"content-encoding", "ContentEncoding", true},
    Output{"content-language", "ContentLanguage", true},
    Output{"content-length", "ContentLength", true, Type::number},
    Output{"content-range", "ContentRange", true},
    Output{"content-type", "ContentType", true},
    Output{"last-modified", "LastModified", true, Type::time},
    Output{"x-amz-missing-meta", "MissingMeta", true, Type::number},
    Output{"x-amz-mp-parts-count", "PartsCount", true, Type::number},
    Output{"x-amz-restore", "Restore", true},
    Output{"x-amz-replication-status", "ReplicationStatus", true},
    Output{"x-amz-storage-class", "StorageClass", true},
    Output{"x-amz-tagging-count", "TagCount", true, Type::number},
    Output{"x-amz-website-redirect-location", "WebsiteRedirectLocation", true},
    Output{"etag", "ETag"},
    Output{"x-amz-checksum-crc32", "ChecksumCRC32"},
    Output{"x-amz-checksum-crc32c", "ChecksumCRC32C"},
    Output{"x-amz-checksum-crc64nvme", "ChecksumCRC64NVME"},
    Output{"x-amz-checksum-sha1", "ChecksumSHA1"},
    Output{"x-amz-checksum-sha256", "ChecksumSHA256"},
    Output{"x-amz-checksum-type", "ChecksumType"},
    Output{"x-amz-copy-source-version-id", "CopySourceVersionId"},
    Output{"x-amz-delete-marker", "DeleteMarker", false, Type::flag},
    Output{"x-amz-expiration", "Expiration"},
    Output{"x-amz-request-charged", "RequestCharged"},
    Output{"x-amz-server-side-encryption", "ServerSideEncryption"},
    Output{"x-amz-server-side-encryption-aws-kms-key-id", "SsekmsKeyId"},
    Output{"x-amz-server-side-encryption-bucket-key-enabled", "BucketKeyEnabled", false,
           Type::flag},
    Output{"x-amz-version-id", "VersionId"},
};

constexpr std::string_view metadata_prefix = "x-amz-meta-";

[[noreturn]] void refuse(const bj::object& input, const std::string& why) {
  throw workers::TaskFailed::with_cause(
      "States.Runtime", fmt::format("The Parameters '{}' could not be used to start the Task: [{}]",
                                    json::write(input), why));
}

const char* describe(Type type) {
  if (type == Type::number) return "a number";
  return type == Type::flag ? "a boolean" : "a string";
}

/// The value as a header has it; nothing when it is of another type.
std::optional<std::string> spelled(const bj::value& value, Type type) {
  if (type == Type::number && (value.is_int64() || value.is_uint64())) return json::write(value);
  if (type == Type::flag && value.is_bool()) return value.get_bool() ? "true" : "false";
  if (!value.is_string() || type == Type::number || type == Type::flag) return std::nullopt;
  std::string text(value.get_string());
  if (type == Type::text) return text;
  const auto time = from_iso(text);
  return time ? std::optional(to_http_date(*time)) : std::nullopt;
}

void read_metadata(const bj::object& input, const bj::value& metadata, library::Ask& ask) {
  if (!metadata.is_object()) refuse(input, "The field \"Metadata\" must be an object");
  for (const auto& [name, value] : metadata.get_object()) {
    if (!value.is_string())
      refuse(input, fmt::format("The field \"Metadata.{}\" must be a string", std::string(name)));
    ask.headers.emplace_back(std::string(metadata_prefix) + std::string(name),
                             std::string(value.get_string()));
  }
}

/// The value as the SDK's model has it; nothing when it cannot be.
std::optional<bj::value> modelled(const std::string& text, Type type) {
  if (type == Type::text) return bj::string(text);
  if (type == Type::flag) return text == "true";
  if (type == Type::time) {
    const auto time = from_http_date(text);
    return time ? std::optional<bj::value>(bj::string(sdk_time(to_iso(*time)))) : std::nullopt;
  }
  std::int64_t number = 0;
  const auto* end = text.data() + text.size();
  const auto read = std::from_chars(text.data(), end, number);
  if (read.ec != std::errc() || read.ptr != end) return std::nullopt;
  return number;
}

}  // namespace

S3Action s3_action_of(std::string_view resource) {
  constexpr std::array<std::pair<std::string_view, S3Action>, 6> actions = {
      {{"getObject", S3Action::get},
       {"putObject", S3Action::put},
       {"copyObject", S3Action::copy},
       {"deleteObject", S3Action::remove},
       {"headObject", S3Action::head},
       {"listObjectsV2", S3Action::list}}};
  resource = resource.substr(0, resource.find('.'));
  const auto name = resource.substr(resource.rfind(':') + 1);
  for (const auto& [known, action] : actions)
    if (known == name) return action;
  throw std::out_of_range("no action of S3: " + std::string(resource));
}

library::Ask read_s3_input(S3Action action, const bj::object& input) {
  library::Ask ask;
  for (const auto& [key, value] : input) {
    const std::string_view name = key;
    const auto* found = std::find_if(inputs.begin(), inputs.end(),
                                     [&](const Input& each) { return each.member == name; });
    if (found == inputs.end() || (found->actions & of(action)) == 0)
      refuse(input, fmt::format("The field \"{}\" is not supported by Step Functions", name));
    if (name == "Body") continue;
    if (name == "Metadata") {
      read_metadata(input, value, ask);
      continue;
    }
    const auto text = spelled(value, found->type);
    if (!text)
      refuse(input, fmt::format("The field \"{}\" must be {}", name, describe(found->type)));
    if (found->name.empty()) continue;
    (found->query ? ask.query : ask.headers).emplace_back(std::string(found->name), *text);
  }
  for (const auto* needed : {"Bucket", "Key", "CopySource"}) {
    const auto* row = std::find_if(inputs.begin(), inputs.end(),
                                   [&](const Input& each) { return each.member == needed; });
    if ((row->actions & of(action)) != 0 && !input.contains(needed))
      refuse(input, fmt::format("The field \"{}\" is required but was missing", needed));
  }
  return ask;
}

bj::object s3_members_of(const library::Headers& headers, bool content) {
  bj::object members;
  bj::object metadata;
  for (const auto& [name, value] : headers) {
    if (name.starts_with(metadata_prefix)) {
      metadata[name.substr(metadata_prefix.size())] = value;
      continue;
    }
    const std::string_view wanted = name;
    const auto* found = std::find_if(outputs.begin(), outputs.end(),
                                     [&](const Output& each) { return each.header == wanted; });
    if (found == outputs.end() || (found->content && !content)) continue;
    if (auto made = modelled(value, found->type)) members[found->member] = std::move(*made);
  }
  if (content) members["Metadata"] = std::move(metadata);
  return members;
}

std::string sdk_time(const std::string& text) {
  const auto time = from_iso(text);
  if (!time) return text;
  auto shown = to_iso(*time);
  if (shown.ends_with(".000Z")) shown.replace(shown.size() - 5, 5, "Z");
  return shown;
}

}  // namespace orch::tools
