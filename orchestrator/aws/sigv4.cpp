#include "orchestrator/aws/sigv4.h"

#include <algorithm>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "orchestrator/aws/digest.h"

namespace orch::aws {
namespace {

constexpr std::string_view algorithm = "AWS4-HMAC-SHA256";
constexpr std::chrono::minutes tolerance{15};

std::vector<std::string> split(std::string_view text, char at) {
  std::vector<std::string> parts(1);
  for (const char c : text) {
    if (c == at)
      parts.emplace_back();
    else
      parts.back() += c;
  }
  return parts;
}

std::string_view trim(std::string_view text) {
  while (!text.empty() && text.front() == ' ') text.remove_prefix(1);
  while (!text.empty() && text.back() == ' ') text.remove_suffix(1);
  return text;
}

// Without blanks at the ends, and with one for several inside.
std::string canonical_value(std::string_view value) {
  std::string text;
  for (const char c : trim(value)) {
    if (c == ' ' && !text.empty() && text.back() == ' ') continue;
    text += c;
  }
  return text;
}

bool unreserved(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
         c == '.' || c == '_' || c == '~';
}

// A path on the wire is encoded already; the signature covers it encoded once more.
std::string canonical_path(std::string_view path) {
  std::string text;
  for (const char c : path) {
    if (unreserved(c) || c == '/')
      text += c;
    else
      text += fmt::format("%{:02X}", static_cast<unsigned char>(c));
  }
  return text.empty() ? "/" : text;
}

std::string canonical_query(std::string_view query) {
  if (query.empty()) return {};
  auto parts = split(query, '&');
  for (auto& part : parts)
    if (part.find('=') == std::string::npos) part += '=';
  std::sort(parts.begin(), parts.end());
  return fmt::format("{}", fmt::join(parts, "&"));
}

const std::string* find_header(const SignedRequest& request, std::string_view name) {
  for (const auto& [key, value] : request.headers)
    if (key == name) return &value;
  return nullptr;
}

std::string canonical_headers(const SignedRequest& request, const std::vector<std::string>& names) {
  std::string text;
  for (const auto& name : names) {
    std::vector<std::string> values;
    for (const auto& [key, value] : request.headers)
      if (key == name) values.push_back(canonical_value(value));
    text += fmt::format("{}:{}\n", name, fmt::join(values, ","));
  }
  return text;
}

std::string canonical_request(const SignedRequest& request, const Authorization& authorization) {
  return fmt::format("{}\n{}\n{}\n{}\n{}\n{}", request.method, canonical_path(request.path),
                     canonical_query(request.query),
                     canonical_headers(request, authorization.signed_headers),
                     fmt::join(authorization.signed_headers, ";"), hex(sha256(request.body)));
}

std::string signing_key(const Authorization& authorization, std::string_view secret) {
  auto key = hmac_sha256(fmt::format("AWS4{}", secret), authorization.date);
  key = hmac_sha256(key, authorization.region);
  key = hmac_sha256(key, authorization.service);
  return hmac_sha256(key, "aws4_request");
}

// "20260131T120000Z" as "2026-01-31T12:00:00Z".
std::optional<Instant> instant_of(std::string_view date) {
  if (date.size() != 16) return std::nullopt;
  return from_iso(fmt::format("{}-{}-{}T{}:{}:{}Z", date.substr(0, 4), date.substr(4, 2),
                              date.substr(6, 2), date.substr(9, 2), date.substr(11, 2),
                              date.substr(13, 2)));
}

void check_time(const Authorization& authorization, std::string_view amz_date, Instant now) {
  const auto at = instant_of(amz_date);
  if (!at || !amz_date.starts_with(authorization.date))
    throw SignatureRefused("IncompleteSignatureException",
                           "Date in Credential scope does not match X-Amz-Date.");
  if (std::chrono::abs(now - *at) > tolerance)
    throw SignatureRefused("InvalidSignatureException",
                           fmt::format("Signature expired or not yet current: {} against {}",
                                       to_iso(*at), to_iso(now)));
}

}  // namespace

std::optional<Authorization> parse_authorization(std::string_view text) {
  if (!text.starts_with(algorithm)) return std::nullopt;
  text.remove_prefix(algorithm.size());
  Authorization found;
  for (const auto& part : split(text, ',')) {
    const auto item = trim(part);
    const auto equals = item.find('=');
    if (equals == std::string_view::npos) return std::nullopt;
    const auto name = item.substr(0, equals);
    const auto value = item.substr(equals + 1);
    if (name == "SignedHeaders") found.signed_headers = split(value, ';');
    if (name == "Signature") found.signature = value;
    if (name != "Credential") continue;
    const auto scope = split(value, '/');
    if (scope.size() != 5 || scope[4] != "aws4_request") return std::nullopt;
    found.key_id = scope[0];
    found.date = scope[1];
    found.region = scope[2];
    found.service = scope[3];
  }
  if (found.key_id.empty()) return std::nullopt;
  return found;
}

std::string sign(const SignedRequest& request, const Authorization& authorization,
                 std::string_view amz_date, std::string_view secret) {
  const auto to_sign = fmt::format("{}\n{}\n{}/{}/{}/aws4_request\n{}", algorithm, amz_date,
                                   authorization.date, authorization.region, authorization.service,
                                   hex(sha256(canonical_request(request, authorization))));
  return hex(hmac_sha256(signing_key(authorization, secret), to_sign));
}

void verify(const SignedRequest& request, const Keys& keys, Instant now) {
  const auto* header = find_header(request, "authorization");
  if (!header)
    throw SignatureRefused("MissingAuthenticationTokenException", "Missing Authentication Token");
  const auto authorization = parse_authorization(*header);
  const auto* amz_date = find_header(request, "x-amz-date");
  if (!authorization || authorization->signature.empty() || !amz_date)
    throw SignatureRefused("IncompleteSignatureException",
                           "The Authorization header or X-Amz-Date is missing or incomplete.");
  const auto& covered = authorization->signed_headers;
  if (std::find(covered.begin(), covered.end(), "host") == covered.end())
    throw SignatureRefused("InvalidSignatureException",
                           "'Host' must be a SignedHeader in the AWS Authorization.");
  check_time(*authorization, *amz_date, now);
  const auto key = keys.find(authorization->key_id);
  if (key == keys.end())
    throw SignatureRefused("UnrecognizedClientException",
                           "The security token included in the request is invalid.");
  if (!same_secret(sign(request, *authorization, *amz_date, key->second), authorization->signature))
    throw SignatureRefused("InvalidSignatureException",
                           "The request signature we calculated does not match the signature you "
                           "provided. Check your AWS Secret Access Key and signing method.");
}

}  // namespace orch::aws
