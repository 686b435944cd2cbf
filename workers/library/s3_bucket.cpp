#include "workers/library/s3_bucket.h"

#include <array>
#include <openssl/evp.h>
#include <utility>
#include <zlib.h>

#include <boost/url/encode.hpp>
#include <boost/url/grammar/lut_chars.hpp>
#include <boost/url/rfc/unreserved_chars.hpp>
#include <fmt/format.h>

#include "workers/library/aws_answer.h"
#include "workers/library/http_call.h"
#include "workers/library/s3_answer.h"
#include "workers/library/s3_failure.h"

namespace orch::library {
namespace {

// Of one request: bounds the memory of a reader, whatever the object's size.
constexpr std::size_t range_bytes = std::size_t{8} << 20;
constexpr std::size_t most_object_bytes = std::size_t{5} << 30;   // S3's own limit of one PUT
constexpr std::size_t most_answer_bytes = std::size_t{32} << 20;  // a page of 1,000 long keys

std::string encoded(const std::string& key, bool keep_slashes) {
  constexpr auto slashes = boost::urls::grammar::lut_chars("/") + boost::urls::unreserved_chars;
  return keep_slashes ? boost::urls::encode(key, slashes)
                      : boost::urls::encode(key, boost::urls::unreserved_chars);
}

/// As the header x-amz-checksum-crc32 has it: four bytes in base64.
std::string crc32_of(std::string_view body) {
  const auto* bytes = reinterpret_cast<const unsigned char*>(body.data());
  const auto sum = ::crc32_z(0, bytes, body.size());
  std::array<unsigned char, 4> big_endian{};
  for (std::size_t i = 0; i < 4; ++i)
    big_endian[i] = static_cast<unsigned char>(sum >> (24 - 8 * i));
  std::array<unsigned char, 9> text{};  // eight and the NUL that OpenSSL writes
  const auto length = ::EVP_EncodeBlock(text.data(), big_endian.data(), big_endian.size());
  return {text.begin(), text.begin() + length};
}

class S3Bucket final : public Bucket {
 public:
  S3Bucket(std::string endpoint, std::string bucket, std::function<bool()> stop)
      : endpoint_(std::move(endpoint)), bucket_(std::move(bucket)), stop_(std::move(stop)) {
    while (endpoint_.ends_with('/')) endpoint_.pop_back();
  }

  std::unique_ptr<Bytes> open(const std::string& key) override;

  void list(const std::string& prefix, const std::function<void(const Listed&)>& take) override {
    ListQuery query;
    query.prefix = prefix;
    do {
      const auto found = page(query);
      for (const auto& object : found.objects) take(object);
      query.token = found.next;
    } while (!query.token.empty());
  }

  Page page(const ListQuery& query) override {
    auto url = fmt::format("{}/{}?list-type=2&prefix={}", endpoint_, encoded(bucket_, false),
                           encoded(query.prefix, false));
    const auto add = [&](const char* name, const std::string& value) {
      if (!value.empty()) url += fmt::format("&{}={}", name, encoded(value, false));
    };
    add("delimiter", query.delimiter);
    add("start-after", query.start_after);
    add("continuation-token", query.token);
    if (query.most != ListQuery().most) add("max-keys", std::to_string(query.most));
    const auto response = call({"GET", url, {}, {}}, "", most_answer_bytes);
    return checked("the listing", parse_listing, response.body);
  }

  Object get(const std::string& key, const Ask& ask, std::size_t most) override {
    auto response = call({"GET", url_of(key, ask), ask.headers, {}}, key, most);
    if (response.status == 416) refuse(response, key);
    return {std::move(response.headers), std::move(response.body)};
  }

  Headers head(const std::string& key, const Ask& ask) override {
    auto response = call({"HEAD", url_of(key, ask), ask.headers, {}}, key, most_answer_bytes);
    if (response.status == 416) refuse(response, key);
    return std::move(response.headers);
  }

  // The checksum, as AWS's SDKs send it: what arrives damaged is refused.
  Headers put(const std::string& key, std::string_view body, const Ask& ask) override {
    HttpRequest request{"PUT", url_of(key, ask), ask.headers, std::string(body)};
    request.headers.emplace_back("x-amz-checksum-crc32", crc32_of(body));
    return call(std::move(request), key, most_answer_bytes).headers;
  }

  Headers remove(const std::string& key, const Ask& ask) override {
    return call({"DELETE", url_of(key, ask), ask.headers, {}}, key, most_answer_bytes).headers;
  }

  CopyResult copy(const CopySource& source, const std::string& key, const Ask& ask) override {
    HttpRequest request{"PUT", url_of(key, ask), ask.headers, {}};
    auto from = fmt::format("{}/{}", encoded(source.bucket, false), encoded(source.key, true));
    if (!source.version.empty()) from += "?versionId=" + encoded(source.version, false);
    request.headers.emplace_back("x-amz-copy-source", std::move(from));
    const auto response = call(std::move(request), key, most_answer_bytes);
    const auto copied = checked("the answer for a copy in", parse_copied, response.body);
    // S3 answers 200 before it has copied.
    if (!copied.error_code.empty())
      throw S3Failed(response.status, copied.error_code, copied.message, {},
                     {place_of(key), header_of(response, "x-amz-request-id")});
    return {response.headers, copied.etag, copied.last_modified};
  }

