#include "orchestrator/aws/signer.h"

#include <algorithm>

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace orch::aws {
namespace {

// "20260131T120000Z"
std::string amz_date_of(Instant now) {
  std::string text;
  for (const char c : to_iso(now)) {
    if (c == '.') break;
    if (c != '-' && c != ':') text += c;
  }
  return text + 'Z';
}

}  // namespace

std::vector<std::pair<std::string, std::string>> signature_headers(SignedRequest request,
                                                                   const Credentials& credentials,
                                                                   const Scope& scope,
                                                                   Instant now) {
  const auto amz_date = amz_date_of(now);
  std::vector<std::pair<std::string, std::string>> headers{{"x-amz-date", amz_date}};
  if (!credentials.session_token.empty())
    headers.emplace_back("x-amz-security-token", credentials.session_token);
  request.headers.insert(request.headers.end(), headers.begin(), headers.end());

  Authorization authorization;
  authorization.key_id = credentials.key_id;
  authorization.date = amz_date.substr(0, 8);
  authorization.region = scope.region;
  authorization.service = scope.service;
  for (const auto& [name, value] : request.headers) authorization.signed_headers.push_back(name);
  std::sort(authorization.signed_headers.begin(), authorization.signed_headers.end());
  headers.emplace_back(
      "authorization",
      fmt::format("AWS4-HMAC-SHA256 Credential={}/{}/{}/{}/aws4_request, SignedHeaders={}, "
                  "Signature={}",
                  authorization.key_id, authorization.date, authorization.region,
                  authorization.service, fmt::join(authorization.signed_headers, ";"),
                  sign(request, authorization, amz_date, credentials.secret)));
  return headers;
}

}  // namespace orch::aws
