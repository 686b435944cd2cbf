#include "orchestrator/service/mock_shapes.h"

#include <algorithm>
#include <array>
#include <span>

#include <fmt/format.h>

namespace orch::service {
namespace {

namespace bj = boost::json;

enum class Type : std::uint8_t { text, number, boolean, list };

/// A member of an answer. Timestamps are text in definitions.
struct Member {
  std::string_view name;
  Type type = Type::text;
  bool required = false;
  std::span<const Member> elements = {};  ///< of a list of objects
};

constexpr std::array put_events_entry = {Member{"EventId"}, Member{"ErrorCode"},
                                         Member{"ErrorMessage"}};
constexpr std::array start_execution = {Member{"ExecutionArn", Type::text, true},
                                        Member{"StartDate", Type::text, true}};
constexpr std::array start_sync_execution = {Member{"ExecutionArn", Type::text, true},
                                             Member{"StateMachineArn"},
                                             Member{"Name"},
                                             Member{"StartDate", Type::text, true},
                                             Member{"StopDate", Type::text, true},
                                             Member{"Status", Type::text, true},
                                             Member{"Error"},
                                             Member{"Cause"},
                                             Member{"Input"},
                                             Member{"Output"}};
constexpr std::array invoke = {Member{"StatusCode", Type::number}, Member{"FunctionError"},
                               Member{"LogResult"}, Member{"ExecutedVersion"}};
constexpr std::array put_events = {Member{"FailedEntryCount", Type::number},
                                   Member{"Entries", Type::list, false, put_events_entry}};
constexpr std::array send_message = {Member{"MD5OfMessageBody"}, Member{"MD5OfMessageAttributes"},
                                     Member{"MD5OfMessageSystemAttributes"}, Member{"MessageId"},
                                     Member{"SequenceNumber"}};
constexpr std::array publish = {Member{"MessageId"}, Member{"SequenceNumber"}};
constexpr std::array put_object = {Member{"Expiration"}, Member{"ETag"}, Member{"VersionId"},
                                   Member{"BucketKeyEnabled", Type::boolean}};

struct Answer {
  std::string_view resource;  ///< behind "arn:aws:states:::", without ".sync" and its kin
  std::span<const Member> members;
};

constexpr std::array answers = {
    Answer{"states:startExecution", start_execution},
    Answer{"aws-sdk:sfn:startExecution", start_execution},
    Answer{"aws-sdk:sfn:startSyncExecution", start_sync_execution},
    Answer{"lambda:invoke", invoke},
    Answer{"aws-sdk:lambda:invoke", invoke},
    Answer{"events:putEvents", put_events},
    Answer{"aws-sdk:eventbridge:putEvents", put_events},
    Answer{"sqs:sendMessage", send_message},
    Answer{"aws-sdk:sqs:sendMessage", send_message},
    Answer{"sns:publish", publish},
    Answer{"aws-sdk:sns:publish", publish},
    Answer{"aws-sdk:s3:putObject", put_object},
};

std::string_view kind_of(Type type) {
  constexpr std::array names = {"a string", "a number", "a boolean", "an array"};
  return names[static_cast<std::size_t>(type)];
}

bool has_type(const bj::value& value, Type type) {
  switch (type) {
    case Type::text:
      return value.is_string();
    case Type::number:
      return value.is_number();
    case Type::boolean:
      return value.is_bool();
    case Type::list:
      return value.is_array();
  }
  return false;
}

std::string fault_in(const bj::object& object, std::span<const Member> members, MockMode mode) {
  for (const auto& member : members) {
    const auto* value = object.if_contains({member.name.data(), member.name.size()});
    if (!value) {
      if (member.required && mode == MockMode::strict)
        return fmt::format("Required field '{}' is missing", member.name);
      continue;
    }
    if (!has_type(*value, member.type))
      return fmt::format("Field '{}' must be {}", member.name, kind_of(member.type));
    if (member.type != Type::list) continue;
    for (const auto& element : value->get_array()) {
      if (!element.is_object()) return fmt::format("Field '{}' must be an object", member.name);
      if (auto fault = fault_in(element.get_object(), member.elements, mode); !fault.empty())
        return fault;
    }
  }
  return {};
}

}  // namespace

std::string mock_fault(std::string_view resource, const bj::value& result, MockMode mode) {
  constexpr std::string_view prefix = "arn:aws:states:::";
  if (mode == MockMode::none || !resource.starts_with(prefix)) return {};
  resource.remove_prefix(prefix.size());
  // Behind a '.' stands what the task waits for: another answer.
  const auto known = std::find_if(answers.begin(), answers.end(), [&](const Answer& answer) {
    return answer.resource == resource;
  });
  if (known == answers.end()) return {};
  if (!result.is_object()) return "Mocked result must be a JSON object.";
  return fault_in(result.get_object(), known->members, mode);
}

}  // namespace orch::service
