#include "workers/library/aws_answer.h"

#include <algorithm>
#include <array>
#include <cctype>

#include <fmt/format.h>

#include "orchestrator/json/text.h"

namespace orch::library {
namespace {

namespace bj = boost::json;

// As the services spell them; HTTP does not care, definitions that read a header do.
constexpr std::array spelled = {
    "connection",           "x-amz-cf-id",      "x-amzn-RequestId",
    "X-Amzn-Trace-Id",      "x-amzn-ErrorType", "X-Amz-Executed-Version",
    "X-Amz-Function-Error", "X-Amz-Log-Result", "x-amzn-Remapped-Content-Length",
    "x-amz-crc32"};

bool same_name(std::string_view lower, std::string_view name) {
  return std::equal(lower.begin(), lower.end(), name.begin(), name.end(), [](char a, char b) {
    return a == static_cast<char>(std::tolower(static_cast<unsigned char>(b)));
  });
}

std::string spelling_of(const std::string& lower) {
  for (const char* name : spelled) {
    if (same_name(lower, name)) return name;
  }
  auto text = lower;
  bool first = true;
  for (auto& c : text) {
    if (first) c = static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
    first = c == '-';
  }
  return text;
}

}  // namespace

std::string header_of(const HttpResponse& response, std::string_view name) {
  const auto found = std::find_if(response.headers.begin(), response.headers.end(),
                                  [&](const auto& entry) { return entry.first == name; });
  return found == response.headers.end() ? std::string() : found->second;
}

bj::value body_of(const HttpResponse& response) {
  if (response.body.empty()) return bj::object();
  try {
    return json::parse(response.body);
  } catch (const json::SyntaxError&) {
    return bj::string(response.body);
  }
}

bool of_sdk(std::string_view resource) { return resource.starts_with("arn:aws:states:::aws-sdk:"); }

std::string service_cause(const HttpResponse& response, std::string_view message,
                          std::string_view service, std::string_view code, bool sdk) {
  const auto id = header_of(response, "x-amzn-requestid");
  if (sdk)
    return fmt::format("{} (Service: {}, Status Code: {}, Request ID: {})", message, service,
                       response.status, id);
  return fmt::format(
      "{} (Service: {}; Status Code: {}; Error Code: {}; Request ID: {}; Proxy: null)", message,
      service, response.status, code, id);
}

void add_metadata(const HttpResponse& response, bj::object& answer) {
  bj::object all;
  bj::object single;
  for (const auto& [name, value] : response.headers) {
    const auto spelling = spelling_of(name);
    all[spelling] = bj::array{value};
    single[spelling] = value;
  }
  answer["SdkHttpMetadata"] = {{"AllHttpHeaders", std::move(all)},
                               {"HttpHeaders", std::move(single)},
                               {"HttpStatusCode", response.status}};
  answer["SdkResponseMetadata"] = {{"RequestId", header_of(response, "x-amzn-requestid")}};
}

}  // namespace orch::library
