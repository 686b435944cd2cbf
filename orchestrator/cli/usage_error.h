// What is wrong with a command line, in our words.
#pragma once

#include <string>

namespace CLI {
class App;
class ParseError;
}  // namespace CLI

namespace orch::cli {

/// "orch catalog show".
std::string full_name(const CLI::App& app);

/// The innermost parser that the command line reached.
CLI::App& reached(CLI::App& app);

/// Throws Error ORCH-0001 that says what the parser found wrong, with the usage as its hint.
[[noreturn]] void refuse(CLI::App& root, const CLI::ParseError& error);

}  // namespace orch::cli
