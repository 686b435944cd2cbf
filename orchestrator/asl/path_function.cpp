// The functions at the end of a path: $.items.length(), $..price.max().
#include <algorithm>
#include <cmath>
#include <functional>
#include <limits>
#include <numeric>

#include <fmt/format.h>

#include "orchestrator/asl/path_follow.h"
#include "orchestrator/asl/path_program.h"
#include "orchestrator/asl/value.h"

namespace orch::asl {
namespace {

namespace bj = boost::json;
using Answer = std::variant<bj::value, NoValue>;
using Function = Call::Function;

NoValue unusable(std::string reason) { return {std::move(reason), false}; }

/// The arguments as values, a list that a path gives counting as its items.
std::vector<bj::value> values_of(const Call& call, const PathInput& input) {
  std::vector<bj::value> values;
  for (const auto& argument : call.arguments) {
    if (const auto* literal = std::get_if<bj::value>(&argument)) {
      values.push_back(*literal);
      continue;
    }
    const auto& program = *std::get<std::shared_ptr<const PathProgram>>(argument);
    const bool of_item = program.root == PathProgram::Root::item && input.item != nullptr;
    auto answer = run(program, of_item ? *input.item : *input.root, input);
    auto* value = std::get_if<bj::value>(&answer);
    if (value == nullptr) continue;
    if (value->is_array()) {
      std::copy(value->get_array().begin(), value->get_array().end(), std::back_inserter(values));
    } else {
      values.push_back(std::move(*value));
    }
  }
  return values;
}

void add_numbers(std::vector<double>& numbers, const bj::value& value) {
  if (value.is_number()) numbers.push_back(value.to_number<double>());
}

double deviation(const std::vector<double>& numbers) {
  const auto count = static_cast<double>(numbers.size());
  const auto mean = std::accumulate(numbers.begin(), numbers.end(), 0.0) / count;
  const auto squares =
      std::accumulate(numbers.begin(), numbers.end(), 0.0,
                      [&](double sum, double n) { return sum + (n - mean) * (n - mean); });
  return std::sqrt(squares / count);
}

Answer aggregate(Function function, const std::vector<double>& numbers) {
  const auto sum = [&] { return std::accumulate(numbers.begin(), numbers.end(), 0.0); };
  switch (function) {
    case Function::min:
      return bj::value(*std::min_element(numbers.begin(), numbers.end()));
    case Function::max:
      return bj::value(*std::max_element(numbers.begin(), numbers.end()));
    case Function::sum:
      return bj::value(sum());
    case Function::avg:
      return bj::value(sum() / static_cast<double>(numbers.size()));
    default:
      return bj::value(deviation(numbers));
  }
}

Answer aggregate(const Call& call, const bj::value& subject, const PathInput& input) {
  std::vector<double> numbers;
  if (subject.is_array())
    for (const auto& item : subject.get_array()) add_numbers(numbers, item);
  for (const auto& value : values_of(call, input)) add_numbers(numbers, value);
  if (numbers.empty())
    return unusable("Aggregation function attempted to calculate value using empty array");
  auto result = aggregate(call.function, numbers);
  if (!std::isfinite(std::get<bj::value>(result).get_double()))
    return unusable(fmt::format("The result of {}() is outside the range of a double", call.name));
  return result;
}

Answer length_of(const bj::value& subject) {
  if (subject.is_array()) return bj::value(static_cast<std::int64_t>(subject.get_array().size()));
  if (subject.is_object()) return bj::value(static_cast<std::int64_t>(subject.get_object().size()));
  return bj::value(nullptr);
}

Answer keys_of(const bj::value& subject) {
  if (!subject.is_object()) return bj::value(nullptr);
  bj::array keys;
  for (const auto& entry : subject.get_object()) keys.emplace_back(entry.key());
  return bj::value(std::move(keys));
}

Answer item_of(const bj::value& subject, std::int64_t index, const Call& call) {
  if (const auto* item = element(subject, index)) return *item;
  return unusable(subject.is_array()
                      ? fmt::format("The array has no item for {}()", call.name)
                      : fmt::format("{}() can only be applied to arrays. Current context is: {}",
                                    call.name, java_text(subject)));
}

Answer index_of(const Call& call, const bj::value& subject, const PathInput& input) {
  const auto arguments = values_of(call, input);
  if (arguments.size() != 1 || !arguments.front().is_int64())
    return unusable("index() expects one whole number");
  return item_of(subject, arguments.front().get_int64(), call);
}

Answer concatenated(const Call& call, const bj::value& subject, const PathInput& input) {
  std::string text;
  if (subject.is_array())
    for (const auto& item : subject.get_array())
      if (item.is_string()) text += java_text(item);
  for (const auto& value : values_of(call, input)) text += java_text(value);
  return bj::value(bj::string(text));
}

Answer appended(const Call& call, const bj::value& subject, const PathInput& input) {
  if (!subject.is_array()) return subject;
  auto items = subject.get_array();
  for (auto& value : values_of(call, input)) items.push_back(std::move(value));
  return bj::value(std::move(items));
}

}  // namespace

Answer apply(const Call& call, const bj::value& subject, const PathInput& input) {
  switch (call.function) {
    case Function::length:
      return length_of(subject);
    case Function::keys:
      return keys_of(subject);
    case Function::first:
      return item_of(subject, 0, call);
    case Function::last:
      return item_of(subject, -1, call);
    case Function::index:
      return index_of(call, subject, input);
    case Function::concat:
      return concatenated(call, subject, input);
    case Function::append:
      return appended(call, subject, input);
    default:
      return aggregate(call, subject, input);
  }
}

}  // namespace orch::asl
