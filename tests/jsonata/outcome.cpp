#include "tests/jsonata/outcome.h"

#include <algorithm>
#include <vector>

#include "orchestrator/json/text.h"

namespace orch::jsonata::test {
namespace {

namespace bj = boost::json;

constexpr std::int64_t now = 1'509'380'732'935;  // 2017-10-30T16:25:32.935Z
constexpr std::int64_t most_steps = 200'000'000;

bj::object described(const Error& error) {
  bj::object about{{"code", error.code()}, {"message", error.what()}};
  if (error.position) about["position"] = *error.position;
  if (error.token) about["token"] = *error.token;
  if (!error.function_name.empty()) about["functionName"] = error.function_name;
  if (error.value) about["value"] = *error.value;
  if (error.index > 0) about["index"] = error.index;
  return {{"error", std::move(about)}};
}

bool same_items(const bj::array& a, const bj::array& b, bool unordered) {
  if (a.size() != b.size()) return false;
  const auto equal = [](const bj::value& x, const bj::value& y) { return same(x, y); };
  return unordered ? std::is_permutation(a.begin(), a.end(), b.begin(), equal)
                   : std::equal(a.begin(), a.end(), b.begin(), equal);
}

bool same_members(const bj::object& a, const bj::object& b) {
  return a.size() == b.size() && std::all_of(a.begin(), a.end(), [&](const auto& member) {
           const auto* other = b.if_contains(member.key());
           return other != nullptr && same(member.value(), *other);
         });
}

std::string different(const bj::value& expected, const bj::object& got) {
  return "expected " + json::write(expected) + ", got " + json::write(got);
}

}  // namespace

Environment environment() {
  Environment made;
  made.now = now;
  made.seed = 42;
  made.limits.steps = most_steps;
  return made;
}

bj::object outcome(std::string_view expression, const bj::value* input, const Bindings& bindings,
                   const Environment& environment, Options options) {
  try {
    const auto result =
        Expression::parse(expression, options).evaluate(input, bindings, environment);
    if (result) return {{"result", *result}};
    return {{"undefined", true}};
  } catch (const Error& error) {
    return described(error);
  } catch (const NotJson&) {
    return {{"function", true}};
  }
}

Bindings bindings_of(const bj::object& object) {
  Bindings bindings;
  for (const auto& [name, value] : object)
    bindings.emplace_back(std::string_view(name.data(), name.size()), &value);
  return bindings;
}

bool same(const bj::value& a, const bj::value& b, bool unordered) {
  if (a.is_number() && b.is_number()) return a.to_number<double>() == b.to_number<double>();
  if (a.is_array() && b.is_array()) return same_items(a.get_array(), b.get_array(), unordered);
  if (a.is_object() && b.is_object()) return same_members(a.get_object(), b.get_object());
  return a == b;
}

std::string mismatch(const bj::object& expected, const bj::object& got, bool unordered) {
  const auto* error = expected.if_contains("error");
  if (error == nullptr) {
    for (const auto* kind : {"result", "undefined", "function"}) {
      const auto* wanted = expected.if_contains(kind);
      const auto* found = got.if_contains(kind);
      if (wanted != nullptr && (found == nullptr || !same(*wanted, *found, unordered)))
        return different(expected, got);
    }
    return {};
  }
  const auto* found = got.if_contains("error");
  if (found == nullptr) return different(expected, got);
  for (const auto& [key, value] : error->as_object()) {
    const auto* field = found->as_object().if_contains(key);
    if (field == nullptr || !same(value, *field)) return different(expected, got);
  }
  return {};
}

}  // namespace orch::jsonata::test
