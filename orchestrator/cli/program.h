// The parser built from the table of commands. Internal to cli.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "orchestrator/cli/command.h"

namespace orch::cli {

/// The group of the options that every command has.
inline constexpr const char* common_group = "Common options";

/// A command with its parser.
struct Declared {
  const Command* command = nullptr;
  CLI::App* app = nullptr;
  Action action;
};

/// All commands declared on one parser. The pointers live as long as `app`.
struct Program {
  std::shared_ptr<CLI::App> app;
  std::vector<Declared> commands;
};

Program make_program();

/// The help of the program (`command` null), of a group, or of a command.
std::string help_text(const CLI::App& app, const Command* command, const std::string& full_name);

/// One option or argument as help, man page and completion show it.
struct OptionText {
  std::string names;  ///< "-o, --output FORMAT", "RUN", "[RUN]"
  std::string about;
  std::vector<std::string> flags;  ///< "--output", "-o"; empty for arguments
  bool takes_value = false;
  bool common = false;  ///< one that every command has
};

std::vector<OptionText> options_of(const CLI::App& app);

/// The words that `orch status --only` takes.
std::vector<std::string> status_words();

/// "orch resume [OPTIONS] RUN".
std::string usage_line(const CLI::App& app, const std::string& full_name);

/// `orch help`-like pages of all commands in one text: docs/cli.md.
std::string reference_text();
/// The man page, orch(1), in man(7) macros.
std::string man_text();

}  // namespace orch::cli
