// Amazon resource names of what this service knows: arn:PARTITION:states:REGION:ACCOUNT:KIND:REST.
//
// Resources are found by kind and name. Region and account are where a client thinks it is; answers
// repeat the client's region, so one server plays every region.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace orch::stepfunctions {

/// Where a client is: what stands before the kind in the names of answers.
struct Place {
  std::string region = "us-east-1";
  std::string account = "123456789012";

  std::string arn(std::string_view rest) const;
  std::string machine(std::string_view name) const;
  /// With a version's number or an alias.
  std::string qualified(std::string_view name, std::string_view qualifier) const;
  std::string execution(std::string_view machine, std::string_view name) const;
  std::string express(std::string_view machine, std::string_view name, std::string_view id) const;
  std::string activity(std::string_view name) const;
};

/// arn:…:stateMachine:NAME[:VERSION or ALIAS]
struct MachineArn {
  std::string name;
  std::string qualifier;  ///< empty: neither

  /// The qualifier when it is a number.
  std::optional<std::int64_t> version() const;
};

/// arn:…:execution:MACHINE:NAME, arn:…:express:MACHINE:NAME:ID
struct ExecutionArn {
  std::string machine;
  std::string name;
  bool express = false;
};

// Each throws ServiceError InvalidArn for anything else.
MachineArn parse_machine_arn(const std::string& arn);
/// Refuses express executions too, of which the API shows nothing.
ExecutionArn parse_execution_arn(const std::string& arn);
std::string parse_activity_arn(const std::string& arn);
/// "LABEL:UUID" of arn:…:mapRun:MACHINE/LABEL:UUID.
std::string parse_map_run_arn(const std::string& arn);
/// "stateMachine:NAME" or "activity:NAME".
std::string parse_taggable_arn(const std::string& arn);

/// Throws ServiceError InvalidName: 1 to 80 characters, no white space, brackets, wildcards,
/// control or other special characters.
void check_name(const std::string& name);

}  // namespace orch::stepfunctions
