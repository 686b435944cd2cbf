// verify(), in the words of the service.
#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "orchestrator/aws/digest.h"
#include "orchestrator/aws/sigv4.h"
#include "orchestrator/base/secret.h"

namespace orch::aws {
namespace {

constexpr std::chrono::minutes tolerance{5};
constexpr std::string_view terminator = "aws4_request";

[[noreturn]] void incomplete(const std::string& message) {
  throw SignatureRefused("IncompleteSignatureException", message);
}

[[noreturn]] void invalid(const std::string& message) {
  throw SignatureRefused("InvalidSignatureException", message);
}

const std::string* find_header(const SignedRequest& request, std::string_view name) {
  for (const auto& [key, value] : request.headers)
    if (key == name) return &value;
  return nullptr;
}

// "20260131T120000Z" of an instant.
std::string basic_format(Instant instant) {
  std::string text;
  for (const char c : to_iso(std::chrono::floor<std::chrono::seconds>(instant)).substr(0, 19))
    if (c != '-' && c != ':') text += c;
  return text + "Z";
}

std::optional<Instant> instant_of(std::string_view date) {
  if (date.size() != 16 || date[8] != 'T' || date[15] != 'Z') return std::nullopt;
  return from_iso(fmt::format("{}-{}-{}T{}:{}:{}Z", date.substr(0, 4), date.substr(4, 2),
                              date.substr(6, 2), date.substr(9, 2), date.substr(11, 2),
                              date.substr(13, 2)));
}

// "Sat, 31 Jan 2026 12:00:00 GMT" (RFC 9110, 5.6.7; botocore writes -0000) in the basic format;
// else as it stands.
std::string basic_date(const std::string& date) {
  constexpr std::array months = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                 "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  if (date.size() < 26) return date;
  const auto zone = date.substr(26);
  if (zone != "GMT" && zone != "-0000") return date;
  const auto* month = std::find(months.begin(), months.end(), date.substr(8, 3));
  if (month == months.end()) return date;
  return fmt::format("{}{:02}{}T{}{}{}Z", date.substr(12, 4), month - months.begin() + 1,
                     date.substr(5, 2), date.substr(17, 2), date.substr(20, 2), date.substr(23, 2));
}

// What the header must have, and the date that was signed.
std::string check_completeness(const SignedRequest& request, const Authorization& authorization,
                               const std::string& header) {
  if (!authorization.stray.empty())
    incomplete(
        fmt::format("'{}' not a valid key=value pair (missing equal-sign) in Authorization "
                    "header: '{}'.",
                    authorization.stray, header));
  const auto* date = find_header(request, "x-amz-date");
  if (!date) date = find_header(request, "date");
  std::string missing;
  const auto require = [&](bool present, const char* what) {
    if (!present) missing += fmt::format("Authorization header requires {} ", what);
  };
  require(!authorization.credential.empty(), "'Credential' parameter.");
  require(!authorization.signature.empty(), "'Signature' parameter.");
  require(!authorization.signed_headers.empty(), "'SignedHeaders' parameter.");
  require(date, "existence of either a 'X-Amz-Date' or a 'Date' header.");
  if (!missing.empty()) incomplete(fmt::format("{}Authorization={}", missing, header));
  if (authorization.terminator.empty())
    incomplete(
        fmt::format("Credential must have exactly 5 slash-delimited elements, e.g. "
                    "keyid/date/region/service/term, got '{}'",
                    authorization.credential));
  return basic_date(*date);
}

void check_scope(const Authorization& authorization, std::string_view service,
                 const std::string& date, Instant signed_at) {
  if (authorization.terminator != terminator)
    invalid(fmt::format("Credential should be scoped with a valid terminator: '{}', not '{}'.",
                        terminator, authorization.terminator));
  if (authorization.service != service)
    invalid(fmt::format("Credential should be scoped to correct service: '{}'.", service));
  const auto day = basic_format(signed_at).substr(0, 8);
  if (authorization.date != day)
    invalid(
        fmt::format("Date in Credential scope does not match YYYYMMDD from ISO-8601 version of "
                    "date from HTTP: '{}' != '{}', from '{}'.",
                    authorization.date, day, date));
}

// A change of one of these would change what the request means.
void check_coverage(const SignedRequest& request, const Authorization& authorization) {
  const auto& covered = authorization.signed_headers;
  const auto require = [&](const std::string& name, std::string_view shown) {
    if (std::find(covered.begin(), covered.end(), name) == covered.end())
      invalid(fmt::format("'{}' must be a 'SignedHeader' in the AWS Authorization.", shown));
  };
  require("host", "Host");
  for (const auto* name : {"x-amz-date", "x-amz-target"})
    if (find_header(request, name)) require(name, name);
}

void check_time(const std::string& date, Instant signed_at, Instant now) {
  const auto minutes = tolerance.count();
  if (signed_at < now - tolerance)
    invalid(fmt::format("Signature expired: {} is now earlier than {} ({} - {} min.)", date,
                        basic_format(now - tolerance), basic_format(now), minutes));
  if (signed_at > now + tolerance)
    invalid(fmt::format("Signature not yet current: {} is still later than {} ({} + {} min.)", date,
                        basic_format(now + tolerance), basic_format(now), minutes));
}

/// What the header of a request claims, checked as far as it goes without the body.
struct Claim {
  Authorization authorization;
  std::string date;           ///< as it was signed
  const std::string& secret;  ///< of the key that it names
};

Claim check_header(const SignedRequest& request, const Keys& keys, std::string_view service,
                   Instant now) {
  const auto* header = find_header(request, "authorization");
  auto authorization = header ? parse_authorization(*header) : std::nullopt;
  if (!authorization)
    throw SignatureRefused("MissingAuthenticationTokenException", "Missing Authentication Token");
  auto date = check_completeness(request, *authorization, *header);
  const auto signed_at = instant_of(date);
  if (!signed_at)
    incomplete(
        fmt::format("Date must be in ISO-8601 'basic format'. Got '{}'. See "
                    "http://en.wikipedia.org/wiki/ISO_8601",
                    date));
  check_scope(*authorization, service, date, *signed_at);
  check_coverage(request, *authorization);
  const auto key = keys.find(authorization->key_id);
  if (key == keys.end())
    throw SignatureRefused("UnrecognizedClientException",
                           "The security token included in the request is invalid.");
  check_time(date, *signed_at, now);
  return {std::move(*authorization), std::move(date), key->second};
}

}  // namespace

void verify_header(const SignedRequest& request, const Keys& keys, std::string_view service,
                   Instant now) {
  check_header(request, keys, service, now);
}

void verify(const SignedRequest& request, const Keys& keys, std::string_view service, Instant now) {
  const auto claim = check_header(request, keys, service, now);
  const auto& authorization = claim.authorization;
  if (!same_secret(sign(request, authorization, claim.date, claim.secret), authorization.signature))
    invalid(
        "The request signature we calculated does not match the signature you provided. Check your "
        "AWS Secret Access Key and signing method. Consult the service documentation for details.");
}

}  // namespace orch::aws
