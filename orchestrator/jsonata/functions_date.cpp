// Functions of time.
#include <cmath>

#include "orchestrator/jsonata/errors.h"
#include "orchestrator/jsonata/functions.h"
#include "orchestrator/jsonata/picture_date.h"

namespace orch::jsonata::functions {
namespace {

std::optional<std::string_view> text_of(const Value& value) {
  if (!value.is_string()) return std::nullopt;
  return value.string();
}

}  // namespace

Value now(Evaluator& evaluator, Arguments& arguments, const Value&) {
  return Value::text(picture_date(static_cast<double>(evaluator.environment().now),
                                  text_of(arguments[0]), text_of(arguments[1])));
}

Value millis(Evaluator& evaluator, Arguments&, const Value&) {
  return static_cast<double>(evaluator.environment().now);
}

Value from_millis(Evaluator&, Arguments& arguments, const Value&) {
  if (!arguments[0].defined()) return {};
  return Value::text(
      picture_date(arguments[0].number(), text_of(arguments[1]), text_of(arguments[2])));
}

Value to_millis(Evaluator& evaluator, Arguments& arguments, const Value&) {
  if (!arguments[0].defined()) return {};
  const auto read = read_date(arguments[0].string(), text_of(arguments[1]),
                              static_cast<double>(evaluator.environment().now));
  return read ? Value(*read) : Value();
}

}  // namespace orch::jsonata::functions
