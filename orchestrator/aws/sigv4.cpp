#include "orchestrator/aws/sigv4.h"

#include <algorithm>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "orchestrator/aws/digest.h"
#include "orchestrator/base/ascii.h"

namespace orch::aws {
namespace {

constexpr std::string_view algorithm = "AWS4-HMAC-SHA256";
constexpr std::string_view unsigned_payload = "UNSIGNED-PAYLOAD";

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

bool blank(char c) { return c == ' ' || c == '\t'; }

// Without blanks at the ends, and with one for several inside.
std::string canonical_value(std::string_view value) {
  std::string text;
  for (const char c : trimmed(value)) {
    if (!blank(c))
      text += c;
    else if (text.empty() || text.back() != ' ')
      text += ' ';
  }
  return text;
}

bool unreserved(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
         c == '.' || c == '_' || c == '~';
}

// Without empty and dot segments (RFC 3986, 5.2.4).
std::string normal_path(std::string_view path) {
  std::vector<std::string> kept;
  for (auto& segment : split(path, '/')) {
    if (segment == ".." && !kept.empty()) kept.pop_back();
    if (segment.empty() || segment == "." || segment == "..") continue;
    kept.push_back(std::move(segment));
  }
  if (kept.empty()) return "/";
  const bool folder = path.ends_with('/') || path.ends_with("/.") || path.ends_with("/..");
  return fmt::format("/{}{}", fmt::join(kept, "/"), folder ? "/" : "");
}

// A path on the wire is encoded already; the signature covers it encoded once more.
std::string canonical_path(std::string_view path) {
  std::string text;
  for (const char c : normal_path(path)) {
    if (unreserved(c) || c == '/')
      text += c;
    else
      text += fmt::format("%{:02X}", static_cast<unsigned char>(c));
  }
  return text;
}

// By name, then value: '=' must not count when names are compared.
std::string canonical_query(std::string_view query) {
  if (query.empty()) return {};
  std::vector<std::pair<std::string, std::string>> parameters;
  for (const auto& part : split(query, '&')) {
    const auto equals = std::min(part.find('='), part.size());
    parameters.emplace_back(part.substr(0, equals), part.substr(std::min(equals + 1, part.size())));
  }
  std::sort(parameters.begin(), parameters.end());
  std::vector<std::string> parts;
  for (const auto& [name, value] : parameters) parts.push_back(fmt::format("{}={}", name, value));
  return fmt::format("{}", fmt::join(parts, "&"));
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

std::string payload_digest(const SignedRequest& request) {
  if (request.encrypted) {
    for (const auto& [name, value] : request.headers)
      if (name == "x-amz-content-sha256" && trimmed(value) == unsigned_payload) return value;
  }
  return hex(sha256(request.body));
}

std::string canonical_request(const SignedRequest& request, const Authorization& authorization) {
  return fmt::format("{}\n{}\n{}\n{}\n{}\n{}", request.method, canonical_path(request.path),
                     canonical_query(request.query),
                     canonical_headers(request, authorization.signed_headers),
                     fmt::join(authorization.signed_headers, ";"), payload_digest(request));
}

std::string signing_key(const Authorization& authorization, std::string_view secret) {
  auto key = hmac_sha256(fmt::format("AWS4{}", secret), authorization.date);
  key = hmac_sha256(key, authorization.region);
  key = hmac_sha256(key, authorization.service);
  return hmac_sha256(key, "aws4_request");
}

void read_credential(std::string_view value, Authorization& found) {
  found.credential = value;
  auto scope = split(value, '/');
  if (scope.size() != 5) return;
  found.key_id = std::move(scope[0]);
  found.date = std::move(scope[1]);
  found.region = std::move(scope[2]);
  found.service = std::move(scope[3]);
  found.terminator = std::move(scope[4]);
}

}  // namespace

std::optional<Authorization> parse_authorization(std::string_view text) {
  text = trimmed(text);
  if (!text.starts_with(algorithm)) return std::nullopt;
  text.remove_prefix(algorithm.size());
  if (!text.empty() && !blank(text.front())) return std::nullopt;
  Authorization found;
  for (const auto& part : split(text, ',')) {
    const auto item = trimmed(part);
    const auto equals = item.find('=');
    if (equals == std::string_view::npos) {
      if (found.stray.empty()) found.stray = item;
      continue;
    }
    const auto name = item.substr(0, equals);
    const auto value = item.substr(equals + 1);
    if (name == "SignedHeaders") found.signed_headers = split(value, ';');
    if (name == "Signature") found.signature = value;
    if (name == "Credential") read_credential(value, found);
  }
  return found;
}

std::string sign(const SignedRequest& request, const Authorization& authorization,
                 std::string_view amz_date, std::string_view secret) {
  const auto to_sign = fmt::format("{}\n{}\n{}/{}/{}/aws4_request\n{}", algorithm, amz_date,
                                   authorization.date, authorization.region, authorization.service,
                                   hex(sha256(canonical_request(request, authorization))));
  return hex(hmac_sha256(signing_key(authorization, secret), to_sign));
}

}  // namespace orch::aws
