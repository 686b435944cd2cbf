#include "orchestrator/base/utf8.h"

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <utility>

#include <fmt/format.h>

namespace orch {
namespace {

/// The length of a sequence by its first byte, and the range of its second byte; length 0: no
/// sequence starts so.
struct Lead {
  std::size_t length;
  unsigned char low;
  unsigned char high;
};

Lead lead_of(unsigned char first) {
  if (first < 0x80) return {1, 0, 0};
  if (first < 0xc2) return {0, 0, 0};
  if (first < 0xe0) return {2, 0x80, 0xbf};
  if (first == 0xe0) return {3, 0xa0, 0xbf};
  if (first == 0xed) return {3, 0x80, 0x9f};
  if (first < 0xf0) return {3, 0x80, 0xbf};
  if (first == 0xf0) return {4, 0x90, 0xbf};
  if (first < 0xf4) return {4, 0x80, 0xbf};
  if (first == 0xf4) return {4, 0x80, 0x8f};
  return {0, 0, 0};
}

/// How many bytes of the sequence at the start of `text` are right, up to its length.
std::size_t right_bytes(std::string_view text, const Lead& lead) {
  if (lead.length == 0) return 0;
  std::size_t good = 1;
  while (good < lead.length && good < text.size()) {
    const auto byte = static_cast<unsigned char>(text[good]);
    const unsigned char low = good == 1 ? lead.low : 0x80;
    const unsigned char high = good == 1 ? lead.high : 0xbf;
    if (byte < low || byte > high) break;
    ++good;
  }
  return good;
}

std::size_t skip_ascii(std::string_view text, std::size_t at) {
  constexpr std::uint64_t high_bits = 0x8080808080808080;
  std::uint64_t word = 0;
  while (at + sizeof word <= text.size()) {
    std::memcpy(&word, text.data() + at, sizeof word);
    if (word & high_bits) break;
    at += sizeof word;
  }
  while (at < text.size() && static_cast<unsigned char>(text[at]) < 0x80) ++at;
  return at;
}

/// A character that acts, at the front of `text`: its code and its length; else length 0.
struct Acting {
  char32_t code = 0;
  std::size_t length = 0;
};

Acting acting_front(std::string_view text) {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  const auto first = byte(0);
  if ((first < 0x20 && first != '\n' && first != '\t') || first == 0x7f) return {first, 1};
  if (first == 0xc2 && text.size() > 1 && byte(1) >= 0x80 && byte(1) < 0xa0) return {byte(1), 2};
  if (first != 0xe2 || text.size() < 3) return {};
  const char32_t code = 0x2000U | ((byte(1) & 0x3fU) << 6U) | (byte(2) & 0x3fU);
  const bool acts = (code >= 0x2028 && code <= 0x202e) || (code >= 0x2066 && code <= 0x2069);
  return acts ? Acting{code, 3} : Acting{};
}

template <class Instead>
std::string acting_replaced(std::string text, const Instead& instead) {
  std::string out;
  std::size_t copied = 0;
  for (std::size_t at = 0; at < text.size();) {
    const auto acting = acting_front(std::string_view(text).substr(at));
    if (acting.length == 0) {
      ++at;
      continue;
    }
    out.append(text, copied, at - copied);
    out += instead(acting.code);
    copied = at += acting.length;
  }
  if (copied == 0) return text;
  return out.append(text, copied);
}

}  // namespace

std::size_t valid_prefix(std::string_view text) {
  std::size_t at = 0;
  while ((at = skip_ascii(text, at)) < text.size()) {
    const auto lead = lead_of(static_cast<unsigned char>(text[at]));
    if (lead.length == 0 || right_bytes(text.substr(at), lead) != lead.length) break;
    at += lead.length;
  }
  return at;
}

bool cut_short(std::string_view rest) {
  if (rest.empty()) return false;
  const auto lead = lead_of(static_cast<unsigned char>(rest.front()));
  return rest.size() < lead.length && right_bytes(rest, lead) == rest.size();
}

std::string repaired(std::string_view bytes) {
  std::string text;
  while (!bytes.empty()) {
    const auto good = valid_prefix(bytes);
    text += bytes.substr(0, good);
    bytes.remove_prefix(good);
    if (bytes.empty()) break;
    text += "\xef\xbf\xbd";
    bytes.remove_prefix(1);
  }
  return text;
}

std::string printable(std::string_view bytes) {
  return acting_replaced(repaired(bytes), [](char32_t) { return std::string("?"); });
}

std::string one_line(std::string_view bytes) {
  auto text = printable(bytes);
  std::replace_if(
      text.begin(), text.end(), [](char c) { return c == '\n' || c == '\t'; }, ' ');
  return text;
}

std::string printable_json(std::string json) {
  return acting_replaced(std::move(json), [](char32_t code) {
    return fmt::format("\\u{:04x}", static_cast<std::uint32_t>(code));
  });
}

}  // namespace orch
