// Retry and Catch.
#include <fmt/format.h>

#include "orchestrator/asl/parse_state.h"

namespace orch::asl {
namespace {

std::vector<std::string> error_names(Fields& fields) {
  std::vector<std::string> names;
  const auto* list = fields.array("ErrorEquals");
  if (!fields.has("ErrorEquals")) fields.problem("", "the field ErrorEquals is required");
  if (!list) return names;
  if (list->empty()) fields.problem("ErrorEquals", "ErrorEquals must not be empty");
  for (const auto& name : *list) {
    if (name.is_string())
      names.emplace_back(name.get_string());
    else
      fields.problem("ErrorEquals", "ErrorEquals must hold strings, found " + describe_type(name));
  }
  return names;
}

// States.ALL stands alone, in the last retrier or catcher.
void check_all(Fields& fields, const std::vector<std::string>& names, bool last) {
  for (const auto& name : names) {
    if (name != "States.ALL") continue;
    if (names.size() > 1)
      fields.problem("ErrorEquals", "States.ALL must be the only name in its ErrorEquals");
    if (!last)
      fields.problem("ErrorEquals", "States.ALL must be in the last element",
                     "what follows it can never match");
  }
}

Retrier parse_retrier(Fields& fields, bool last) {
  Retrier retrier;
  retrier.error_equals = error_names(fields);
  check_all(fields, retrier.error_equals, last);
  if (const auto seconds = fields.integer("IntervalSeconds", 1, max_seconds))
    retrier.interval = std::chrono::seconds(*seconds);
  if (const auto attempts = fields.integer("MaxAttempts", 0, max_seconds))
    retrier.max_attempts = *attempts;
  retrier.backoff_rate = fields.number("BackoffRate", 1.0).value_or(retrier.backoff_rate);
  if (const auto seconds = fields.integer("MaxDelaySeconds", 1, 31'622'399)) {
    retrier.max_delay = std::chrono::seconds(*seconds);
    if (*retrier.max_delay <= retrier.interval)
      fields.problem("MaxDelaySeconds", fmt::format("MaxDelaySeconds must be greater than "
                                                    "IntervalSeconds, found {} against {}",
                                                    *seconds, retrier.interval.count() / 1000));
  }
  if (const auto jitter = fields.string("JitterStrategy")) {
    retrier.full_jitter = *jitter == "FULL";
    if (*jitter != "FULL" && *jitter != "NONE")
      fields.problem("JitterStrategy",
                     fmt::format("JitterStrategy must be FULL or NONE, found \"{}\"", *jitter));
  }
  return retrier;
}

Catcher parse_catcher(Fields& fields, bool last) {
  Catcher catcher;
  fields.in_catcher = true;
  catcher.error_equals = error_names(fields);
  check_all(fields, catcher.error_equals, last);
  catcher.next = fields.required_string("Next");
  if (fields.jsonata())
    catcher.output = fields.payload_template("Output");
  else
    catcher.result_path = fields.reference_filter("ResultPath");
  catcher.assign = parse_assign(fields);
  return catcher;
}

}  // namespace

void parse_handlers(Fields& fields, State& state) {
  for_each_object(fields, "Retry", "a retrier", [&](Fields& retrier, bool last) {
    state.retry.push_back(parse_retrier(retrier, last));
  });
  for_each_object(fields, "Catch", "a catcher", [&](Fields& catcher, bool last) {
    state.catches.push_back(parse_catcher(catcher, last));
  });
}

}  // namespace orch::asl
