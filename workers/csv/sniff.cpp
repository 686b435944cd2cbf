#include "workers/csv/sniff.h"

#include <algorithm>
#include <array>
#include <optional>

#include <fmt/format.h>

#include "orchestrator/base/utf8.h"
#include "workers/csv/header.h"
#include "workers/csv/record_parser.h"
#include "workers/worker.h"

namespace orch::csv {
namespace {

constexpr std::size_t most_bytes = std::size_t{1} << 20;
constexpr int most_records = 200;
constexpr std::array candidates = {',', ';', '\t', '|'};
constexpr std::array quotes = {'"', '\''};

/// Whole blocks, as they are stored in what may be packed.
std::string beginning(const files::Store& store, const files::FileState& file) {
  const auto more = open_text(store, file);
  std::string bytes;
  while (bytes.size() < most_bytes && more(bytes)) {
  }
  return bytes;
}

/// NULs at every other byte: the high halves of Latin characters.
const char* utf16_without_mark(std::string_view bytes) {
  std::array<std::size_t, 2> zeros{};
  const auto looked_at = std::min<std::size_t>(bytes.size(), 4096);
  for (std::size_t i = 0; i < looked_at; ++i)
    if (bytes[i] == '\0') ++zeros[i % 2];
  if (zeros[1] > looked_at / 4 && zeros[0] == 0) return "UTF-16LE";
  return zeros[0] > looked_at / 4 && zeros[1] == 0 ? "UTF-16BE" : nullptr;
}

/// Text of one byte a character. What else is not UTF-8 is damaged UTF-8, or has both: to read it
/// as windows-1252 would spoil every character that is right.
bool of_single_bytes(std::string_view bytes) {
  std::size_t characters = 0;  // of UTF-8, of more than one byte
  std::size_t strays = 0;
  while (!bytes.empty()) {
    const auto good = valid_prefix(bytes);
    characters += static_cast<std::size_t>(
        std::count_if(bytes.begin(), bytes.begin() + static_cast<std::ptrdiff_t>(good),
                      [](char byte) { return static_cast<unsigned char>(byte) >= 0xc0; }));
    if (good == bytes.size()) break;
    ++strays;
    bytes.remove_prefix(good + 1);
  }
  return strays > 4 * characters;
}

std::string encoding_of(std::string_view bytes, const std::string& otherwise) {
  if (bytes.starts_with("\xef\xbb\xbf")) return "UTF-8";
  if (bytes.starts_with("\xff\xfe") || bytes.starts_with("\xfe\xff")) return "UTF-16";
  if (const auto* name = utf16_without_mark(bytes)) return name;
  const auto good = valid_prefix(bytes);
  if (good == bytes.size() || cut_short(bytes.substr(good))) return "UTF-8";
  return otherwise == "UTF-8" && of_single_bytes(bytes) ? "windows-1252" : otherwise;
}

/// A field that begins with a double quote, where another character is tried as the quote: it is
/// the double quotes that hold fields together here, well or badly.
bool quoted_otherwise(const RecordParser& parser, const Options& options) {
  const auto fields = parser.fields();
  return options.quote != '"' && std::any_of(fields.begin(), fields.end(), [](const Field& field) {
           return !field.quoted && field.text.starts_with('"');
         });
}

/// The number of fields of all records; unset when they differ, or cannot be read.
std::optional<std::size_t> width_of(const std::string& bytes, const Options& options) {
  bool given = false;
  RecordParser parser(
      "sample",
      [&](std::string& out) {
        if (given) return false;
        out += bytes;
        return given = true;
      },
      options);
  std::optional<std::size_t> width;
  try {
    for (int i = 0; i < most_records && parser.next(); ++i) {
      if (parser.blank()) continue;
      if (!width) width = parser.fields().size();
      if (parser.fields().size() != *width || quoted_otherwise(parser, options))
        return std::nullopt;
    }
  } catch (const workers::TaskFailed&) {
    // The sample may end inside a record, of which there was one before.
    if (parser.line() <= 2) return std::nullopt;
  }
  return width;
}

std::string shown(char character) {
  return character == '\t' ? "tab" : fmt::format("\"{}\"", character);
}

}  // namespace

Sniffed sniff(const files::Store& store, const files::FileState& file, const Options& connection) {
  const auto bytes = beginning(store, file);
  Sniffed found{connection, {}};
  auto& options = found.options;
  options.encoding = encoding_of(bytes, connection.encoding);
  // Records of a sample end with a line: a field that is cut short would not be quoted.
  auto sample = bytes;
  if (sample.size() >= most_bytes && options.encoding == "UTF-8")
    sample.erase(std::min(sample.rfind('\n'), sample.size() - 1) + 1);
  std::size_t best = width_of(sample, options).value_or(0);
  for (const char quote : quotes)
    for (const char delimiter : candidates) {
      auto tried = options;
      tried.delimiter = delimiter;
      tried.quote = quote;
      const auto width = width_of(sample, tried).value_or(0);
      if (width <= std::max<std::size_t>(best, 1)) continue;
      best = width;
      found.options = tried;
    }
  found.notes.push_back(fmt::format("{}: {} columns, delimiter {}, quote {}, encoding {}",
                                    file.name, best, shown(options.delimiter), shown(options.quote),
                                    options.encoding));
  return found;
}

}  // namespace orch::csv
