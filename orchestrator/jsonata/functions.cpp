// Names, signatures and arities of the functions of the language.
#include "orchestrator/jsonata/functions.h"

#include <algorithm>
#include <array>

#include "orchestrator/jsonata/signature.h"

namespace orch::jsonata {
namespace {

using Offered = Native::Offered;

// Sorted by name. The arity is how many arguments the reference implementation declares: that many
// a higher-order function offers.
const std::array natives = {
    Native{"abs", "<n-:n>", 1, functions::abs},
    Native{"append", "<xx:a>", 2, functions::append_arrays},
    Native{"assert", "<bs?:x>", 2, functions::assert_that},
    Native{"average", "<a<n>:n>", 1, functions::average},
    Native{"base64decode", "<s-:s>", 1, functions::base64_decode},
    Native{"base64encode", "<s-:s>", 1, functions::base64_encode},
    Native{"boolean", "<x-:b>", 1, functions::boolean},
    Native{"ceil", "<n-:n>", 1, functions::ceil},
    Native{"clone", "<(oa)-:o>", 1, functions::clone_value},
    Native{"contains", "<s-(sf):b>", 2, functions::contains},
    Native{"count", "<a:n>", 1, functions::count},
    Native{"decodeUrl", "<s-:s>", 1, functions::decode_url},
    Native{"decodeUrlComponent", "<s-:s>", 1, functions::decode_url_component},
    Native{"distinct", "<x:x>", 1, functions::distinct},
    Native{"each", "<o-f:a>", 2, functions::each},
    Native{"encodeUrl", "<s-:s>", 1, functions::encode_url},
    Native{"encodeUrlComponent", "<s-:s>", 1, functions::encode_url_component},
    Native{"error", "<s?:x>", 1, functions::error},
    Native{"eval", "<sx?:x>", 2, functions::eval, Offered::elsewhere},
    Native{"exists", "<x:b>", 1, functions::exists},
    Native{"filter", "<af>", 2, functions::filter},
    Native{"floor", "<n-:n>", 1, functions::floor},
    Native{"formatBase", "<n-n?:s>", 2, functions::format_base},
    Native{"formatInteger", "<n-s:s>", 2, functions::format_integer},
    Native{"formatNumber", "<n-so?:s>", 3, functions::format_number},
    Native{"fromMillis", "<n-s?s?:s>", 3, functions::from_millis},
    Native{"hash", "<ss:s>", 2, functions::hash, Offered::step_functions},
    Native{"join", "<a<s>s?:s>", 2, functions::join},
    Native{"keys", "<x-:a<s>>", 1, functions::keys},
    Native{"length", "<s-:n>", 1, functions::length},
    Native{"lookup", "<x-s:x>", 2, functions::lookup_key},
    Native{"lowercase", "<s-:s>", 1, functions::lowercase},
    Native{"map", "<af>", 2, functions::map},
    Native{"match", "<s-f<s:o>n?:a<o>>", 3, functions::match},
    Native{"max", "<a<n>:n>", 1, functions::max},
    Native{"merge", "<a<o>:o>", 1, functions::merge},
    Native{"millis", "<:n>", 0, functions::millis},
    Native{"min", "<a<n>:n>", 1, functions::min},
    Native{"not", "<x-:b>", 1, functions::negate},
    Native{"now", "<s?s?:s>", 2, functions::now},
    Native{"number", "<(nsb)-:n>", 1, functions::number},
    Native{"pad", "<s-ns?:s>", 3, functions::pad},
    Native{"parse", "<s-:x>", 1, functions::parse, Offered::step_functions},
    Native{"parseInteger", "<s-s:n>", 2, functions::parse_integer},
    Native{"partition", "<an:a>", 2, functions::partition, Offered::step_functions},
    Native{"power", "<n-n:n>", 2, functions::power},
    Native{"random", "<n?:n>", 0, functions::seeded_random},
    Native{"range", "<nnn:a>", 3, functions::range, Offered::step_functions},
    Native{"reduce", "<afj?:j>", 3, functions::reduce},
    Native{"replace", "<s-(sf)(sf)n?:s>", 4, functions::replace},
    Native{"reverse", "<a:a>", 1, functions::reverse},
    Native{"round", "<n-n?:n>", 2, functions::round},
    Native{"shuffle", "<a:a>", 1, functions::shuffle},
    Native{"sift", "<o-f?:o>", 2, functions::sift},
    Native{"single", "<af?>", 2, functions::single},
    Native{"sort", "<af?:a>", 2, functions::sort},
    Native{"split", "<s-(sf)n?:a<s>>", 3, functions::split},
    Native{"spread", "<x-:a<o>>", 1, functions::spread},
    Native{"sqrt", "<n-:n>", 1, functions::sqrt},
    Native{"string", "<x-b?:s>", 1, functions::string},
    Native{"substring", "<s-nn?:s>", 3, functions::substring},
    Native{"substringAfter", "<s-s:s>", 2, functions::substring_after},
    Native{"substringBefore", "<s-s:s>", 2, functions::substring_before},
    Native{"sum", "<a<n>:n>", 1, functions::sum},
    Native{"toMillis", "<s-s?:n>", 2, functions::to_millis},
    Native{"trim", "<s-:s>", 1, functions::trim},
    Native{"type", "<x:s>", 1, functions::type},
    Native{"uppercase", "<s-:s>", 1, functions::uppercase},
    Native{"uuid", "<:s>", 0, functions::uuid, Offered::step_functions},
    Native{"zip", "<a+>", 0, functions::zip},
};

}  // namespace

const Native* find_native(std::string_view name) {
  const auto* found = std::lower_bound(
      natives.begin(), natives.end(), name,
      [](const Native& native, std::string_view wanted) { return native.name < wanted; });
  return found != natives.end() && found->name == name ? found : nullptr;
}

std::size_t native_count() { return natives.size(); }

std::size_t native_index(const Native& native) {
  return static_cast<std::size_t>(&native - natives.data());
}

const Signature& signature_of(const Native& native) {
  static const auto signatures = [] {
    std::vector<Signature> parsed;
    parsed.reserve(std::size(natives));
    for (const auto& each : natives) parsed.push_back(Signature::parse(each.signature));
    return parsed;
  }();
  return signatures[native_index(native)];
}

}  // namespace orch::jsonata
