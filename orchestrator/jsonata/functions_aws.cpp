// What AWS Step Functions adds to the language.
#include <algorithm>
#include <array>
#include <cmath>
#include <openssl/evp.h>

#include <fmt/format.h>

#include "orchestrator/json/text.h"
#include "orchestrator/jsonata/errors.h"
#include "orchestrator/jsonata/functions.h"

namespace orch::jsonata::functions {
namespace {

constexpr double longest_range = 1e7;

[[noreturn]] void refuse(std::int64_t index, const Value& value) {
  throw Problem("T0410").index(index).value(value).error();
}

Value from_json(const boost::json::value& document) { return clone(Value::borrow(document)); }

const EVP_MD* algorithm(std::string_view name) {
  constexpr std::array names = {
      std::pair{"MD5", &EVP_md5}, std::pair{"SHA-1", &EVP_sha1}, std::pair{"SHA-256", &EVP_sha256},
      std::pair{"SHA-384", &EVP_sha384}, std::pair{"SHA-512", &EVP_sha512}};
  for (const auto& [known, make] : names) {
    if (name == known) return make();
  }
  return nullptr;
}

double fraction(std::uint64_t bits) { return static_cast<double>(bits >> 11) * 0x1.0p-53; }

}  // namespace

Value partition(Evaluator& evaluator, Arguments& arguments, const Value&) {
  if (!arguments[0].defined()) return {};
  const auto size = std::floor(arguments[1].number());
  if (size < 1) refuse(2, arguments[1]);
  auto parts = new_array();
  for (std::size_t at = 0; at < arguments[0].size();) {
    evaluator.work(1);
    auto part = new_array();
    for (double i = 0; i < size && at < arguments[0].size(); ++i)
      part->items.push_back(arguments[0].at(at++));
    parts->items.push_back(Value::of(std::move(part)));
  }
  return Value::of(std::move(parts));
}

Value range(Evaluator& evaluator, Arguments& arguments, const Value&) {
  for (std::size_t i = 0; i < 3; ++i) {
    if (!arguments[i].is_number()) refuse(static_cast<std::int64_t>(i + 1), arguments[i]);
  }
  const auto first = std::trunc(arguments[0].number());
  const auto last = std::trunc(arguments[1].number());
  const auto step = std::trunc(arguments[2].number());
  if (step == 0) refuse(3, arguments[2]);
  const auto count = std::floor((last - first) / step) + 1;
  if (count > longest_range) throw Problem("D2014").value(Value(count)).error();
  if (count > 0) evaluator.work(static_cast<std::int64_t>(count) / 16);
  auto numbers = new_sequence();
  if (count > 0) numbers->items.reserve(static_cast<std::size_t>(count));
  for (double i = 0; i < count; ++i) numbers->items.emplace_back(first + i * step);
  return Value::of(std::move(numbers));
}

Value hash(Evaluator&, Arguments& arguments, const Value&) {
  if (!arguments[0].defined()) return {};
  const auto text = arguments[0].string();
  const auto* digest = arguments[1].is_string() ? algorithm(arguments[1].string()) : nullptr;
  if (!digest) refuse(2, arguments[1]);
  std::array<unsigned char, EVP_MAX_MD_SIZE> bytes{};
  unsigned int size = 0;
  EVP_Digest(text.data(), text.size(), bytes.data(), &size, digest, nullptr);
  std::string hex;
  for (unsigned int i = 0; i < size; ++i) hex += fmt::format("{:02x}", bytes[i]);
  return Value::text(std::move(hex));
}

// A seed makes the number repeatable, and the same as on the service: java.util.Random's first
// double. Without one every call has another.
Value seeded_random(Evaluator& evaluator, Arguments& arguments, const Value&) {
  if (!arguments[0].defined()) return fraction(evaluator.random());
  constexpr std::uint64_t multiplier = 0x5deece66d, mask = (std::uint64_t{1} << 48) - 1;
  constexpr double most = 9.2e18;  // Java narrows a double to a long by its nearest end
  const auto whole = std::trunc(std::clamp(arguments[0].number(), -most, most));
  auto state = (static_cast<std::uint64_t>(static_cast<std::int64_t>(whole)) ^ multiplier) & mask;
  const auto next = [&](int bits) {
    state = (state * multiplier + 0xb) & mask;
    return state >> (48 - bits);
  };
  const auto high = next(26) << 27;
  return Value(static_cast<double>(high + next(27)) * 0x1p-53);
}

Value uuid(Evaluator& evaluator, Arguments&, const Value&) {
  const auto high = evaluator.random();
  const auto low = evaluator.random();
  return Value::text(fmt::format("{:08x}-{:04x}-4{:03x}-{:04x}-{:012x}", high >> 32,
                                 (high >> 16) & 0xffff, high & 0xfff, 0x8000 | (low >> 50),
                                 low & 0xffff'ffff'ffff));
}

Value parse(Evaluator&, Arguments& arguments, const Value&) {
  if (!arguments[0].defined()) return {};
  try {
    return from_json(json::parse(arguments[0].string()));
  } catch (const json::SyntaxError&) {
    refuse(1, arguments[0]);
  }
}

}  // namespace orch::jsonata::functions
