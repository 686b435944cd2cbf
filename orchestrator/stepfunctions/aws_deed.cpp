#include "orchestrator/stepfunctions/aws_deed.h"

#include <algorithm>
#include <array>
#include <string_view>

#include "orchestrator/json/members.h"
#include "orchestrator/json/text.h"

namespace orch::stepfunctions {
namespace {

// By the beginnings of their names.
constexpr std::array<std::string_view, 8> changes = {"Create", "Delete", "Publish", "Redrive",
                                                     "Stop",   "Tag",    "Untag",   "Update"};

// Which members name what a call is about, the first that there is.
constexpr std::array<std::string_view, 8> subjects = {
    "executionArn", "mapRunArn",   "stateMachineVersionArn", "stateMachineAliasArn",
    "resourceArn",  "activityArn", "stateMachineArn",        "name"};

constexpr std::string_view prefix = "AWSStepFunctions.";
constexpr std::size_t longest_object = 500;

std::string object_of(const std::string& body) {
  try {
    const auto value = json::parse(body);
    for (const auto member : subjects)
      if (auto text = json::text_member(value, member); !text.empty())
        return text.substr(0, longest_object);
  } catch (const json::SyntaxError&) {
    return {};  // the answer says so
  }
  return {};
}

}  // namespace

std::optional<AwsDeed> deed_of(const http::Request& request, const http::Peer& peer,
                               const std::string& outcome) {
  const std::string target(request["X-Amz-Target"]);
  if (!target.starts_with(prefix)) return std::nullopt;
  const auto operation = target.substr(prefix.size());
  if (std::ranges::none_of(changes, [&](auto word) { return operation.starts_with(word); }))
    return std::nullopt;
  AwsDeed deed;
  if (const auto signature =
          aws::parse_authorization(std::string(request[boost::beast::http::field::authorization])))
    deed.key = signature->key_id;
  deed.from = peer.address;
  deed.operation = operation.substr(0, longest_object);
  deed.object = object_of(request.body());
  deed.outcome = outcome;
  return deed;
}

}  // namespace orch::stepfunctions
