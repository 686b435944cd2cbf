// The Amazon States Language as C++ types: what parse() returns and the machine executes.
// Source: https://states-language.net/spec.html; field names follow the specification.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <unordered_map>
#include <variant>
#include <vector>

#include <boost/json/value.hpp>

#include "orchestrator/asl/distributed.h"
#include "orchestrator/asl/expression.h"
#include "orchestrator/asl/intrinsic.h"
#include "orchestrator/asl/path.h"
#include "orchestrator/asl/payload_template.h"
#include "orchestrator/asl/resource.h"
#include "orchestrator/base/time.h"

namespace orch::asl {

struct State;

/// States that can reach each other by Next: the whole workflow, a branch, a Map's processor.
struct Flow {
  std::string start_at;
  std::map<std::string, State, std::less<>> states;
};

/// InputPath, OutputPath and ResultPath: absent, JSON null, or a path.
template <class P>
struct Filter {
  bool discard = false;   ///< JSON null
  std::optional<P> path;  ///< unset and not discard: the default, `$`
};

/// A text given in the definition, read by a path, or computed.
using Text = std::variant<std::string, Path, Intrinsic, Expression>;

struct Retrier {
  std::vector<std::string> error_equals;
  Millis interval{1000};
  std::int64_t max_attempts = 3;
  double backoff_rate = 2.0;
  std::optional<Millis> max_delay;
  bool full_jitter = false;
};

struct Catcher {
  std::vector<std::string> error_equals;
  std::string next;
  Filter<ReferencePath> result_path;      ///< JSONPath
  std::optional<PayloadTemplate> output;  ///< JSONata
  std::optional<PayloadTemplate> assign;
};

struct Pass {
  std::optional<boost::json::value> result;
};

struct Task {
  Resource resource;
  std::optional<Number> timeout_seconds;  ///< unset: 99,999,999 s, as on the service
  std::optional<Number> heartbeat_seconds;
  std::optional<PayloadTemplate> credentials;
};

/// One comparison of a Choice rule.
struct Comparison {
  enum class Operator {
    string_equals,
    string_less_than,
    string_greater_than,
    string_less_than_equals,
    string_greater_than_equals,
    string_matches,
    numeric_equals,
    numeric_less_than,
    numeric_greater_than,
    numeric_less_than_equals,
    numeric_greater_than_equals,
    timestamp_equals,
    timestamp_less_than,
    timestamp_greater_than,
    timestamp_less_than_equals,
    timestamp_greater_than_equals,
    boolean_equals,
    is_null,
    is_present,
    is_numeric,
    is_string,
    is_boolean,
    is_timestamp
  };
  Path variable;
  Operator op;
  std::variant<boost::json::value, Path> operand;  ///< Path: the …Path form of the operator
};

/// A condition: a comparison, or And / Or / Not of conditions (Not has exactly one).
struct Condition {
  enum class Kind { comparison, all_of, any_of, negation };
  Kind kind = Kind::comparison;
  std::optional<Comparison> comparison;
  std::vector<Condition> operands;
};

struct ChoiceRule {
  std::variant<Condition, Expression, bool> condition;  ///< the latter two: JSONata
  std::string next;
  std::optional<PayloadTemplate> output;  ///< JSONata; replaces the state's
  std::optional<PayloadTemplate> assign;  ///< replaces the state's
};

struct Choice {
  std::vector<ChoiceRule> choices;
  std::optional<std::string> default_next;
};

struct Wait {
  Number seconds = std::int64_t{0};
  /// Set: wait until an instant instead of for seconds.
  std::optional<std::variant<Instant, Path, Expression>> timestamp;
};

struct Succeed {};

struct Fail {
  std::optional<Text> error;
  std::optional<Text> cause;
};

struct Parallel {
  std::vector<Flow> branches;
};

struct Map {
  Flow processor;
  std::string processor_field = "ItemProcessor";  ///< or "Iterator", its older name
  std::optional<Path> items_path;                 ///< JSONPath
  std::optional<PayloadTemplate> items;           ///< JSONata
  std::optional<PayloadTemplate> item_selector;
  Number max_concurrency = std::int64_t{0};  ///< 0: no limit of the definition's
  std::optional<Distributed> distributed;    ///< unset: Mode INLINE
};

enum class QueryLanguage : std::uint8_t { json_path, jsonata };

struct State {
  std::string name;
  std::string comment;
  QueryLanguage language = QueryLanguage::json_path;
  std::optional<std::string> next;  ///< unset: terminal, or Choice
  Filter<Path> input_path;
  Filter<Path> output_path;
  std::optional<PayloadTemplate> parameters;  ///< JSONata: Arguments
  std::optional<PayloadTemplate> result_selector;
  Filter<ReferencePath> result_path;
  std::optional<PayloadTemplate> output;  ///< JSONata
  std::optional<PayloadTemplate> assign;
  std::vector<Retrier> retry;
  std::vector<Catcher> catches;
  std::variant<Pass, Task, Choice, Wait, Succeed, Fail, Parallel, Map> body;
};

/// A parsed and valid definition. Immutable once made; shared by its executions.
struct Workflow {
  std::string comment;
  QueryLanguage language = QueryLanguage::json_path;
  std::optional<Millis> timeout;
  Flow flow;
  /// Every state of every nested flow by its name (unique in the whole definition).
  std::unordered_map<std::string, const State*> by_name;
  /// The flow each state belongs to, by the state's name.
  std::unordered_map<std::string, const Flow*> flow_of;

  Workflow() = default;
  Workflow(const Workflow&) = delete;
  Workflow& operator=(const Workflow&) = delete;
};

/// "Task", "Map", … of the state.
const char* type_name(const State& state);

}  // namespace orch::asl
