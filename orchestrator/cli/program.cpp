#include "orchestrator/cli/program.h"

#include <CLI/CLI.hpp>
#include <csignal>
#include <map>
#include <stdexcept>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "orchestrator/base/error.h"
#include "orchestrator/base/log.h"
#include "orchestrator/cli/options.h"
#include "orchestrator/cli/output.h"
#include "orchestrator/cli/usage_error.h"
#include "orchestrator/cli/version.h"

namespace orch::cli {
namespace {

constexpr const char* about_program =
    "orch runs Step-Functions-style workflows durably and replicates tables, verified.";

/// Help is asked for; carries the text.
struct HelpWanted {
  std::string text;
};

void add_common(CLI::App& app) {
  app.add_option("--store")
      ->description("file that keeps the runs; default ORCH_STORE, else in the state folder")
      ->type_name("FILE")
      ->group(common_group);
  if (!app.get_option_no_throw("--output"))  // a picture has formats of its own
    app.add_option("-o,--output")
        ->description("table (the default), json, or jsonl")
        ->type_name("FORMAT")
        ->group(common_group);
  app.add_option("--config")
      ->description("configuration file; default ORCH_CONFIG, else the user's")
      ->type_name("FILE")
      ->group(common_group);
  app.add_option("--log,--log-level")
      ->description("lowest level logged: debug, info, warn (the default; serve: info), error, off")
      ->type_name("LEVEL")
      ->group(common_group);
  app.add_flag("--utc")
      ->description("show times in UTC instead of the local zone; JSON always has UTC")
      ->group(common_group);
  app.set_help_flag("-h,--help", "this text")->group(common_group);
}

std::string about_group(const std::string& group) {
  if (group == "alerts") return "Work with alerts";
  if (group == "catalog") return "Work with the catalog of tables";
  return "Work with " + group + "s";
}

// The parser of "catalog show" hangs under the one of "catalog".
CLI::App* add_app(CLI::App& root, const Command& command) {
  const std::string name(command.name);
  const auto space = name.find(' ');
  if (space == std::string::npos) return root.add_subcommand(name, std::string(command.summary));
  const auto group = name.substr(0, space);
  const auto groups = root.get_subcommands([&](CLI::App* app) { return app->get_name() == group; });
  auto* parent = groups.empty() ? nullptr : groups.front();
  if (!parent) {
    parent = root.add_subcommand(group, about_group(group));
    parent->require_subcommand(0, 1);
    add_common(*parent);
  }
  return parent->add_subcommand(name.substr(space + 1), std::string(command.summary));
}

const Declared* declared(const Program& program, const CLI::App& app) {
  for (const auto& each : program.commands)
    if (each.app == &app) return &each;
  return nullptr;
}

const Declared& parse(Program& program, int argc, const char* const* argv) {
  auto& root = *program.app;
  try {
    root.parse(argc, argv);
  } catch (const CLI::CallForHelp&) {
    auto& app = reached(root);
    const auto* found = declared(program, app);
    throw HelpWanted{help_text(app, found ? found->command : nullptr, full_name(app))};
  } catch (const CLI::CallForVersion&) {
    throw HelpWanted{fmt::format("orch {}\n", version())};
  } catch (const CLI::ParseError& error) {
    refuse(root, error);
  }
  auto& app = reached(root);
  const auto* found = declared(program, app);
  if (!found) throw HelpWanted{help_text(app, nullptr, full_name(app))};
  return *found;
}

// Options of settings may stand before or after the command; the innermost one counts.
std::map<std::string, std::string> flags_of(const CLI::App& app) {
  std::map<std::string, std::string> flags;
  if (app.get_parent()) flags = flags_of(*app.get_parent());
  const auto take = [&](const std::string& name) {
    const auto* option = app.get_option_no_throw("--" + name);
    const bool own_output = option && name == "output" && option->get_group() != common_group;
    if (option && option->count() > 0 && !own_output)
      flags[name] = fmt::format("{}", fmt::join(option->results(), ","));
  };
  for (const auto& kind : setting_kinds()) take(std::string(kind.name));
  take("config");
  return flags;
}

bool asks_for_utc(const CLI::App& app) {
  return app.get_option("--utc")->count() > 0 ||
         (app.get_parent() && asks_for_utc(*app.get_parent()));
}

int perform(Program& program, int argc, const char* const* argv) {
  const auto& chosen = parse(program, argc, argv);
  Context context{Settings::load(flags_of(*chosen.app)), stream_of(1), stream_of(2),
                  full_name(*chosen.app)};
  set_log(context.settings);
  context.out.look.utc = context.err.look.utc = asks_for_utc(*chosen.app);
  return chosen.action(context);
}

int exit_code_of(const std::exception& error) {
  const auto* ours = dynamic_cast<const Error*>(&error);
  return ours && ours->code() == "ORCH-0001" ? Exit::usage : Exit::failure;
}

}  // namespace

void set_log(const Settings& settings) {
  const std::map<std::string, log::Level> levels = {{"debug", log::Level::debug},
                                                    {"info", log::Level::info},
                                                    {"warn", log::Level::warn},
                                                    {"error", log::Level::error},
                                                    {"off", log::Level::off}};
  log::set_level(levels.at(settings.value("log")));
  if (settings.value("log-format") == "json") log::set_format(log::Format::json);
}

DeclaredOption add_setting(Arguments& app, std::string_view name) {
  for (const auto& kind : setting_kinds()) {
    if (kind.name != name) continue;
    auto option = app.add_option(fmt::format("--{}", name))
                      ->description(std::string(kind.about))
                      ->type_name(std::string(kind.argument));
    if (kind.list) option->take_all();
    return option;
  }
  throw std::logic_error("no such setting");
}

Program make_program() {
  Program program;
  program.app = std::make_shared<CLI::App>(about_program, "orch");
  auto& root = *program.app;
  add_common(root);
  root.set_version_flag("--version", std::string("orch"), "the version")->group(common_group);
  root.require_subcommand(0, 1);
  for (const auto& command : commands()) {
    auto* app = add_app(root, command);
    Arguments arguments(*app);
    auto action = command.declare(arguments);
    add_common(*app);
    program.commands.push_back({&command, app, std::move(action)});
  }
  return program;
}

int run(int argc, const char* const* argv) {
  std::signal(SIGPIPE, SIG_IGN);
  try {
    auto program = make_program();
    return perform(program, argc, argv);
  } catch (const HelpWanted& help) {
    write_all(1, help.text);
    return Exit::ok;
  } catch (const std::exception& error) {
    write_all(2, render::screen_text(error_text(error, stream_of(2).look)));
    return exit_code_of(error);
  }
}

}  // namespace orch::cli
