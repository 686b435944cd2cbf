// States.Array… . Counts and indexes lose their fraction as on the service (intValue).
#include <algorithm>
#include <unordered_set>

#include "orchestrator/asl/intrinsic_program.h"
#include "orchestrator/asl/value.h"

namespace orch::asl {
namespace {

namespace bj = boost::json;

constexpr std::size_t longest_range = 1000;

bj::value make_array(const Invocation& call) {
  bj::array items;
  items.reserve(call.size());
  for (std::size_t i = 0; i < call.size(); ++i) items.push_back(call.any(i));
  return items;
}

bj::value partition(const Invocation& call) {
  const auto& items = call.array(0);
  const auto size = call.whole(1);
  if (size < 1) call.refuse("the size of a chunk must be at least 1");
  bj::array chunks;
  for (std::size_t i = 0; i < items.size(); ++i) {
    if (i % static_cast<std::uint64_t>(size) == 0) chunks.emplace_back(bj::array());
    chunks.back().get_array().push_back(items[i]);
  }
  return chunks;
}

/// The service compares the text of values: true is in ["true"], {"a":1,"b":2} not in
/// [{"b":2,"a":1}].
bj::value contains(const Invocation& call) {
  const auto wanted = java_text(call.any(1));
  const auto& items = call.array(0);
  return bj::value(std::any_of(items.begin(), items.end(), [&](const bj::value& item) {
    if (const auto* text = item.if_string())
      return std::string_view(text->data(), text->size()) == wanted;
    return java_text(item) == wanted;
  }));
}

bj::value range(const Invocation& call) {
  const auto end = call.whole(1);
  const auto step = call.whole(2);
  if (step == 0) call.refuse("the step must not be 0");
  bj::array items;
  bool overflow = false;
  for (auto at = call.whole(0); !overflow && (step > 0 ? at <= end : at >= end);) {
    if (items.size() == longest_range) call.refuse("a range has at most 1000 items");
    items.emplace_back(at);
    overflow = __builtin_add_overflow(at, step, &at);
  }
  return items;
}

bj::value get_item(const Invocation& call) {
  const auto& items = call.array(0);
  const auto index = call.whole(1);
  if (index < 0 || static_cast<std::uint64_t>(index) >= items.size())
    call.refuse("index " + std::to_string(index) + " is outside an array of " +
                std::to_string(items.size()) + " items");
  return items[static_cast<std::size_t>(index)];
}

bj::value length(const Invocation& call) {
  return bj::value(static_cast<std::int64_t>(call.array(0).size()));
}

struct HashPlace {
  std::size_t operator()(const bj::value* value) const { return hash(*value); }
};
struct EqualPlaces {
  bool operator()(const bj::value* a, const bj::value* b) const { return equal(*a, *b); }
};

bj::value unique(const Invocation& call) {
  std::unordered_set<const bj::value*, HashPlace, EqualPlaces> seen;
  bj::array items;
  for (const auto& item : call.array(0))
    if (seen.insert(&item).second) items.push_back(item);
  return items;
}

constexpr std::array array_table = {
    IntrinsicFunction{"States.Array", 0, std::string::npos, make_array},
    IntrinsicFunction{"States.ArrayContains", 2, 2, contains},
    IntrinsicFunction{"States.ArrayGetItem", 2, 2, get_item},
    IntrinsicFunction{"States.ArrayLength", 1, 1, length},
    IntrinsicFunction{"States.ArrayPartition", 2, 2, partition},
    IntrinsicFunction{"States.ArrayRange", 3, 3, range},
    IntrinsicFunction{"States.ArrayUnique", 1, 1, unique},
};

}  // namespace

std::span<const IntrinsicFunction> array_functions() { return array_table; }

}  // namespace orch::asl
