#include "orchestrator/host/webhook_signature.h"

#include <algorithm>
#include <charconv>

#include <boost/algorithm/string/case_conv.hpp>

#include "orchestrator/aws/digest.h"
#include "orchestrator/base/secret.h"

namespace orch::host {
namespace {

constexpr std::string_view standard_key = "whsec_";

/// The parts of `text` between `separator`.
std::vector<std::string_view> parts_of(std::string_view text, char separator) {
  std::vector<std::string_view> parts;
  while (!text.empty()) {
    const auto end = std::min(text.find(separator), text.size());
    if (end > 0) parts.push_back(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return parts;
}

/// Values of the parts that begin with `name`.
std::vector<std::string> values_of(std::string_view text, char separator, std::string_view name) {
  std::vector<std::string> values;
  for (const auto part : parts_of(text, separator))
    if (part.starts_with(name)) values.emplace_back(part.substr(name.size()));
  return values;
}

std::optional<Instant> instant_from(std::string_view seconds) {
  std::int64_t count = 0;
  const auto* end = seconds.data() + seconds.size();
  const auto [stop, failed] = std::from_chars(seconds.data(), end, count);
  constexpr std::int64_t latest = 253'402'300'800;  // the year 10000
  if (failed != std::errc{} || stop != end || count < 0 || count > latest) return std::nullopt;
  return Instant{std::chrono::seconds(count)};
}

/// A secret as the key of its HMAC: those of Standard Webhooks are base64.
std::string key_of(const std::string& secret, pipeline::Signature signature) {
  if (signature == pipeline::Signature::standard && secret.starts_with(standard_key))
    if (auto key = aws::unbase64(std::string_view(secret).substr(standard_key.size())))
      return std::move(*key);
  return secret;
}

/// What is signed, and the signatures that the delivery brings.
struct Claim {
  std::string text;
  std::vector<std::string> signatures;
  Signed what;
};

Claim claim_of(const pipeline::WebhookTrigger& webhook, const Delivery& delivery) {
  const auto header = delivery.header(webhook.header);
  switch (webhook.signature) {
    case pipeline::Signature::standard: {
      const auto at = delivery.header("webhook-timestamp");
      return {delivery.header("webhook-id") + "." + at + "." + delivery.body,
              values_of(header, ' ', "v1,"),
              {instant_from(at)}};
    }
    case pipeline::Signature::stripe: {
      const auto times = values_of(header, ',', "t=");
      if (times.size() != 1) return {};
      return {
          times[0] + "." + delivery.body, values_of(header, ',', "v1="), {instant_from(times[0])}};
    }
    case pipeline::Signature::github:
      break;
  }
  auto signatures = values_of(header, ',', "sha256=");
  for (auto& each : signatures) boost::to_lower(each);
  return {delivery.body, std::move(signatures), {}};
}

}  // namespace

std::string Delivery::header(std::string_view name) const {
  const auto wanted = boost::to_lower_copy(std::string(name));
  const auto found =
      std::ranges::find(headers, wanted, &std::pair<std::string, std::string>::first);
  return found == headers.end() ? std::string() : found->second;
}

std::optional<Signed> verify(const pipeline::WebhookTrigger& webhook, const Delivery& delivery,
                             const std::vector<std::string>& secrets) {
  constexpr std::size_t most_signatures = 10;  // each costs a comparison with each secret
  auto claim = claim_of(webhook, delivery);
  if (claim.signatures.empty() || claim.signatures.size() > most_signatures) return std::nullopt;
  if (webhook.signature != pipeline::Signature::github && !claim.what.at) return std::nullopt;
  bool right = false;
  for (const auto& secret : secrets) {
    const auto mac = aws::hmac_sha256(key_of(secret, webhook.signature), claim.text);
    const auto expected =
        webhook.signature == pipeline::Signature::standard ? aws::base64(mac) : aws::hex(mac);
    for (const auto& found : claim.signatures) right = same_secret(expected, found) || right;
  }
  return right ? std::optional(claim.what) : std::nullopt;
}

}  // namespace orch::host
