// Task tokens: what they are made of, and what they are not.
#include <set>

#include <gtest/gtest.h>

#include "orchestrator/asl/parse.h"
#include "orchestrator/execution/execution.h"

namespace orch::execution {
namespace {

constexpr auto definition = R"({"StartAt": "All", "States": {"All": {"Type": "Map", "End": true,
  "ItemProcessor": {"StartAt": "Ask", "States": {"Ask": {"Type": "Task", "End": true,
    "Resource": "arn:aws:states:::sqs:sendMessage.waitForTaskToken",
    "Parameters": {"MessageBody.$": "$$.Task.Token"}}}}}}})";

/// The tokens of three tasks that one stimulus schedules.
std::vector<std::string> tokens(std::uint64_t seed, const Secret& secret) {
  Identity identity;
  identity.token_prefix = "run";
  identity.input = json::Payload::of_text("[1,2,3]");
  Execution execution(asl::parse_or_throw(definition, "definition"), identity);
  execution.decide({Instant{}, seed, Start{}, secret});
  std::vector<std::string> found;
  for (const auto& task : execution.open_tasks()) found.push_back(task.token);
  return found;
}

std::string secret_part(const std::string& token) { return token.substr(token.rfind('.') + 1); }

TEST(Token, IsMadeOfTheSecretOnly) {
  const Secret one{1}, other{2};
  EXPECT_EQ(tokens(7, one), tokens(8, one)) << "the seed shows in UUIDs and random numbers";
  EXPECT_NE(secret_part(tokens(7, one).front()), secret_part(tokens(7, other).front()));
}

TEST(Token, DiffersForEachTaskOfAStimulus) {
  std::set<std::string> parts;
  const auto all = tokens(7, Secret{1});
  for (const auto& token : all) {
    parts.insert(secret_part(token));
    EXPECT_EQ(secret_part(token).size(), 32U) << token;
  }
  EXPECT_EQ(all.size(), 3U);
  EXPECT_EQ(parts.size(), 3U);
}

}  // namespace
}  // namespace orch::execution
