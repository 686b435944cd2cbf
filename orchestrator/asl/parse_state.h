// Parsing of one state. Internal to the module.
#pragma once

#include <string>

#include <boost/json/value.hpp>

#include "orchestrator/asl/fields.h"

namespace orch::asl {

/// The longest time that a definition may name.
inline constexpr std::int64_t max_seconds = 99'999'999;

/// Reads StartAt and States; the other fields of the object are its owner's.
Flow parse_flow(Fields& fields);

/// The state `name`, of the definition's language unless it says otherwise.
State parse_state(const std::string& name, const boost::json::value& value,
                  const std::string& pointer, const Fields& owner);

/// What the whole definition or one state says about its language.
QueryLanguage parse_language(Fields& fields);

/// Next or End.
void parse_transition(Fields& fields, State& state);
/// Retry and Catch.
void parse_handlers(Fields& fields, State& state);
/// Parameters or Arguments, ResultSelector and ResultPath.
void parse_result(Fields& fields, State& state);
/// Assign. Names are checked.
std::optional<PayloadTemplate> parse_assign(Fields& fields);

Choice parse_choice(Fields& fields);
Map parse_map(Fields& fields, State& state);
Parallel parse_parallel(Fields& fields, State& state);
Task parse_task(Fields& fields, State& state);
Wait parse_wait(Fields& fields, State& state);

/// An array of objects: `each` reads one, `what` names one in messages.
template <class Each>
void for_each_object(Fields& fields, const char* field, const char* what, Each each) {
  const auto* list = fields.array(field);
  for (std::size_t i = 0; list && i < list->size(); ++i) {
    const auto pointer = fields.at(field) + "/" + std::to_string(i);
    if (const auto* object = (*list)[i].if_object()) {
      auto element =
          fields.nested(*object, pointer, std::string(field) + "[" + std::to_string(i) + "]/");
      each(element, i + 1 == list->size());
      element.finish(what);
    } else {
      fields.problems().push_back(
          {pointer, std::string(what) + " must be an object, found " + describe_type((*list)[i])});
    }
  }
}

}  // namespace orch::asl
