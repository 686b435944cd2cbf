// Mocked results of TestState against what the services answer.
#include "orchestrator/stepfunctions/mock_shapes.h"

#include <string>

#include <gtest/gtest.h>

#include "orchestrator/json/text.h"

namespace orch::stepfunctions {
namespace {

struct Case {
  const char* resource;
  const char* result;
  const char* strict;   ///< what is wrong in the mode STRICT; empty: nothing
  const char* present;  ///< the same in the mode PRESENT
};

constexpr Case cases[] = {
    {"states:startExecution", "{}", "Required field 'ExecutionArn' is missing", ""},
    {"states:startExecution", R"({"ExecutionArn":1})", "Field 'ExecutionArn' must be a string",
     "Field 'ExecutionArn' must be a string"},
    {"states:startExecution", R"({"ExecutionArn":"arn:aws:x","StartDate":true})",
     "Field 'StartDate' must be a string", "Field 'StartDate' must be a string"},
    {"states:startExecution.sync", "{}", "", ""},
    {"aws-sdk:sfn:startExecution", R"({"executionArn":1})",
     "Required field 'ExecutionArn' is missing", ""},
    {"events:putEvents", R"({"Entries":"x"})", "Field 'Entries' must be an array",
     "Field 'Entries' must be an array"},
    {"aws-sdk:eventbridge:putEvents", R"({"Entries":[{"EventId":[1]}]})",
     "Field 'EventId' must be a string", "Field 'EventId' must be a string"},
    {"aws-sdk:lambda:getFunction", R"({"Configuration":{"MemorySize":127}})",
     "Field 'MemorySize' is less than the minimum value",
     "Field 'MemorySize' is less than the minimum value"},
    {"aws-sdk:kms:encrypt", R"({"CiphertextBlob":""})",
     "Field 'CiphertextBlob' is smaller than the minimum length",
     "Field 'CiphertextBlob' is smaller than the minimum length"},
    {"aws-sdk:s3:getObject", R"({"StorageClass":"Papyrus"})",
     "Field 'StorageClass' is not an expected value",
     "Field 'StorageClass' is not an expected value"},
    {"aws-sdk:s3:getObject", R"({"ContentLength":"9000"})",
     "Field 'ContentLength' must be a number", "Field 'ContentLength' must be a number"},
    {"aws-sdk:s3:getObject", R"({"ContentLength":9000,"StorageClass":"GLACIER"})", "", ""},
    {"lambda:invoke", R"({"Payload":{"any":["thing"]},"StatusCode":200})", "", ""},
    {"lambda:invoke", "[]", "Mocked result must be a JSON object.",
     "Mocked result must be a JSON object."},
    {"dynamodb:putItem", R"({"SdkHttpMetadata":{"HttpStatusCode":200}})", "", ""},
    {"dynamodb:getItem", R"({"Item":{"id":{"S":1}}})", "Field 'S' must be a string",
     "Field 'S' must be a string"},
    {"sqs:sendMessage", R"({"MessageId":false})", "Field 'MessageId' must be a string",
     "Field 'MessageId' must be a string"},
    {"aws-sdk:nobody:knows", R"({"a":1})", "", ""},
};

TEST(MockShapes, AreCheckedAsTheModeSays) {
  for (const auto& each : cases) {
    SCOPED_TRACE(std::string(each.resource) + " " + each.result);
    const auto resource = std::string("arn:aws:states:::") + each.resource;
    const auto result = json::parse(each.result);
    EXPECT_EQ(mock_fault(resource, result, MockMode::strict), each.strict);
    EXPECT_EQ(mock_fault(resource, result, MockMode::present), each.present);
    EXPECT_EQ(mock_fault(resource, result, MockMode::none), "");
  }
}

}  // namespace
}  // namespace orch::stepfunctions
