#include "orchestrator/cli/render/text.h"

#include <algorithm>
#include <array>
#include <ctime>
#include <iterator>

#include <fmt/format.h>

#include "orchestrator/base/count.h"
#include "orchestrator/base/utf8.h"

namespace orch::cli::render {
namespace {

struct Range {
  char32_t first;
  char32_t last;
};

// Source: Unicode 15, EastAsianWidth.txt (W and F), joined over unassigned gaps.
constexpr std::array wide = {
    Range{0x1100, 0x115f},   Range{0x231a, 0x231b},   Range{0x2329, 0x232a},
    Range{0x23e9, 0x23ec},   Range{0x25fd, 0x25fe},   Range{0x2614, 0x2615},
    Range{0x26a1, 0x26a1},   Range{0x2705, 0x2705},   Range{0x274c, 0x274c},
    Range{0x2e80, 0x303e},   Range{0x3041, 0x33ff},   Range{0x3400, 0x4dbf},
    Range{0x4e00, 0x9fff},   Range{0xa000, 0xa4cf},   Range{0xac00, 0xd7a3},
    Range{0xf900, 0xfaff},   Range{0xfe30, 0xfe6f},   Range{0xff00, 0xff60},
    Range{0xffe0, 0xffe6},   Range{0x1f300, 0x1f64f}, Range{0x1f680, 0x1f6ff},
    Range{0x1f900, 0x1f9ff}, Range{0x20000, 0x3fffd},
};

// Combining marks, zero-width characters and variation selectors.
constexpr std::array narrowest = {
    Range{0x0300, 0x036f}, Range{0x0483, 0x0489}, Range{0x0591, 0x05bd},
    Range{0x064b, 0x065f}, Range{0x0e34, 0x0e3a}, Range{0x200b, 0x200f},
    Range{0x20d0, 0x20ff}, Range{0xfe00, 0xfe0f}, Range{0xfe20, 0xfe2f},
};

template <std::size_t N>
bool contains(const std::array<Range, N>& ranges, char32_t character) {
  const auto found = std::lower_bound(ranges.begin(), ranges.end(), character,
                                      [](Range range, char32_t c) { return range.last < c; });
  return found != ranges.end() && found->first <= character;
}

struct Character {
  char32_t code = 0;
  std::size_t bytes = 1;
};

std::size_t sequence_length(unsigned char lead) {
  if (lead < 0x80) return 1;
  if (lead >= 0xc2 && lead < 0xe0) return 2;
  if (lead >= 0xe0 && lead < 0xf0) return 3;
  if (lead >= 0xf0 && lead < 0xf5) return 4;
  return 0;
}

// The character at the front of `text`; a byte that is not UTF-8 reads as U+FFFD.
Character front(std::string_view text) {
  const auto lead = static_cast<unsigned char>(text.front());
  const auto length = sequence_length(lead);
  if (length == 1) return {lead, 1};
  if (length == 0 || text.size() < length) return {0xfffd, 1};
  char32_t code = lead & (0xffU >> (length + 1));
  for (std::size_t i = 1; i < length; ++i) {
    const auto next = static_cast<unsigned char>(text[i]);
    if ((next & 0xc0U) != 0x80) return {0xfffd, 1};
    code = (code << 6U) | (next & 0x3fU);
  }
  return {code, length};
}

std::size_t width_of(char32_t code) {
  if (contains(narrowest, code)) return 0;
  return contains(wide, code) ? 2 : 1;
}

}  // namespace

std::size_t display_width(std::string_view text) {
  std::size_t width = 0;
  while (!text.empty()) {
    const auto character = front(text);
    width += width_of(character.code);
    text.remove_prefix(character.bytes);
  }
  return width;
}

std::string fit(std::string_view text, std::size_t width) {
  auto whole = one_line(text);
  if (display_width(whole) <= width) return whole;
  if (width == 0) return {};
  std::size_t used = 0;
  std::size_t end = 0;
  while (end < whole.size()) {
    const auto character = front(std::string_view(whole).substr(end));
    const auto next = used + width_of(character.code);
    if (next > width - 1) break;
    used = next;
    end += character.bytes;
  }
  return whole.substr(0, end) + "…";
}

std::string fit_end(std::string_view text, std::size_t width) {
  auto whole = one_line(text);
  if (whole.size() <= width) return whole;
  return width == 0 ? std::string() : "…" + whole.substr(whole.size() - (width - 1));
}

std::string count_text(std::int64_t count) { return grouped(count); }

std::string rate_text(double per_second) {
  if (per_second >= 999'950) return fmt::format("{:.1f} M/s", per_second / 1e6);
  return count_text(static_cast<std::int64_t>(per_second + 0.5)) + "/s";
}

std::string duration_text(Millis duration) {
  const auto ms = std::max<std::int64_t>(0, duration.count());
  if (ms < 1'000) return fmt::format("{} ms", ms);
  // From here on the text is of the rounded value, so that 59,960 ms is "1 m 00 s", not "60.0 s".
  const auto tenths = (ms + 50) / 100;
  if (tenths < 600) return fmt::format("{}.{} s", tenths / 10, tenths % 10);
  const auto seconds = (ms + 500) / 1'000;
  if (seconds < 3'600) return fmt::format("{} m {:02} s", seconds / 60, seconds % 60);
  const auto minutes = seconds / 60;
  if (minutes < 24 * 60) return fmt::format("{} h {:02} m", minutes / 60, minutes % 60);
  const auto hours = minutes / 60;
  return fmt::format("{} d {:02} h", hours / 24, hours % 24);
}

std::string instant_text(Instant instant, bool utc) {
  const auto seconds = std::chrono::system_clock::to_time_t(
      std::chrono::time_point_cast<std::chrono::seconds>(instant));
  std::tm fields{};
  if (utc) {
    ::gmtime_r(&seconds, &fields);
  } else {
    ::localtime_r(&seconds, &fields);
  }
  char text[64];
  const auto size = std::strftime(text, sizeof text, "%Y-%m-%d %H:%M:%S ", &fields);
  // Of a zone without a name of its own ("+03"), and of any other, what the system calls it.
  return std::string(text, size) + (utc ? "UTC" : fields.tm_zone);
}

std::string plural(std::int64_t count, std::string_view noun) {
  return fmt::format("{} {}{}", count_text(count), noun, count == 1 ? "" : "s");
}

}  // namespace orch::cli::render
