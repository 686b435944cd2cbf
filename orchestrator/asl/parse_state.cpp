// One state of each type, and the flows that hold them.
#include "orchestrator/asl/parse_state.h"

#include <array>
#include <cmath>

#include <fmt/format.h>

#include "orchestrator/json/locations.h"

namespace orch::asl {
namespace {

namespace bj = boost::json;

constexpr std::int64_t max_seconds = 99'999'999;
constexpr std::size_t max_name = 80;  // Unicode characters

constexpr std::array types = {"Pass",    "Task", "Choice",   "Wait",
                              "Succeed", "Fail", "Parallel", "Map"};

// Every field of some type of state: a field of another type gets a better message than an unknown
// one.
const std::vector<std::string>& all_fields() {
  static const std::vector<std::string> fields = {"Next",
                                                  "End",
                                                  "InputPath",
                                                  "OutputPath",
                                                  "Parameters",
                                                  "ResultSelector",
                                                  "ResultPath",
                                                  "Result",
                                                  "Resource",
                                                  "TimeoutSeconds",
                                                  "TimeoutSecondsPath",
                                                  "HeartbeatSeconds",
                                                  "HeartbeatSecondsPath",
                                                  "Credentials",
                                                  "Retry",
                                                  "Catch",
                                                  "Choices",
                                                  "Default",
                                                  "Seconds",
                                                  "SecondsPath",
                                                  "Timestamp",
                                                  "TimestampPath",
                                                  "Error",
                                                  "ErrorPath",
                                                  "Cause",
                                                  "CausePath",
                                                  "Branches",
                                                  "ItemProcessor",
                                                  "Iterator",
                                                  "ItemsPath",
                                                  "ItemSelector",
                                                  "MaxConcurrency",
                                                  "MaxConcurrencyPath",
                                                  "ToleratedFailureCount",
                                                  "ToleratedFailureCountPath",
                                                  "ToleratedFailurePercentage",
                                                  "ToleratedFailurePercentagePath",
                                                  "ItemReader",
                                                  "ItemBatcher",
                                                  "ResultWriter",
                                                  "Label"};
  return fields;
}

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
  fields.finish("a retrier");
  return retrier;
}

Catcher parse_catcher(Fields& fields, bool last) {
  Catcher catcher;
  catcher.error_equals = error_names(fields);
  check_all(fields, catcher.error_equals, last);
  catcher.next = fields.required_string("Next");
  catcher.result_path = fields.reference_filter("ResultPath");
  fields.finish("a catcher");
  return catcher;
}

// The objects of Retry or Catch.
template <class Parse>
auto parse_list(Fields& fields, const char* field, Parse parse) {
  std::vector<decltype(parse(fields, true))> made;
  const auto* list = fields.array(field);
  if (!list) return made;
  for (std::size_t i = 0; i < list->size(); ++i) {
    const auto pointer = fmt::format("{}/{}", fields.at(field), i);
    const auto* object = (*list)[i].if_object();
    if (!object) {
      fields.problems().push_back({pointer, fmt::format("an element of {} must be an object, "
                                                        "found {}",
                                                        field, describe_type((*list)[i]))});
      continue;
    }
    Fields element(*object, pointer, fields.problems());
    made.push_back(parse(element, i + 1 == list->size()));
  }
  return made;
}

void parse_handlers(Fields& fields, State& state) {
  state.retry = parse_list(fields, "Retry", parse_retrier);
  state.catches = parse_list(fields, "Catch", parse_catcher);
}

void parse_result(Fields& fields, State& state) {
  state.parameters = fields.payload_template("Parameters");
  state.result_selector = fields.payload_template("ResultSelector");
  state.result_path = fields.reference_filter("ResultPath");
}

void parse_transition(Fields& fields, State& state) {
  state.next = fields.string("Next");
  const auto end = fields.boolean("End");
  if (fields.has("Next") && fields.has("End"))
    fields.problem("End", "a state has either Next or End, not both");
  if (!fields.has("Next") && !fields.has("End"))
    fields.problem("", "a state needs Next or End",
                   "add \"End\": true to end here, or \"Next\" with the name of a state");
  if (end && !*end) fields.problem("End", "End must be true; leave it out otherwise");
}

Pass parse_pass(Fields& fields, State& state) {
  Pass pass;
  if (const auto* result = fields.get("Result")) pass.result = *result;
  state.parameters = fields.payload_template("Parameters");
  state.result_path = fields.reference_filter("ResultPath");
  parse_transition(fields, state);
  return pass;
}

Task parse_task(Fields& fields, State& state) {
  Task task;
  task.resource = fields.required_string("Resource");
  task.timeout_seconds = fields.number_or_path("TimeoutSeconds", 1, max_seconds);
  task.heartbeat_seconds = fields.number_or_path("HeartbeatSeconds", 1, max_seconds);
  const auto fixed = [](const std::optional<Number>& number) {
    return number ? std::get_if<std::int64_t>(&*number) : nullptr;
  };
  const auto* timeout = fixed(task.timeout_seconds);
  const auto* heartbeat = fixed(task.heartbeat_seconds);
  if (timeout && heartbeat && *heartbeat >= *timeout)
    fields.problem("HeartbeatSeconds", fmt::format("HeartbeatSeconds must be smaller than "
                                                   "TimeoutSeconds, found {} against {}",
                                                   *heartbeat, *timeout));
  fields.object("Credentials");
  parse_result(fields, state);
  parse_handlers(fields, state);
  parse_transition(fields, state);
  return task;
}

Wait parse_wait(Fields& fields, State& state) {
  Wait wait;
  int ways = 0;
  for (const char* field : {"Seconds", "SecondsPath", "Timestamp", "TimestampPath"})
    ways += fields.has(field) ? 1 : 0;
  if (ways != 1)
    fields.problem("", fmt::format("a Wait state needs exactly one of Seconds, SecondsPath, "
                                   "Timestamp and TimestampPath, found {}",
                                   ways));
  if (const auto seconds = fields.integer("Seconds", 0, max_seconds))
    wait.seconds_or_path = *seconds;
  if (const auto path = fields.path("SecondsPath")) wait.seconds_or_path = *path;
  if (const auto text = fields.string("Timestamp")) {
    const auto instant = from_iso(*text);
    if (instant)
      wait.timestamp = *instant;
    else
      fields.problem("Timestamp", fmt::format("Timestamp must be an RFC 3339 timestamp such as "
                                              "\"2026-01-31T23:59:59Z\", found \"{}\"",
                                              *text));
  }
  if (const auto path = fields.path("TimestampPath")) wait.timestamp = *path;
  parse_transition(fields, state);
  return wait;
}

std::optional<Text> parse_text(Fields& fields, const std::string& field) {
  const auto by_path = field + "Path";
  if (fields.has(field) && fields.has(by_path))
    fields.problem(by_path, fmt::format("a state may have only one of {} and {}", field, by_path));
  if (const auto fixed = fields.string(field)) return Text(*fixed);
  const auto text = fields.string(by_path);
  if (!text) return std::nullopt;
  try {
    if (text->starts_with("States.")) return Text(Intrinsic::compile(*text));
    return Text(Path::compile(*text));
  } catch (const SyntaxProblem& error) {
    fields.problem(by_path, fmt::format("{} must be a path or an intrinsic function: {}", by_path,
                                        error.what()));
    return std::nullopt;
  }
}

Parallel parse_parallel(Fields& fields, State& state) {
  Parallel parallel;
  const auto* branches = fields.array("Branches");
  if (!fields.has("Branches")) fields.problem("", "the field Branches is required");
  if (branches && branches->empty()) fields.problem("Branches", "Branches must not be empty");
  for (std::size_t i = 0; branches && i < branches->size(); ++i) {
    const auto pointer = fmt::format("{}/{}", fields.at("Branches"), i);
    const auto* object = (*branches)[i].if_object();
    if (!object) {
      fields.problems().push_back(
          {pointer, "a branch must be an object, found " + describe_type((*branches)[i])});
      continue;
    }
    Fields branch(*object, pointer, fields.problems());
    parallel.branches.push_back(parse_flow(branch));
    branch.finish("a branch");
  }
  parse_result(fields, state);
  parse_handlers(fields, state);
  parse_transition(fields, state);
  return parallel;
}

Flow parse_processor(Fields& fields, const std::string& field) {
  const auto* object = fields.object(field);
  if (!object) return {};
  Fields processor(*object, fields.at(field), fields.problems());
  auto flow = parse_flow(processor);
  if (const auto* config = processor.object("ProcessorConfig")) {
    Fields settings(*config, processor.at("ProcessorConfig"), fields.problems());
    if (const auto mode = settings.string("Mode"); mode && *mode != "INLINE")
      settings.problem("Mode", fmt::format("this version runs Map states with Mode INLINE, found "
                                           "\"{}\"",
                                           *mode));
    settings.string("ExecutionType");
    settings.finish("ProcessorConfig");
  }
  processor.finish(field);
  return flow;
}

Map parse_map(Fields& fields, State& state) {
  Map map;
  if (fields.has("ItemProcessor") && fields.has("Iterator"))
    fields.problem("Iterator", "a state may have only one of ItemProcessor and Iterator",
                   "Iterator is the older name; keep ItemProcessor");
  if (!fields.has("ItemProcessor") && !fields.has("Iterator"))
    fields.problem("", "the field ItemProcessor is required");
  if (fields.has("Iterator") && !fields.has("ItemProcessor")) map.processor_field = "Iterator";
  map.processor = parse_processor(fields, map.processor_field);
  fields.accept({"ItemProcessor", "Iterator"});
  map.items_path = fields.path("ItemsPath");
  if (fields.has("ItemSelector") && fields.has("Parameters"))
    fields.problem("Parameters", "a state may have only one of ItemSelector and Parameters",
                   "Parameters is the older name; keep ItemSelector");
  map.item_selector =
      fields.payload_template(fields.has("ItemSelector") ? "ItemSelector" : "Parameters");
  fields.accept({"ItemSelector", "Parameters"});
  map.max_concurrency =
      fields.number_or_path("MaxConcurrency", 0, max_seconds).value_or(std::int64_t{0});
  // Without effect on an inline Map, on the service too.
  fields.number_or_path("ToleratedFailureCount", 0, max_seconds);
  fields.number_or_path("ToleratedFailurePercentage", 0, 100);
  for (const char* field : {"ItemReader", "ItemBatcher", "ResultWriter", "Label"}) {
    if (fields.get(field))
      fields.problem(field, fmt::format("{} belongs to Mode DISTRIBUTED, which this version does "
                                        "not run",
                                        field));
  }
  state.result_selector = fields.payload_template("ResultSelector");
  state.result_path = fields.reference_filter("ResultPath");
  parse_handlers(fields, state);
  parse_transition(fields, state);
  return map;
}

Fail parse_fail(Fields& fields) {
  Fail fail;
  fail.error = parse_text(fields, "Error");
  fail.cause = parse_text(fields, "Cause");
  fields.accept({"Error", "ErrorPath", "Cause", "CausePath"});
  return fail;
}

void parse_body(Fields& fields, const std::string& type, State& state) {
  if (type != "Fail") {
    state.input_path = fields.path_filter("InputPath");
    state.output_path = fields.path_filter("OutputPath");
  }
  if (type == "Pass") state.body = parse_pass(fields, state);
  if (type == "Task") state.body = parse_task(fields, state);
  if (type == "Choice") state.body = parse_choice(fields);
  if (type == "Wait") state.body = parse_wait(fields, state);
  if (type == "Succeed") state.body = Succeed{};
  if (type == "Fail") state.body = parse_fail(fields);
  if (type == "Parallel") state.body = parse_parallel(fields, state);
  if (type == "Map") state.body = parse_map(fields, state);
}

// Continuation bytes of UTF-8 do not count.
std::size_t characters(const std::string& text) {
  std::size_t count = 0;
  for (const char c : text) count += (static_cast<unsigned char>(c) & 0xC0) != 0x80 ? 1 : 0;
  return count;
}

bool known_type(const std::string& type) {
  for (const char* known : types) {
    if (type == known) return true;
  }
  return false;
}

void refuse_jsonata(Fields& fields) {
  const auto language = fields.string("QueryLanguage");
  if (language && *language != "JSONPath")
    fields.problem("QueryLanguage", fmt::format("this version knows the query language JSONPath, "
                                                "found \"{}\"",
                                                *language));
}

}  // namespace

