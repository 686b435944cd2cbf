// One state of each type, and the flows that hold them.
#include "orchestrator/asl/parse_state.h"

#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "orchestrator/json/locations.h"

namespace orch::asl {
namespace {

namespace bj = boost::json;

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
                                                  "Label",
                                                  "Assign"};
  return fields;
}

Pass parse_pass(Fields& fields, State& state) {
  Pass pass;
  if (!fields.jsonata()) {
    if (const auto* result = fields.get("Result")) pass.result = *result;
    state.parameters = fields.payload_template("Parameters");
    state.result_path = fields.reference_filter("ResultPath");
  }
  parse_transition(fields, state);
  return pass;
}

std::optional<Text> parse_text(Fields& fields, const std::string& field) {
  if (fields.jsonata()) {
    if (auto computed = fields.expression(field)) return Text(std::move(*computed));
    const auto fixed = fields.string(field);
    return fixed ? std::optional<Text>(*fixed) : std::nullopt;
  }
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

Fail parse_fail(Fields& fields) {
  Fail fail;
  fail.error = parse_text(fields, "Error");
  fail.cause = parse_text(fields, "Cause");
  if (!fields.jsonata()) fields.accept({"Error", "ErrorPath", "Cause", "CausePath"});
  return fail;
}

void parse_common(Fields& fields, const std::string& type, State& state) {
  if (type == "Fail") return;
  if (type != "Succeed") state.assign = parse_assign(fields);
  if (fields.jsonata()) {
    state.output = fields.payload_template("Output");
  } else {
    state.input_path = fields.path_filter("InputPath");
    state.output_path = fields.path_filter("OutputPath");
  }
}

void parse_body(Fields& fields, const std::string& type, State& state) {
  parse_common(fields, type, state);
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

// A field of the other language gets a better message than an unknown one.
void refuse_other_language(Fields& fields) {
  constexpr std::array json_path = {"InputPath",
                                    "OutputPath",
                                    "Parameters",
                                    "ResultSelector",
                                    "ResultPath",
                                    "Result",
                                    "SecondsPath",
                                    "TimestampPath",
                                    "TimeoutSecondsPath",
                                    "HeartbeatSecondsPath",
                                    "ErrorPath",
                                    "CausePath",
                                    "ItemsPath",
                                    "MaxConcurrencyPath",
                                    "ToleratedFailureCountPath",
                                    "ToleratedFailurePercentagePath"};
  constexpr std::array jsonata = {"Arguments", "Output", "Items"};
  const auto refuse = [&](const char* field, const char* theirs, const char* ours) {
    if (fields.get(field))
      fields.problem(field, fmt::format("{} belongs to the query language {}, and this state "
                                        "speaks {}",
                                        field, theirs, ours));
  };
  if (fields.jsonata()) {
    for (const char* field : json_path) refuse(field, "JSONPath", "JSONata");
  } else {
    for (const char* field : jsonata) refuse(field, "JSONata", "JSONPath");
  }
}

bool is_letter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || (c & 0x80) != 0;
}

void check_variable(const Fields& fields, std::string_view name) {
  const std::string place(name);
  if (!fields.jsonata() && name.ends_with(".$")) name.remove_suffix(2);
  const bool identifier =
      !name.empty() && is_letter(name.front()) && std::all_of(name.begin(), name.end(), [](char c) {
        return is_letter(c) || (c >= '0' && c <= '9');
      });
  if (!identifier)
    fields.problem(place, fmt::format("a variable's name is made of letters, digits and _, and "
                                      "begins with a letter; found \"{}\"",
                                      name));
  if (name == "states") fields.problem(place, "the variable states is reserved");
  if (characters(std::string(name)) > max_name)
    fields.problem(place, fmt::format("a variable's name has at most {} characters", max_name));
}

}  // namespace

QueryLanguage parse_language(Fields& fields) {
  const auto text = fields.string("QueryLanguage");
  if (!text) return fields.machine_language;
  if (*text != "JSONPath" && *text != "JSONata")
    fields.problem("QueryLanguage",
                   fmt::format("QueryLanguage must be JSONPath or JSONata, found \"{}\"", *text));
  if (*text != "JSONata" && fields.machine_language == QueryLanguage::jsonata)
    fields.problem("QueryLanguage",
                   "'QueryLanguage' can not be 'JSONPath' if set to 'JSONata' for "
                   "whole state machine");
  return *text == "JSONata" ? QueryLanguage::jsonata : QueryLanguage::json_path;
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

void parse_result(Fields& fields, State& state) {
  if (fields.jsonata()) {
    state.parameters = fields.payload_template("Arguments");
    return;
  }
  state.parameters = fields.payload_template("Parameters");
  state.result_selector = fields.payload_template("ResultSelector");
  state.result_path = fields.reference_filter("ResultPath");
}

std::optional<PayloadTemplate> parse_assign(Fields& fields) {
  const auto* object = fields.object("Assign");
  if (!object) return std::nullopt;
  const auto assign = fields.nested(*object, fields.at("Assign"));
  for (const auto& [name, value] : *object) check_variable(assign, {name.data(), name.size()});
  return fields.payload_template("Assign");
}

State parse_state(const std::string& name, const bj::value& value, const std::string& pointer,
                  const Fields& owner) {
  State state;
  state.name = name;
  const auto* object = value.if_object();
  if (!object) {
    owner.problems().push_back(
        {pointer, "a state must be an object, found " + describe_type(value)});
    return state;
  }
  auto fields = owner.nested(*object, pointer);
  if (characters(name) > max_name)
    fields.problem("", fmt::format("the name of a state has at most {} characters, found {}",
                                   max_name, characters(name)));
  state.comment = fields.string("Comment").value_or("");
  state.language = fields.language = parse_language(fields);
  const auto type = fields.required_string("Type");
  if (known_type(type)) {
    parse_body(fields, type, state);
    refuse_other_language(fields);
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
        name,
        parse_state(name, value, fields.at("States") + "/" + json::pointer_token(name), fields));
  }
  return flow;
}

}  // namespace orch::asl
