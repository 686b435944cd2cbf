// What an entry of a catalog says of the files that are its table.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "workers/data/table.h"

namespace orch::data {

/// How text files are written. What is unset is as the connection says.
struct FileFormat {
  std::optional<char> delimiter;
  std::optional<char> quote;
  std::optional<bool> header;
  std::optional<std::string> null;
  std::optional<std::string> encoding;
  bool decimal_comma = false;  ///< 1.234,56; points may stand between groups of three digits
  std::string date;            ///< "DD.MM.YYYY"; empty: ISO 8601
  std::string timestamp;       ///< "DD.MM.YYYY HH:MI:SS"; empty: ISO 8601
};

/// How the files of a table are taken when each is to be loaded once.
struct Landing {
  enum class BadFiles : std::uint8_t { refuse, leave };
  enum class Again : std::uint8_t { leave, load };

  int quiet_seconds = 0;  ///< a file is complete when it was not written for so long
  /// A file is complete when this is there: ".done" beside the file, after its name; "_SUCCESS" in
  /// its folder. Empty: nothing is looked for.
  std::string marker;
  std::string set_aside;  ///< folder for rows that cannot be loaded; empty: they refuse their file
  /// What a file that cannot be read stops: the whole load, or itself. Unset: as the strategy has
  /// it.
  std::optional<BadFiles> bad_files;
  /// Of a file that was loaded under its name with other bytes. Unset: as the strategy has it.
  std::optional<Again> replaced;
  Again duplicates = Again::leave;  ///< bytes that were loaded under another name
  std::string archive;              ///< folder that loaded files are moved to; empty: they stay
};

/// What an entry says of its files.
struct FileOptions {
  FileFormat format;
  std::vector<std::pair<std::string, Kind>> types;  ///< of columns; others are as the file says
  std::optional<Landing> landing;                   ///< unset: every load reads all files
};

}  // namespace orch::data
