// CSV: the first line chooses the options, the rest is the file. Records do not depend on the size
// of the blocks in which the file arrives.
#include <string>

#include "tests/fuzz/fuzz.h"
#include "workers/csv/record_parser.h"
#include "workers/worker.h"

using namespace orch;

namespace {

csv::Options options_of(std::string_view line) {
  csv::Options options;
  options.max_record_bytes = 1 << 12;
  if (line.starts_with(';')) options.delimiter = ';';
  if (line.find('\'') != line.npos) options.quote = '\'';
  if (line.find("latin1") != line.npos) options.encoding = "ISO-8859-1";
  if (line.find("utf16") != line.npos) options.encoding = "UTF-16LE";
  return options;
}

/// All records as text, or how the file is refused.
std::string records(std::string_view bytes, std::size_t block, const csv::Options& options) {
  std::string text;
  const auto more = [bytes, block](std::string& out) mutable {
    const auto part = bytes.substr(0, block);
    out += part;
    bytes.remove_prefix(part.size());
    return !part.empty();
  };
  try {
    csv::RecordParser parser("file", more, options);
    while (parser.next()) {
      text += std::to_string(parser.line());
      for (const auto& field : parser.fields())
        text += (field.quoted ? " q" : " ") + std::to_string(field.text.size()) + ':' +
                std::string(field.text);
      text += '\n';
    }
  } catch (const workers::TaskFailed& failed) {
    text += failed.what();
  }
  return text;
}

}  // namespace

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  auto rest = fuzz::text_of(data, size);
  const auto options = options_of(fuzz::next_line(rest));
  const auto whole = records(rest, 1 << 16, options);
  fuzz::require(records(rest, 1, options) == whole, "records do not depend on the blocks");
  fuzz::require(records(rest, 7, options) == whole, "records do not depend on the blocks");
  return 0;
}
