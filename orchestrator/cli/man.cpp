// The man page, from the table of commands.
#include <CLI/CLI.hpp>
#include <algorithm>

#include <fmt/format.h>

#include "orchestrator/base/error.h"
#include "orchestrator/cli/program.h"
#include "orchestrator/cli/version.h"

namespace orch::cli {
namespace {

// The character that `text` begins with, for roff, which knows ASCII; takes it off.
std::string take_wide(std::string_view& text) {
  const auto lead = static_cast<unsigned char>(text.front());
  const std::size_t length = lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : 2;
  unsigned code = lead & (0xffU >> (length + 1));
  for (std::size_t i = 1; i < length; ++i)
    code = code << 6U | (static_cast<unsigned char>(text[i]) & 0x3fU);
  text.remove_prefix(length);
  return fmt::format("\\[u{:04X}]", code);
}

// Text that roff must not interpret.
std::string roff(std::string_view text) {
  std::string out;
  bool line_start = true;
  while (!text.empty()) {
    const char c = text.front();
    if (static_cast<unsigned char>(c) >= 0x80) {
      out += take_wide(text);
      line_start = false;
      continue;
    }
    text.remove_prefix(1);
    if (line_start && (c == '.' || c == '\'')) out += "\\&";
    if (c == '\\') {
      out += "\\e";
    } else if (c == '-') {
      out += "\\-";
    } else {
      out += c;
    }
    line_start = c == '\n';
  }
  return out;
}

std::string roff_paragraphs(std::string_view text) {
  std::string out;
  while (!text.empty()) {
    const auto end = std::min(text.find("\n\n"), text.size());
    out += ".PP\n" + roff(text.substr(0, end)) + '\n';
    text.remove_prefix(std::min(end + 2, text.size()));
  }
  return out;
}

std::string options_part(const CLI::App& app, bool common) {
  std::string out;
  for (const auto& option : options_of(app))
    if (option.common == common)
      out += fmt::format(".TP\n.B {}\n{}\n", roff(option.names), roff(option.about));
  return out;
}

std::string command_part(const Declared& each) {
  const auto name = fmt::format("orch {}", each.command->name);
  auto out = fmt::format(".SS {}\n.B {}\n.PP\n{}.\n", roff(name), roff(usage_line(*each.app, name)),
                         roff(each.command->summary));
  out += roff_paragraphs(each.command->about) + options_part(*each.app, false);
  if (!each.command->examples.empty())
    out += fmt::format(".PP\nExamples:\n.PP\n.nf\n{}\n.fi\n", roff(each.command->examples));
  return out;
}

constexpr const char* exit_status_part =
    ".SH EXIT STATUS\n"
    ".TP\n.B 0\nDone; a run that was followed has succeeded.\n"
    ".TP\n.B 1\nAn error; the message says what to do.\n"
    ".TP\n.B 2\nThe command line is wrong.\n"
    ".TP\n.B 3\nThe run failed or timed out, or reconcile found rows that differ.\n"
    ".TP\n.B 4\nThe run was stopped, or this process was interrupted; the run can be resumed.\n";

std::string environment_part() {
  std::string out = ".SH ENVIRONMENT\n";
  for (const auto& kind : setting_kinds())
    out += fmt::format(".TP\n.B {}\n{}; overridden by \\-\\-{}.\n", kind.environment,
                       roff(kind.about), kind.name);
  return out +
         ".TP\n.B ORCH_CONFIG\nThe configuration file.\n"
         ".TP\n.B NO_COLOR\nNo colours, whatever its value.\n";
}

int print_man(const Context& context, bool markdown) {
  context.print(markdown ? reference_text() : man_text());
  return Exit::ok;
}

}  // namespace

std::string man_text() {
  const auto program = make_program();
  auto out = fmt::format(".TH ORCH 1 \"\" \"orch {}\" \"User Commands\"\n", version());
  out += ".SH NAME\norch \\- durable workflows and verified table replication\n";
  out += ".SH SYNOPSIS\n.B orch COMMAND\n[OPTIONS] [ARGUMENTS]\n.SH DESCRIPTION\n";
  out += roff(program.app->get_description()) +
         "\nData goes to standard output, talk to standard error.\n.SH COMMANDS\n";
  for (const auto& each : program.commands) out += command_part(each);
  out += ".SH COMMON OPTIONS\n" + options_part(*program.app, true);
  return out + exit_status_part + environment_part() +
         ".SH FILES\n.TP\n.B $XDG_STATE_HOME/orch/orch.db\nThe run store.\n"
         ".TP\n.B $XDG_CONFIG_HOME/orch/config.json\nThe configuration file.\n";
}

Action declare_man(Arguments& app) {
  const auto markdown = std::make_shared<bool>(false);
  app.add_flag("--markdown", *markdown, "print the help texts of all commands as Markdown instead");
  return [markdown](Context& context) { return print_man(context, *markdown); };
}

}  // namespace orch::cli
