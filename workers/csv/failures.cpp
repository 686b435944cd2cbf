#include "workers/csv/failures.h"

#include <fmt/format.h>

namespace orch::csv {

workers::TaskFailed not_text(std::string_view file, std::int64_t line, std::int64_t offset,
                             std::string_view bytes, std::string_view encoding) {
  std::string hex;
  for (const unsigned char byte : bytes.substr(0, 4)) hex += fmt::format(" {:02x}", byte);
  return {"Source.Malformed",
          fmt::format("{}, line {}, byte offset {}: found the bytes{}, expected text in {}", file,
                      line, offset, hex, encoding),
          "set \"encoding\" in the connection's \"csv\" options to the encoding of the file",
          "ORCH-0432",
          {{"file", file}, {"line", line}, {"offset", offset}}};
}

}  // namespace orch::csv