State parse_state(const std::string& name, const bj::value& value, const std::string& pointer,
                  Problems& problems) {
  State state;
  state.name = name;
  const auto* object = value.if_object();
  if (!object) {
    problems.push_back({pointer, "a state must be an object, found " + describe_type(value)});
    return state;
  }
  Fields fields(*object, pointer, problems);
  if (characters(name) > max_name)
    fields.problem("", fmt::format("the name of a state has at most {} characters, found {}",
                                   max_name, characters(name)));
  state.comment = fields.string("Comment").value_or("");
  refuse_jsonata(fields);
  if (fields.get("Assign"))
    fields.problem("Assign", "this version has no variables: Assign is not supported");
  const auto type = fields.required_string("Type");
  if (known_type(type)) {
    parse_body(fields, type, state);
    fields.finish("a " + type + " state", all_fields());
  } else if (!type.empty()) {
    fields.problem("Type", fmt::format("no type of state \"{}\"{}", type,
                                       did_you_mean(type, {types.begin(), types.end()})));
  }
  return state;
}

Flow parse_flow(Fields& fields) {
  Flow flow;
  flow.start_at = fields.required_string("StartAt");
  const auto* states = fields.object("States");
  if (!fields.has("States")) fields.problem("", "the field States is required");
  if (!states) return flow;
  if (states->empty()) fields.problem("States", "States must not be empty");
  for (const auto& [key, value] : *states) {
    const std::string name(key);
    flow.states.emplace(
        name, parse_state(name, value, fields.at("States") + "/" + json::pointer_token(name),
                          fields.problems()));
  }
  return flow;
}

}  // namespace orch::asl
