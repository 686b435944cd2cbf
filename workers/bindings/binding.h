// One binding of the file.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include <boost/json/value.hpp>

#include "orchestrator/json/fields.h"
#include "workers/bindings/template.h"

namespace orch::bindings {

/// What a mock answers to some attempts.
struct Answer {
  std::optional<boost::json::value> result;  ///< unset: it fails
  std::string error;
  std::string cause;
  std::int64_t times = 1;  ///< attempts that get it; the last answer serves all further ones
};

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
  std::vector<Answer> answers;
};

/// Reads {"bindings": {PATTERN: {…}}}; what is wrong goes to `problems`.
std::vector<Binding> parse_bindings(const boost::json::value& document, json::Problems& problems);

}  // namespace orch::bindings
