#include "orchestrator/asl/resource.h"

#include <array>

namespace orch::asl {
namespace {

struct Suffix {
  std::string_view text;
  Completion completion;
  bool parsed_output;
};

constexpr std::array suffixes = {Suffix{".sync", Completion::job, false},
                                 Suffix{".sync:2", Completion::job, true},
                                 Suffix{".waitForTaskToken", Completion::token, false}};

/// The part after "arn:PARTITION:SERVICE:REGION:ACCOUNT:"; empty when `text` is no ARN.
std::string_view after_account(std::string_view text) {
  if (!text.starts_with("arn:")) return {};
  for (int colons = 0; colons < 5; ++colons) {
    const auto colon = text.find(':');
    if (colon == text.npos) return {};
    text.remove_prefix(colon + 1);
  }
  return text;
}

std::string_view service_of(std::string_view text) {
  const auto start = text.find(':', 4);  // after "arn:" and the partition
  if (start == text.npos) return {};
  const auto end = text.find(':', start + 1);
  return end == text.npos ? std::string_view() : text.substr(start + 1, end - start - 1);
}

}  // namespace

Resource parse_resource(std::string_view text) {
  Resource resource;
  resource.text = text;
  const auto rest = after_account(text);
  const auto service = rest.empty() ? std::string_view() : service_of(text);
  if (service == "lambda" && rest.starts_with("function:")) {
    resource.kind = TaskKind::lambda;
    return resource;
  }
  if (service == "states" && rest.starts_with("activity:")) {
    resource.kind = TaskKind::activity;
    return resource;
  }
  for (const auto& suffix : suffixes) {
    if (!text.ends_with(suffix.text)) continue;
    resource.completion = suffix.completion;
    resource.parsed_output = suffix.parsed_output;
  }
  // "lambda:invoke", "aws-sdk:s3:getObject.sync:2", or "orch:stage": the action is the last part,
  // and the colon of ".sync:2" belongs to it.
  const auto name = rest.empty() ? text : rest;
  const auto colon = name.rfind(':', resource.parsed_output ? name.size() - 3 : name.npos);
  if (colon == name.npos) {
    resource.action = name;
    return resource;
  }
  resource.type = name.substr(0, colon);
  resource.action = name.substr(colon + 1);
  return resource;
}

}  // namespace orch::asl
