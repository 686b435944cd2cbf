// States.JsonMerge, JsonToString, StringToJson, MathAdd and MathRandom.
#include <limits>

#include "orchestrator/asl/intrinsic_program.h"
#include "orchestrator/asl/random.h"
#include "orchestrator/json/text.h"

namespace orch::asl {
namespace {

namespace bj = boost::json;

/// Members of the second object win, in the place of the first. Anything but true asks for the
/// shallow merge, the only one there is.
bj::value merge(const Invocation& call) {
  auto merged = call.object(0);
  const auto& second = call.object(1);
  if (call.any(2) == bj::value(true))
    call.refuse("deep merge is not supported, argument 3 must be false");
  for (const auto& [key, value] : second) merged.insert_or_assign(key, value);
  return merged;
}

bj::value to_string(const Invocation& call) {
  return bj::value(bj::string(json::write(call.any(0))));
}

bj::value from_string(const Invocation& call) {
  const auto text = call.text(0);
  if (text.find_first_not_of(" \t\r\n") == text.npos) return bj::value(nullptr);
  try {
    return json::parse(text);
  } catch (const json::SyntaxError& problem) {
    call.refuse(std::string("argument 1 is not JSON, ") + problem.what());
  }
}

std::int64_t within_int(const Invocation& call, std::int64_t number) {
  if (number < std::numeric_limits<std::int32_t>::min() ||
      number > std::numeric_limits<std::int32_t>::max())
    call.refuse(std::to_string(number) + " does not fit 32 bits");
  return number;
}

bj::value add(const Invocation& call) {
  const auto sum = within_int(call, call.rounded(0)) + within_int(call, call.rounded(1));
  return bj::value(within_int(call, sum));
}

bj::value random(const Invocation& call) {
  const auto start = call.whole(0);
  const auto end = call.whole(1);
  if (start >= end) call.refuse("the start must be below the end");
  Random source(call.size() == 3 ? static_cast<std::uint64_t>(call.whole(2)) : call.seed());
  const auto width = static_cast<std::uint64_t>(end) - static_cast<std::uint64_t>(start);
  return bj::value(
      static_cast<std::int64_t>(static_cast<std::uint64_t>(start) + source.below(width)));
}

constexpr std::array data_table = {
    IntrinsicFunction{"States.JsonMerge", 3, 3, merge},
    IntrinsicFunction{"States.JsonToString", 1, 1, to_string},
    IntrinsicFunction{"States.MathAdd", 2, 2, add},
    IntrinsicFunction{"States.MathRandom", 2, 3, random},
    IntrinsicFunction{"States.StringToJson", 1, 1, from_string},
};

}  // namespace

std::span<const IntrinsicFunction> data_functions() { return data_table; }

}  // namespace orch::asl
