// Help texts, from the declared options.
#include <CLI/CLI.hpp>
#include <algorithm>
#include <array>
#include <ranges>
#include <string_view>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "orchestrator/base/error.h"
#include "orchestrator/cli/program.h"
#include "orchestrator/cli/render/text.h"

namespace orch::cli {
namespace {

constexpr std::size_t text_width = 92;
constexpr const char* exit_codes =
    "\nExit codes: 0 done, or the run succeeded; 1 an error; 2 a wrong command line; 3 the run "
    "failed\n"
    "or timed out, rows differ, or tables are too old; 4 the run was stopped, or this process was\n"
    "interrupted.\n";

// CLI11 adds the names of checks behind a colon.
std::string type_name(const CLI::Option& option) {
  const auto name = option.get_type_name();
  return name.substr(0, name.find(':'));
}

std::string argument_name(const CLI::Option& option) {
  auto name = type_name(option);
  if (option.get_items_expected_max() > 1) name += "…";
  return option.get_required() ? name : "[" + name + "]";
}

std::string option_names(const CLI::Option& option) {
  std::vector<std::string> names;
  for (const auto& name : option.get_snames()) names.push_back("-" + name);
  for (const auto& name : option.get_lnames()) names.push_back("--" + name);
  auto text = fmt::format("{}", fmt::join(names, ", "));
  if (option.get_items_expected_max() > 0) text += " " + type_name(option);
  return text;
}

// Two columns; a long name stands on a line of its own.
std::string entry(const std::string& name, const std::string& about, std::size_t column) {
  auto line = "  " + name;
  const auto width = render::display_width(line);
  if (width + 2 > column) {
    line += '\n' + std::string(column, ' ');
  } else {
    line.append(column - width, ' ');
  }
  return line + render::wrapped(about, text_width, column) + '\n';
}

std::string section(const char* title, const std::vector<OptionText>& options, bool arguments,
                    bool common) {
  std::string out;
  for (const auto& option : options)
    if (option.flags.empty() == arguments && option.common == common)
      out += entry(option.names, option.about, 26);
  return out.empty() ? out : fmt::format("\n{}:\n{}", title, out);
}

std::string paragraphs(std::string_view text) {
  std::string out;
  while (!text.empty()) {
    const auto end = std::min(text.find("\n\n"), text.size());
    out += '\n' + render::wrapped(std::string(text.substr(0, end)), text_width, 0) + '\n';
    text.remove_prefix(std::min(end + 2, text.size()));
  }
  return out;
}

std::string example_lines(std::string_view text) {
  std::string out;
  while (!text.empty()) {
    const auto end = std::min(text.find('\n'), text.size());
    out += fmt::format("  {}\n", text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return out;
}

/// The commands of orch by what they are about; each is in one of these lines.
struct Topic {
  std::string_view title;
  std::string_view commands;
};

constexpr std::array topics{
    Topic{"Runs", "submit resume stop redo status history report bundle"},
    Topic{"Tables", "replicate tables reconcile plan catalog connection"},
    Topic{"Definitions", "validate graph eval"},
    Topic{"Pipelines", "project deploy rollback pipelines pipeline schedule alerts"},
    Topic{"Server", "serve work hold release limits token audit api"},
    Topic{"Run store", "retention backup restore doctor"},
    Topic{"orch itself", "config explain completion man help version"}};

std::string command_entry(const CLI::App& app) {
  return entry(app.get_name(), app.get_description(), 16);
}

std::string commands_by_topic(const CLI::App& app) {
  std::string out;
  for (const auto& [title, commands] : topics) {
    out += fmt::format("\n{}:\n", title);
    for (const auto word : std::views::split(commands, ' '))
      out += command_entry(*app.get_subcommand(std::string(word.begin(), word.end())));
  }
  return out;
}

std::string subcommand_list(const CLI::App& app) {
  if (!app.get_parent()) return commands_by_topic(app);
  std::string out = "\nCommands:\n";
  for (const auto* sub : app.get_subcommands([](const CLI::App*) { return true; }))
    out += command_entry(*sub);
  return out;
}

}  // namespace

std::vector<OptionText> options_of(const CLI::App& app) {
  std::vector<OptionText> texts;
  for (const auto* option : app.get_options()) {
    OptionText text;
    text.about = option->get_description();
    if (option->get_positional()) {
      text.names = argument_name(*option);
    } else {
      text.names = option_names(*option);
      for (const auto& name : option->get_lnames()) text.flags.push_back("--" + name);
      for (const auto& name : option->get_snames()) text.flags.push_back("-" + name);
      text.takes_value = option->get_items_expected_max() > 0;
      text.common = option->get_group() == common_group;
    }
    texts.push_back(std::move(text));
  }
  return texts;
}

std::string usage_line(const CLI::App& app, const std::string& full_name) {
  auto line = full_name;
  if (!app.get_subcommands([](const CLI::App*) { return true; }).empty()) line += " COMMAND";
  for (const auto* option : app.get_options())
    if (option->get_required() && !option->get_positional()) line += " " + option_names(*option);
  line += " [OPTIONS]";
  for (const auto& option : options_of(app))
    if (option.flags.empty()) line += " " + option.names;
  return line;
}

std::string help_text(const CLI::App& app, const Command* command, const std::string& full_name) {
  auto out = fmt::format("{}\n\nUsage: {}\n", app.get_description(), usage_line(app, full_name));
  if (command) out += paragraphs(command->about);
  if (!command) out += subcommand_list(app);
  const auto options = options_of(app);
  out += section("Arguments", options, true, false);
  out += section("Options", options, false, false);
  out += section(common_group, options, false, true);
  if (command && !command->examples.empty())
    out += "\nExamples:\n" + example_lines(command->examples);
  if (!command && !app.get_parent()) out += exit_codes;
  if (!command)
    out += fmt::format("\n`{} COMMAND --help` tells more about a command.\n", full_name);
  return out;
}

namespace {

int print_help(const Context& context, const std::string& wanted) {
  const auto program = make_program();
  if (wanted.empty()) {
    context.print(help_text(*program.app, nullptr, "orch"));
    return Exit::ok;
  }
  std::vector<std::string> known;
  for (const auto& each : program.commands) {
    known.emplace_back(each.command->name);
    if (each.command->name == wanted) {
      context.print(help_text(*each.app, each.command, "orch " + wanted));
      return Exit::ok;
    }
    if (const auto* group = each.app->get_parent(); group && group->get_name() == wanted) {
      context.print(help_text(*group, nullptr, "orch " + wanted));
      return Exit::ok;
    }
  }
  throw Error("ORCH-0001", fmt::format("no command \"{}\"{}", wanted, did_you_mean(wanted, known)),
              "`orch help` lists the commands");
}

}  // namespace

Action declare_help(Arguments& app) {
  const auto words = std::make_shared<std::vector<std::string>>();
  app.add_option("command", *words, "as \"submit\" or \"catalog show\"; none: list the commands")
      ->type_name("COMMAND")
      ->many();
  return [words](Context& context) {
    return print_help(context, fmt::format("{}", fmt::join(*words, " ")));
  };
}

std::string reference_text() {
  auto program = make_program();
  std::string out =
      "# The commands of orch\n\nThese are the texts of `orch COMMAND --help`, written by "
      "scripts/docs; "
      "a test fails when they differ.\n";
  const auto add = [&](const std::string& name, const std::string& help) {
    out += fmt::format("\n## {}\n\n```\n{}```\n", name, help);
  };
  add("orch", help_text(*program.app, nullptr, "orch"));
  for (const auto& each : program.commands) {
    const auto name = fmt::format("orch {}", each.command->name);
    add(name, help_text(*each.app, each.command, name));
  }
  return out;
}

}  // namespace orch::cli
