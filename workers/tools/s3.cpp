// Objects in buckets, as definitions call them through AWS's SDK.
#include <algorithm>
#include <array>
#include <charconv>

#include <boost/url/decode_view.hpp>
#include <boost/url/grammar/parse.hpp>
#include <boost/url/pct_string_view.hpp>
#include <fmt/format.h>

#include "orchestrator/base/utf8.h"
#include "orchestrator/json/members.h"
#include "orchestrator/json/text.h"
#include "workers/library/bucket.h"
#include "workers/library/s3_failure.h"
#include "workers/tools/s3_members.h"
#include "workers/tools/tools.h"

namespace orch::tools {
namespace {

namespace bj = boost::json;
using library::S3Failed;

constexpr std::size_t payload_bytes = std::size_t{256} << 10;  // the service's limit of a result
constexpr int most_listed = 1'000;

// Failures that the SDK has a class for; anything else is an S3Exception.
constexpr std::array s3_errors = {"NoSuchKey",
                                  "NoSuchBucket",
                                  "BucketAlreadyExists",
                                  "BucketAlreadyOwnedByYou",
                                  "NoSuchUpload",
                                  "InvalidRequest",
                                  "ObjectAlreadyInActiveTierError",
                                  "TooManyParts",
                                  "InvalidObjectState",
                                  "ObjectNotInActiveTierError",
                                  "EncryptionTypeMismatch",
                                  "InvalidWriteOffset"};

/// The SDK knows what is not there by the status alone: an answer to HEAD has no body.
std::string code_of(const S3Failed& failure, S3Action action) {
  if (action == S3Action::head && failure.status() == 404) return "NoSuchKey";
  return failure.code();
}

[[noreturn]] void refuse(const S3Failed& failure, S3Action action) {
  const auto code = code_of(failure, action);
  const bool known = std::find(s3_errors.begin(), s3_errors.end(), code) != s3_errors.end();
  throw workers::TaskFailed::with_cause(
      fmt::format("S3.{}", known ? code + "Exception" : "S3Exception"),
      fmt::format("{} (Service: S3, Status Code: {}, Request ID: {})",
                  failure.message().empty() ? "null" : failure.message(), failure.status(),
                  failure.request_id().empty() ? "null" : failure.request_id()));
}

[[noreturn]] void refuse_size(const std::string& state) {
  throw workers::TaskFailed::with_cause(
      "States.DataLimitExceeded",
      fmt::format("The state/task '{}' returned a result with a size exceeding the maximum number "
                  "of bytes service limit.",
                  state));
}

/// "BUCKET/KEY" or "/BUCKET/KEY", percent-encoded, with "?versionId=" at its end.
library::CopySource source_of(const std::string& given) {
  const auto refuse_source = [&] {
    throw S3Failed(400, "InvalidArgument",
                   fmt::format("the CopySource \"{}\" is not BUCKET/KEY", given));
  };
  constexpr std::string_view version = "?versionId=";
  library::CopySource source;
  std::string_view rest = given;
  if (const auto at = rest.rfind(version); at != rest.npos) {
    source.version = rest.substr(at + version.size());
    rest = rest.substr(0, at);
  }
  if (rest.starts_with('/')) rest.remove_prefix(1);
  const auto checked = boost::urls::make_pct_string_view({rest.data(), rest.size()});
  if (!checked) refuse_source();
  std::string path;
  for (const char c : boost::urls::decode_view(*checked)) path += c;
  const auto slash = path.find('/');
  if (slash == path.npos || slash == 0 || slash + 1 == path.size()) refuse_source();
  source.bucket = path.substr(0, slash);
  source.key = path.substr(slash + 1);
  return source;
}

bj::object listed(const library::Listed& object) {
  return {{"ETag", object.etag},
          {"Key", object.key},
          {"LastModified", sdk_time(object.last_modified)},
          {"Size", object.size},
          {"StorageClass", object.storage_class}};
}

int most_of(const bj::object& input) {
  const auto* given = input.if_contains("MaxKeys");
  if (!given) return most_listed;
  if (given->is_int64() && given->get_int64() >= 0)
    return static_cast<int>(std::min<std::int64_t>(given->get_int64(), most_listed));
  throw S3Failed(400, "InvalidArgument", "Argument maxKeys must be an integer from 0");
}

bj::object list(library::Bucket& bucket, const bj::object& input) {
  const library::ListQuery query{json::text_member(input, "Prefix"),
                                 json::text_member(input, "Delimiter"),
                                 json::text_member(input, "StartAfter"),
                                 json::text_member(input, "ContinuationToken"), most_of(input)};
  const auto page = bucket.page(query);
  bj::object answer;
  bj::array contents;
  for (const auto& object : page.objects) contents.push_back(listed(object));
  bj::array prefixes;
  for (const auto& prefix : page.common_prefixes)
    prefixes.push_back(bj::object{{"Prefix", prefix}});
  const auto count = contents.size() + prefixes.size();
  if (!contents.empty()) answer["Contents"] = std::move(contents);
  if (!prefixes.empty()) answer["CommonPrefixes"] = std::move(prefixes);
  for (const char* echoed : {"ContinuationToken", "Delimiter", "StartAfter"})
    if (input.contains(echoed)) answer[echoed] = json::text_member(input, echoed);
  answer["IsTruncated"] = !page.next.empty();
  answer["KeyCount"] = count;
  answer["MaxKeys"] = query.most;
  answer["Name"] = json::text_member(input, "Bucket");
  if (!page.next.empty()) answer["NextContinuationToken"] = page.next;
  answer["Prefix"] = query.prefix;
  return answer;
}

bj::object get(library::Bucket& bucket, const std::string& key, const library::Ask& ask) {
  auto object = bucket.get(key, ask, payload_bytes);
  if (valid_prefix(object.body) != object.body.size())
    throw S3Failed(200, "S3Exception",
                   fmt::format("the object {} is not UTF-8 text, and a result is JSON; copyObject "
                               "moves objects of any kind",
                               key));
  auto members = s3_members_of(object.headers, true);
  members["Body"] = std::move(object.body);
  return members;
}

/// The service writes the body as JSON: a string with its quotes.
bj::object put(library::Bucket& bucket, const std::string& key, const bj::object& input,
               library::Ask ask) {
  const auto* body = input.if_contains("Body");
  if (body && !input.contains("ContentType"))
    ask.headers.emplace_back("content-type", "text/plain; charset=UTF-8");
  return s3_members_of(bucket.put(key, body ? json::write(*body) : std::string(), ask), false);
}

bj::object copy(library::Bucket& bucket, const std::string& key, const bj::object& input,
                const library::Ask& ask) {
  const auto copied = bucket.copy(source_of(json::text_member(input, "CopySource")), key, ask);
  auto members = s3_members_of(copied.headers, false);
  members.stable_erase("ETag");
  members["CopyObjectResult"] = {{"ETag", copied.etag},
                                 {"LastModified", sdk_time(copied.last_modified)}};
  return members;
}

class S3 final : public workers::Worker {
 public:
  bj::value run(const workers::Task& task, workers::TaskContext& context) override {
    const auto action = s3_action_of(task.resource);
    const auto* input = task.input.if_object();
    if (!input)
      throw workers::TaskFailed("States.Runtime", "the parameters of the task are no object");
    const auto ask = read_s3_input(action, *input);
    try {
      const auto bucket = library::open_bucket(json::text_member(*input, "Bucket"), [&] {
        context.heartbeat();
        return context.stop_requested();
      });
      return act(action, *bucket, *input, ask);
    } catch (const S3Failed& failure) {
      refuse(failure, action);
    } catch (const workers::TaskFailed& failure) {
      if (failure.error() == "Http.ResponseTooLarge") refuse_size(task.state);
      throw;
    }
  }

 private:
  static bj::object act(S3Action action, library::Bucket& bucket, const bj::object& input,
                        const library::Ask& ask) {
    const auto key = json::text_member(input, "Key");
    switch (action) {
      case S3Action::get:
        return get(bucket, key, ask);
      case S3Action::put:
        return put(bucket, key, input, ask);
      case S3Action::copy:
        return copy(bucket, key, input, ask);
      case S3Action::remove:
        return s3_members_of(bucket.remove(key, ask), false);
      case S3Action::head:
        return s3_members_of(bucket.head(key, ask), true);
      case S3Action::list:
        break;
    }
    return list(bucket, input);
  }
};

}  // namespace

std::unique_ptr<workers::Worker> make_s3() { return std::make_unique<S3>(); }

}  // namespace orch::tools
