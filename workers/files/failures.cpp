#include "workers/files/failures.h"

#include <system_error>

#include <fmt/format.h>

#include "orchestrator/base/error.h"

namespace orch::files {

workers::TaskFailed malformed(std::string_view file, std::int64_t line, std::string_view found,
                              std::string_view expected, std::string hint) {
  return {"Source.Malformed",
          fmt::format("{}, line {}: found {}, expected {}", file, line, found, expected),
          std::move(hint),
          "ORCH-0432",
          {{"file", file}, {"line", line}}};
}

workers::TaskFailed broken_pack(std::string_view file, std::string_view why) {
  return {"Source.Malformed",
          fmt::format("{} cannot be unpacked: {}", file, why),
          "write files under another name and rename them when they are complete",
          "ORCH-0432",
          {{"file", file}}};
}

workers::TaskFailed unreadable(std::string_view file, int error) {
  return {"Source.Failed",
          fmt::format("{}: cannot be read: {}", file, std::generic_category().message(error)),
          "check the file and its permissions",
          "ORCH-0440",
          {{"file", file}}};
}

workers::TaskFailed changed(std::string_view file) {
  return {"Source.Changed",
          fmt::format("{}: the file was changed while it was read", file),
          "write files under another name and rename them when they are complete",
          "ORCH-0433",
          {{"file", file}}};
}

workers::TaskFailed unsupported(const std::string& display, const std::string& what,
                                const std::string& hint) {
  return {"Source.Unsupported", fmt::format("{}: {}", display, what), hint, "ORCH-0444"};
}

workers::TaskFailed missing_table(const std::string& name, const std::string& why,
                                  std::string_view ending) {
  return {"Source.TableMissing",
          fmt::format("no table \"{}\": {}", name, why),
          fmt::format("a table is the name of a file in the connection's folder, with or without "
                      "{}, a pattern, or a folder with such files",
                      ending),
          "ORCH-0430",
          {{"table", name}}};
}

workers::TaskFailed no_column(const std::string& display, const std::string& name,
                              const std::string& table, const std::vector<std::string>& names) {
  return {
      "Source.ColumnMissing",
      fmt::format("{}: no column \"{}\" in {}{}", display, name, table, did_you_mean(name, names)),
      "column names of files are taken letter by letter",
      "ORCH-0445",
      {{"column", name}}};
}

}  // namespace orch::files
