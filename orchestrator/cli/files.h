// Documents that commands read and write.
#pragma once

#include <filesystem>
#include <string>

#include <boost/json/value.hpp>

#include "orchestrator/yaml/yaml.h"

namespace orch::cli {

/// The whole file; "-" is standard input. Throws Error ORCH-0002.
std::string read_text(const std::string& file);

/// A file of JSON, or by its name of YAML, as JSON; "-" is standard input, which may hold either.
/// Throws Error ORCH-0002, InvalidDocument (ORCH-0003) for what is not YAML.
yaml::Converted read_document(const std::string& file);

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

}  // namespace orch::cli
