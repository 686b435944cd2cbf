// Documents that commands read and write.
#pragma once

#include <filesystem>
#include <span>
#include <string>

#include <boost/json/value.hpp>

#include "orchestrator/base/embedded.h"

namespace orch::cli {

/// The whole file; "-" is standard input. Throws Error ORCH-0002.
std::string read_text(const std::string& file);

/// Writes the file whole or not at all. Throws Error ORCH-0002, also when the file exists and
/// `replace` is false. `secret`: readable by the user alone.
void write_text(const std::filesystem::path& file, const std::string& text, bool replace = true,
                bool secret = false);

/// A file that a person has written. Throws InvalidDocument (ORCH-0003) that names `file` and the
/// place, also for a key that an object has twice.
boost::json::value parse_json(const std::string& text, const std::string& file);

/// Data: of equal keys the last wins. Throws like parse_json().
boost::json::value parse_data(const std::string& text, const std::string& file);

/// The value of an option --input: JSON, or "@file" ("@-": standard input). Returned as text, byte
/// for byte. Throws like parse_data().
std::string input_text(const std::string& option);

struct Definition {
  std::string name;  ///< of the workflow, for people: the file's name without folder and ending
  std::string file;  ///< for messages
  std::string text;
};

class Substitutions;

/// The definition in the file `what`, or the shipped workflow of this name. A file wins. Throws
/// Error ORCH-0006 with near matches.
Definition find_definition(const std::string& what);
/// With the values for its ${NAME}.
Definition find_definition(const std::string& what, const Substitutions& substitutions);

/// The workflows compiled in: "replicate.json", …
std::span<const EmbeddedFile> shipped_workflows();

}  // namespace orch::cli
