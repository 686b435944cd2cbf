#include "orchestrator/stepfunctions/words.h"

#include <fmt/format.h>

#include "orchestrator/base/random.h"

namespace orch::stepfunctions {
namespace {

constexpr std::size_t most_tags = 50;

}  // namespace

double epoch_seconds(Instant instant) {
  return static_cast<double>(instant.time_since_epoch().count()) / 1000.0;
}

std::string new_uuid() {
  const auto high = (random_bits() & ~0xf000ULL) | 0x4000ULL;
  const auto low = (random_bits() & ~(3ULL << 62U)) | (2ULL << 62U);
  return fmt::format("{:08x}-{:04x}-{:04x}-{:04x}-{:012x}", high >> 32U, (high >> 16U) & 0xffff,
                     high & 0xffff, low >> 48U, low & 0xffffffffffff);
}

void refuse_resource(const std::string& arn) {
  throw ServiceError("ResourceNotFound", fmt::format("Resource not found: '{}'", arn),
                     {{"resourceName", arn}});
}

store::Tags read_tags(Request& request) {
  store::Tags tags;
  const auto list = request.in.objects("tags");
  for (std::size_t i = 0; list && i < list->size(); ++i) {
    Parameters tag(*(*list)[i]);
    auto key = tag.required("key", {1, 128});
    auto value = tag.text_or("value", "", {0, 256});
    tags.emplace_back(std::move(key), std::move(value));
    request.in.adopt(fmt::format("tags.{}.member", i + 1), tag);
  }
  return tags;
}

void keep_tags(Request& request, const std::string& resource, const store::Tags& tags,
               const std::string& arn) {
  for (const auto& [key, value] : tags) request.machines().put_tag(resource, key, value);
  const auto count = request.machines().tags(resource).size();
  if (count > most_tags)
    throw ServiceError("TooManyTags",
                       fmt::format("Too many tags: {} are more than {}", count, most_tags),
                       {{"resourceName", arn}});
}

Object read_encryption(Request& request) {
  const auto* given = request.in.object("encryptionConfiguration");
  if (!given) return {{"type", "AWS_OWNED_KEY"}};
  Parameters in(*given);
  Object out{{"type", in.required("type")}};
  in.one_of("type", {"AWS_OWNED_KEY", "CUSTOMER_MANAGED_KMS_KEY"});
  if (const auto key = in.text("kmsKeyId", {1, 2048})) out["kmsKeyId"] = *key;
  if (const auto seconds = in.integer("kmsDataKeyReusePeriodSeconds", 60, 900))
    out["kmsDataKeyReusePeriodSeconds"] = *seconds;
  request.in.adopt("encryptionConfiguration", in);
  return out;
}

}  // namespace orch::stepfunctions
