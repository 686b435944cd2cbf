#include "workers/library/s3_bucket.h"

#include <algorithm>
#include <charconv>
#include <utility>

#include <boost/url/encode.hpp>
#include <boost/url/grammar/lut_chars.hpp>
#include <boost/url/rfc/unreserved_chars.hpp>
#include <fmt/format.h>

#include "workers/library/http_call.h"
#include "workers/worker.h"

namespace orch::library {
namespace {

// Of one request: bounds the memory of a reader, whatever the object's size.
constexpr std::size_t range_bytes = std::size_t{8} << 20;
constexpr std::size_t most_response_bytes = std::size_t{5} << 30;  // S3's own limit of one PUT

std::string header(const HttpResponse& response, std::string_view name) {
  const auto found = std::find_if(response.headers.begin(), response.headers.end(),
                                  [&](const auto& entry) { return entry.first == name; });
  return found == response.headers.end() ? std::string() : found->second;
}

/// The text of the first element `name`, without entities.
std::string element(std::string_view xml, std::string_view name) {
  const auto open = fmt::format("<{}>", name);
  const auto begin = xml.find(open);
  if (begin == xml.npos) return {};
  const auto end = xml.find(fmt::format("</{}>", name), begin);
  if (end == xml.npos) return {};
  std::string text(xml.substr(begin + open.size(), end - begin - open.size()));
  constexpr std::pair<std::string_view, char> entities[] = {
      {"&lt;", '<'}, {"&gt;", '>'}, {"&quot;", '"'}, {"&apos;", '\''}, {"&amp;", '&'}};
  for (const auto& [entity, character] : entities) {
    for (auto at = text.find(entity); at != text.npos; at = text.find(entity, at + 1))
      text.replace(at, entity.size(), 1, character);
  }
  return text;
}

std::string encoded(const std::string& key, bool keep_slashes) {
  constexpr auto slashes = boost::urls::grammar::lut_chars("/") + boost::urls::unreserved_chars;
  return keep_slashes ? boost::urls::encode(key, slashes)
                      : boost::urls::encode(key, boost::urls::unreserved_chars);
}

class S3Bucket final : public Bucket {
 public:
  S3Bucket(std::string endpoint, std::string bucket, std::function<bool()> stop)
      : endpoint_(std::move(endpoint)), bucket_(std::move(bucket)), stop_(std::move(stop)) {
    while (endpoint_.ends_with('/')) endpoint_.pop_back();
  }

  std::unique_ptr<Bytes> open(const std::string& key) override;

  void list(const std::string& prefix, const std::function<void(const Listed&)>& take) override {
    std::string token;
    do {
      auto url = fmt::format("{}/{}?list-type=2&prefix={}", endpoint_, encoded(bucket_, false),
                             encoded(prefix, false));
      if (!token.empty()) url += "&continuation-token=" + encoded(token, false);
      const auto page = call({"GET", url, {}, {}}, "");
      check_listing(page.body);
      tell(page.body, take);
      const bool more = element(page.body, "IsTruncated") == "true";
      token = more ? element(page.body, "NextContinuationToken") : "";
      if (more && token.empty()) refuse_listing("is truncated and does not say how it goes on");
    } while (!token.empty());
  }

  std::string put(const std::string& key, std::string_view body) override {
    return header(call({"PUT", url_of(key), {}, std::string(body)}, key), "etag");
  }

  /// Bytes [from, from + range_bytes) of an object that has this ETag; empty: of any.
  HttpResponse range(const std::string& key, std::uint64_t from, const std::string& etag) {
    HttpRequest request{"GET", url_of(key), {}, {}};
    request.headers.emplace_back("range", fmt::format("bytes={}-{}", from, from + range_bytes - 1));
    if (!etag.empty()) request.headers.emplace_back("if-match", etag);
    return call(std::move(request), key);
  }

 private:
  [[noreturn]] void refuse_listing(const std::string& why) const {
    throw workers::TaskFailed(
        "S3.AnswerInvalid",
        fmt::format("the listing of the bucket \"{}\" at {} {}", bucket_, endpoint_, why),
        "ORCH_S3_ENDPOINT must name an endpoint that speaks S3's ListObjectsV2");
  }

  /// What answers with something else has no objects only by accident.
  void check_listing(std::string_view page) const {
    const auto root = page.find("<ListBucketResult");
    if (root == page.npos || page.find("</ListBucketResult>", root) == page.npos)
      refuse_listing("is no ListBucketResult");
  }

  std::string url_of(const std::string& key) const {
    return fmt::format("{}/{}/{}", endpoint_, encoded(bucket_, false), encoded(key, true));
  }

  static void tell(std::string_view page, const std::function<void(const Listed&)>& take) {
    constexpr std::string_view open = "<Contents>";
    for (auto at = page.find(open); at != page.npos; at = page.find(open, at + 1)) {
      const auto entry = page.substr(at, page.find("</Contents>", at) - at);
      Listed listed{element(entry, "Key"), element(entry, "ETag"), element(entry, "LastModified"),
                    std::stoll("0" + element(entry, "Size"))};
      if (auto kind = element(entry, "StorageClass"); !kind.empty()) listed.storage_class = kind;
      take(listed);
    }
  }

  // 416 is no failure of a range: an empty object has none.
  HttpResponse call(HttpRequest request, const std::string& key) {
    request.timeout = std::chrono::minutes(5);
    request.max_response_bytes = most_response_bytes;
    auto response = http_call(request, [this] {
      if (stop_ && stop_()) throw workers::Cancelled();
    });
    if (response.status / 100 == 2 || response.status == 416) return response;
    auto code = element(response.body, "Code");
    if (code.empty()) code = fmt::format("Status{}", response.status);
    throw workers::TaskFailed("S3." + code,
                              fmt::format("{} (bucket {}{}{})", element(response.body, "Message"),
                                          bucket_, key.empty() ? "" : ", key ", key),
                              {}, "ORCH-0640");
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
    if (response.status == 416) response.body.clear();
    if (etag_.empty()) etag_ = header(response, "etag");
    at_ += response.body.size();
    block_ = std::move(response.body);
    // 200: an endpoint without ranges has sent everything.
    ended_ = response.status != 206 || at_ >= total_of(response);
    if (block_.empty() && !ended_)
      throw workers::TaskFailed(
          "S3.Failed", fmt::format("{} ends at byte {}, before its end", key_, at_),
          "the endpoint answers with less than its Content-Range says", "ORCH-0640");
  }

  /// Bytes of the whole object: the last number of "bytes 0-8388607/12000000".
  std::uint64_t total_of(const HttpResponse& response) const {
    const auto range = header(response, "content-range");
    const auto* begin = range.data() + std::min(range.rfind('/'), range.size() - 1) + 1;
    std::uint64_t total = 0;
    if (range.empty() ||
        std::from_chars(begin, range.data() + range.size(), total).ec != std::errc())
      throw workers::TaskFailed(
          "S3.Failed",
          fmt::format("the answer for a part of {} has no length: Content-Range is \"{}\"", key_,
                      range),
          "S3 tells the length of the whole object with each part", "ORCH-0640");
    return total;
  }

  std::shared_ptr<S3Bucket> bucket_;
  std::string key_;
  std::uint64_t at_ = 0;
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
