// Runs a PathProgram. The leading steps that name one place are followed by a loop; from the first
// wildcard, slice, union, filter or `..` on, matches are collected recursively and misses are
// silent, as in Jayway. The words of the misses are Jayway's too: the service shows them.
#include <algorithm>
#include <limits>

#include <fmt/format.h>

#include "orchestrator/asl/failure.h"
#include "orchestrator/asl/path_follow.h"
#include "orchestrator/asl/path_program.h"
#include "orchestrator/asl/value.h"
#include "orchestrator/base/time_slice.h"

namespace orch::asl {
namespace {

namespace bj = boost::json;
using Answer = std::variant<bj::value, NoValue>;

// A document that was built, not parsed, may nest deeper than JSON text is allowed to.
constexpr int max_descent = 1000;

void spend(const PathInput& input) {
  if (*input.budget == 0)
    throw EvaluationError({"States.Runtime", "A JSONPath visits too many places of its input."});
  if (--*input.budget % 4'096 == 0) TimeSlice::look();
}

/// Counts the places of a match against the budget: the answer is a copy, and matches of `..`
/// contain each other.
void spend_all(const PathInput& input, const bj::value& match) {
  spend(input);
  if (const auto* object = match.if_object())
    for (const auto& entry : *object) spend_all(input, entry.value());
  if (const auto* array = match.if_array())
    for (const auto& item : *array) spend_all(input, item);
}

struct Fragment {
  std::string operator()(const step::Name& s) const { return "['" + s.name + "']"; }
  std::string operator()(const step::Names& s) const {
    return fmt::format("['{}']", fmt::join(s.names, "','"));
  }
  std::string operator()(const step::Index& s) const { return fmt::format("[{}]", s.index); }
  std::string operator()(const step::FromEnd& s) const {
    return fmt::format("[(@.length-{})]", s.count);
  }
  std::string operator()(const step::Indexes& s) const {
    return fmt::format("[{}]", fmt::join(s.indexes, ","));
  }
  std::string operator()(const step::Slice& s) const {
    return fmt::format("[{}:{}]", s.from ? std::to_string(*s.from) : "",
                       s.to ? std::to_string(*s.to) : "");
  }
  std::string operator()(const step::Wildcard&) const { return "[*]"; }
  std::string operator()(const step::Descend&) const { return ".."; }
  std::string operator()(const step::Filter&) const { return "[?]"; }
};

std::string fragments(const PathProgram& program, std::size_t from, std::size_t to) {
  std::string text;
  for (auto i = from; i < to; ++i) text += std::visit(Fragment{}, program.steps[i]);
  return text;
}

std::string canonical(const PathProgram& program, std::size_t count) {
  return "$" + fragments(program, 0, count);
}

std::string_view java_class(const bj::value& value) {
  switch (value.kind()) {
    case bj::kind::null:
      return "null";
    case bj::kind::bool_:
      return "java.lang.Boolean";
    case bj::kind::int64: {
      const auto number = value.get_int64();
      const bool small = number >= std::numeric_limits<std::int32_t>::min() &&
                         number <= std::numeric_limits<std::int32_t>::max();
      return small ? "java.lang.Integer" : "java.lang.Long";
    }
    case bj::kind::uint64:
      return "java.math.BigInteger";
    case bj::kind::double_:
      return "java.lang.Double";
    case bj::kind::string:
      return "java.lang.String";
    case bj::kind::array:
      return "java.util.ArrayList";
    case bj::kind::object:
      return "java.util.LinkedHashMap";
  }
  return "";
}

NoValue not_an_object(const PathProgram& program, const Stop& stop) {
  return {
      fmt::format("Expected to find an object with property {} in path {} but found '{}'. This "
                  "is not a json object according to the JsonProvider: "
                  "'com.jayway.jsonpath.spi.json.JacksonJsonProvider'.",
                  fragments(program, stop.step, stop.step + 1), canonical(program, stop.step),
                  java_class(*stop.at))};
}

NoValue not_an_array(const PathProgram& program, const Stop& stop) {
  if (stop.at->is_null())
    return {fmt::format("The path {} is null", canonical(program, stop.step))};
  return {fmt::format("Filter: {} can only be applied to arrays. Current context is: {}",
                      fragments(program, stop.step, program.steps.size()), java_text(*stop.at)),
          false};
}

NoValue not_filterable(const PathProgram& program, const Stop& stop) {
  return {fmt::format("Filter: {} can not be applied to primitives. Current context is: {}",
                      fragments(program, stop.step, program.steps.size()), java_text(*stop.at)),
          false};
}

/// ['a','b'] can only end a path.
EvaluationError names_before_the_end(const PathProgram& program, std::size_t step) {
  const auto& names = std::get<step::Names>(program.steps[step]).names;
  return EvaluationError(
      {"States.Runtime",
       fmt::format("Invalid path '{}' : Multi properties can only be used as path leafs: {}['{}']",
                   program.text, canonical(program, step), fmt::join(names, "', '"))});
}

/// Collects the matches of the steps after the definite ones.
class Expansion {
 public:
  Expansion(const PathProgram& program, const PathInput& input, bj::array& out)
      : program_(program), steps_(program.steps), input_(input), out_(out) {}

  void visit(std::size_t i, const bj::value& at) {
    if (i == steps_.size()) {
      spend_all(input_, at);
      out_.push_back(at);
    } else {
      spend(input_);
      std::visit([&](const auto& step) { take(step, i, at); }, steps_[i]);
    }
  }

 private:
  void take(const step::Name& step, std::size_t i, const bj::value& at) {
    if (const auto* next = member(at, step.name)) visit(i + 1, *next);
  }

  void take(const step::Names& step, std::size_t i, const bj::value& at) {
    if (!at.is_object()) return;
    if (i + 1 < program_.steps.size()) throw names_before_the_end(program_, i);
    out_.push_back(merged(step, at.get_object()));
  }

  void take(const step::Index& step, std::size_t i, const bj::value& at) {
    if (const auto* next = element(at, step.index)) visit(i + 1, *next);
  }

  void take(const step::FromEnd& step, std::size_t i, const bj::value& at) {
    if (const auto* next = element(at, -step.count)) visit(i + 1, *next);
  }

  void take(const step::Indexes& step, std::size_t i, const bj::value& at) {
    for (const auto index : step.indexes)
      if (const auto* next = element(at, index)) visit(i + 1, *next);
  }

  void take(const step::Slice& step, std::size_t i, const bj::value& at) {
    if (!at.is_array()) return;
    const auto length = static_cast<std::int64_t>(at.get_array().size());
    auto from = step.from.value_or(0);
    auto to = step.to.value_or(length);
    // Jayway wraps a negative bound only when it stands alone; between two bounds each index wraps.
    if (!step.to && from < 0) from = std::max<std::int64_t>(from + length, 0);
    if (!step.from && to < 0) to += length;
    from = std::max(from, -length);
    to = std::min(to, length);
    for (auto index = from; index < to; ++index)
      if (const auto* next = element(at, index)) visit(i + 1, *next);
  }

  void take(const step::Wildcard&, std::size_t i, const bj::value& at) {
    each_child(at, [&](const bj::value& child) { visit(i + 1, child); });
  }

  void take(const step::Filter& step, std::size_t i, const bj::value& at) {
    if (at.is_object()) {
      if (accepts(*step.condition, at, input_)) visit(i + 1, at);
    } else if (at.is_array()) {
      for (const auto& item : at.get_array()) {
        spend(input_);
        if (accepts(*step.condition, item, input_)) visit(i + 1, item);
      }
    }
  }

  void take(const step::Descend&, std::size_t i, const bj::value& at) { descend(i + 1, at, 0); }

  void descend(std::size_t target, const bj::value& at, int depth) {
    if (depth > max_descent)
      throw EvaluationError({"States.Runtime", "The input of a JSONPath nests too deeply."});
    spend(input_);
    if (concerns(steps_[target], at)) visit(target, at);
    each_child(at, [&](const bj::value& child) { descend(target, child, depth + 1); });
  }

  /// Whether `..` tries its step at this place: a filter first asks about the place itself, names
  /// to be merged must all be there.
  bool concerns(const Step& step, const bj::value& at) const {
    if (const auto* filter = std::get_if<step::Filter>(&step))
      return at.is_structured() && accepts(*filter->condition, at, input_);
    const auto* names = std::get_if<step::Names>(&step);
    if (names == nullptr) return true;
    return std::all_of(names->names.begin(), names->names.end(),
                       [&](const auto& name) { return member(at, name) != nullptr; });
  }

  template <class F>
  void each_child(const bj::value& at, F f) const {
    if (at.is_object())
      for (const auto& entry : at.get_object()) f(entry.value());
    if (at.is_array())
      for (const auto& item : at.get_array()) f(item);
  }

  static bj::object merged(const step::Names& step, const bj::object& from) {
    bj::object out;
    for (const auto& name : step.names)
      if (const auto* value = from.if_contains(name)) out.insert_or_assign(name, *value);
    return out;
  }

  const PathProgram& program_;
  const std::vector<Step>& steps_;
  const PathInput& input_;
  bj::array& out_;
};

/// Why the first step that is not definite cannot be applied at all, if so.
std::optional<NoValue> refusal(const PathProgram& program, const bj::value& at) {
  const auto i = program.definite_steps;
  if (i == program.steps.size()) return std::nullopt;
  const auto& step = program.steps[i];
  const bool wants_array =
      std::holds_alternative<step::Indexes>(step) || std::holds_alternative<step::Slice>(step);
  if (wants_array && !at.is_array()) return not_an_array(program, {i, &at});
  if (std::holds_alternative<step::Names>(step) && !at.is_object())
    return not_an_object(program, {i, &at});
  if (std::holds_alternative<step::Filter>(step) && !at.is_structured())
    return not_filterable(program, {i, &at});
  return std::nullopt;
}

/// The answer of the steps, without the functions.
Answer expand(const PathProgram& program, const bj::value& at, const PathInput& input) {
  const bool one = program.definite_steps + 1 == program.steps.size() &&
                   std::holds_alternative<step::Names>(program.steps.back());
  if (const auto none = refusal(program, at)) {
    if (one || !none->missing) return *none;
    return bj::value(bj::array());
  }
  bj::array matches;
  Expansion(program, input, matches).visit(program.definite_steps, at);
  if (one) return std::move(matches.front());
  return bj::value(std::move(matches));
}

Answer call_all(const PathProgram& program, Answer subject, const PathInput& input) {
  for (const auto& call : program.calls) {
    if (std::holds_alternative<NoValue>(subject)) break;
    subject = apply(call, std::get<bj::value>(subject), input);
  }
  return subject;
}

}  // namespace

const bj::value* member(const bj::value& at, std::string_view name) {
  return at.is_object() ? at.get_object().if_contains(name) : nullptr;
}

const bj::value* element(const bj::value& at, std::int64_t index) {
  if (!at.is_array()) return nullptr;
  const auto& array = at.get_array();
  if (index < 0) index += static_cast<std::int64_t>(array.size());
  return index >= 0 ? array.if_contains(static_cast<std::size_t>(index)) : nullptr;
}

const bj::value* one_step(const bj::value& at, const Step& step, bool last) {
  if (const auto* name = std::get_if<step::Name>(&step)) return member(at, name->name);
  if (const auto* end = std::get_if<step::FromEnd>(&step)) return element(at, -end->count);
  const auto index = std::get<step::Index>(step).index;
  // The service finds nothing below a negative index.
  return index < 0 && !last ? nullptr : element(at, index);
}

const bj::value* follow(const PathProgram& program, const bj::value& start, Stop& stop) {
  const auto* at = &start;
  for (std::size_t i = 0; i < program.definite_steps; ++i) {
    const auto* next = one_step(*at, program.steps[i], i + 1 == program.steps.size());
    if (next == nullptr) {
      stop = {i, at};
      return nullptr;
    }
    at = next;
  }
  return at;
}

NoValue explain(const PathProgram& program, const Stop& stop) {
  const auto end = program.steps.size();
  if (!std::holds_alternative<step::Name>(program.steps[stop.step])) {
    if (!stop.at->is_array()) return not_an_array(program, stop);
    return {"No results for path: " + canonical(program, end)};
  }
  if (!stop.at->is_object()) return not_an_object(program, stop);
  const bool last = stop.step + 1 == end && program.calls.empty();
  if (last) return {"No results for path: " + canonical(program, end)};
  return {"Missing property in path " + canonical(program, stop.step + 1)};
}

Answer run(const PathProgram& program, const bj::value& start, const PathInput& input) {
  Stop stop;
  const auto* at = follow(program, start, stop);
  if (at == nullptr) {
    auto none = explain(program, stop);
    if (program.single || !none.missing) return none;
    return bj::value(bj::array());
  }
  if (program.definite()) return *at;
  auto answer =
      program.definite_steps == program.steps.size() ? Answer(*at) : expand(program, *at, input);
  return call_all(program, std::move(answer), input);
}

}  // namespace orch::asl
