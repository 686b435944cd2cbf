#include "orchestrator/base/utf8.h"

#include <algorithm>
#include <cstdint>
#include <cstring>

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
  auto text = repaired(bytes);
  const auto commands = [](unsigned char c) {
    return (c < 0x20 && c != '\n' && c != '\t') || c == 0x7f;
  };
  std::replace_if(text.begin(), text.end(), commands, '?');
  return text;
}

}  // namespace orch
