// One binding of the file.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <boost/json/value.hpp>

#include "orchestrator/json/fields.h"
#include "workers/bindings/answers.h"
#include "workers/bindings/bindings.h"
#include "workers/bindings/template.h"

namespace orch::bindings {

struct Binding {
  std::string pattern;  ///< the resource; `*` stands for any text
  /// The built-in worker that does the work; empty: `answers` do.
  std::string worker;
  /// Members that the worker's input has beside or around the task's: see build_input().
  boost::json::object settings;
  std::string payload_member;  ///< of the worker's input that takes the task's; empty: all of it
  std::string result_member;   ///< of the worker's output that is the task's; empty: all of it
  std::optional<Template> input;
  std::optional<Template> output;
  std::unique_ptr<Answers> answers;
};

/// What a bindings file holds.
struct Bindings {
  std::vector<Binding> bindings;
  std::vector<StateMachine> machines;
};

/// Reads {"bindings": {PATTERN: {…}}, "state_machines": {NAME: FILE}}; what is wrong goes to
/// `problems`.
Bindings parse_bindings(const boost::json::value& document, json::Problems& problems);

}  // namespace orch::bindings