  /// Bytes [from, from + range_bytes) of an object that has this ETag; empty: of any.
  HttpResponse range(const std::string& key, std::uint64_t from, const std::string& etag) {
    HttpRequest request{"GET", url_of(key, {}), {}, {}};
    request.headers.emplace_back("range", fmt::format("bytes={}-{}", from, from + range_bytes - 1));
    if (!etag.empty()) request.headers.emplace_back("if-match", etag);
    return call(std::move(request), key, most_object_bytes);
  }

 private:
  /// What answers with something else has no objects only by accident.
  template <class Answer>
  Answer checked(const char* what, Answer (*parse)(std::string_view),
                 const std::string& xml) const {
    try {
      return parse(xml);
    } catch (const AnswerInvalid& error) {
      throw workers::TaskFailed(
          "S3.AnswerInvalid",
          fmt::format("{} of the bucket \"{}\" at {} {}", what, bucket_, endpoint_, error.what()),
          "ORCH_S3_ENDPOINT must name an endpoint that speaks S3's ListObjectsV2");
    }
  }

  std::string url_of(const std::string& key, const Ask& ask) const {
    auto url = fmt::format("{}/{}/{}", endpoint_, encoded(bucket_, false), encoded(key, true));
    char mark = '?';
    for (const auto& [name, value] : ask.query) {
      url += fmt::format("{}{}={}", mark, name, encoded(value, false));
      mark = '&';
    }
    return url;
  }

  std::string place_of(const std::string& key) const {
    return fmt::format(" (bucket {}{}{})", bucket_, key.empty() ? "" : ", key ", key);
  }

  // 416 is no failure of a range: an empty object has none.
  HttpResponse call(HttpRequest request, const std::string& key, std::size_t most) {
    request.timeout = std::chrono::minutes(5);
    request.max_response_bytes = most;
    auto response = http_call(request, [this] {
      if (stop_ && stop_()) throw workers::Cancelled();
    });
    if (response.status / 100 != 2 && response.status != 416) refuse(response, key);
    return response;
  }

  [[noreturn]] void refuse(const HttpResponse& response, const std::string& key) const {
    auto error = parse_error(response.body);
    if (error.code.empty()) {
      error.code = fmt::format("Status{}", response.status);
      error.message = response.reason;
    }
    throw S3Failed(response.status, error.code, error.message, {},
                   {place_of(key), header_of(response, "x-amz-request-id")});
  }

  std::string endpoint_;
  std::string bucket_;
  std::function<bool()> stop_;
};

/// An object by ranges, all of the same version.
class RangedBytes final : public Bytes {
 public:
  RangedBytes(std::shared_ptr<S3Bucket> bucket, std::string key)
      : bucket_(std::move(bucket)), key_(std::move(key)) {
    fetch();  // a missing object is told at once
  }

  bool read(std::string& out) override {
    if (block_.empty() && !ended_) fetch();
    if (block_.empty()) return false;
    out += std::exchange(block_, {});
    return true;
  }

 private:
  void fetch() {
    auto response = bucket_->range(key_, at_, etag_);
    if (etag_.empty()) etag_ = header_of(response, "etag");
    if (response.status == 206) {
      check_part(response);
    } else if (at_ > 0) {
      fail(fmt::format("{} is not given from byte {} on: status {}", key_, at_, response.status),
           "the endpoint gave a part of it before");
    } else if (response.status == 416) {
      response.body.clear();
    }
    at_ += response.body.size();
    block_ = std::move(response.body);
    // 200: an endpoint without ranges has sent everything.
    ended_ = response.status != 206 || at_ == total_;
  }

  /// A part is the next one, as long as it says, and of an object that stays as long as it is.
  void check_part(const HttpResponse& response) {
    Part part;
    try {
      part = parse_content_range(header_of(response, "content-range"));
    } catch (const AnswerInvalid& error) {
      fail(fmt::format("the answer for a part of {} {}", key_, error.what()),
           "S3 tells the length of the whole object with each part");
    }
    if (part.first != at_ || (at_ > 0 && part.total != total_))
      fail(fmt::format("{} continues at byte {} of {}, expected byte {} of {}", key_, part.first,
                       part.total, at_, at_ > 0 ? total_ : part.total),
           "the endpoint answers for another part than it is asked for");
    total_ = part.total;
    if (response.body.size() != part.last - part.first + 1)
      fail(fmt::format("{} ends at byte {}, its part at byte {}", key_, at_ + response.body.size(),
                       part.last + 1),
           "the endpoint answers with less or more than its Content-Range says");
  }

  [[noreturn]] void fail(const std::string& why, const char* hint) const {
    throw S3Failed(200, "Failed", why, hint);
  }

  std::shared_ptr<S3Bucket> bucket_;
  std::string key_;
  std::uint64_t at_ = 0;
  std::uint64_t total_ = 0;  ///< bytes of the object, once a part has said so
  std::string etag_;
  std::string block_;
  bool ended_ = false;
};

std::unique_ptr<Bytes> S3Bucket::open(const std::string& key) {
  return std::make_unique<RangedBytes>(std::make_shared<S3Bucket>(*this), key);
}

}  // namespace

std::unique_ptr<Bucket> open_s3(std::string endpoint, std::string bucket,
                                std::function<bool()> stop) {
  return std::make_unique<S3Bucket>(std::move(endpoint), std::move(bucket), std::move(stop));
}

}  // namespace orch::library
