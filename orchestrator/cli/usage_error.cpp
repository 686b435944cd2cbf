#include "orchestrator/cli/usage_error.h"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <array>
#include <string_view>

#include <fmt/format.h>

#include "orchestrator/base/error.h"
#include "orchestrator/cli/program.h"

namespace orch::cli {
namespace {

std::vector<std::string> names_of_subcommands(const CLI::App& app) {
  std::vector<std::string> names;
  for (const auto* sub : app.get_subcommands([](const CLI::App*) { return true; }))
    names.push_back(sub->get_name());
  return names;
}

/// What other programs call a command of ours.
struct Habit {
  std::string_view word;
  std::string_view command;
};
constexpr std::array habits = {
    Habit{"run", "submit"},
    Habit{"start", "submit"},
    Habit{"execute", "submit"},
    Habit{"list", "status"},
    Habit{"ls", "status"},
    Habit{"ps", "status"},
    Habit{"runs", "status"},
    Habit{"show", "status"},
    Habit{"describe", "status"},
    Habit{"logs", "history"},
    Habit{"log", "history"},
    Habit{"events", "history"},
    Habit{"cancel", "stop"},
    Habit{"kill", "stop"},
    Habit{"abort", "stop"},
    Habit{"terminate", "stop"},
    Habit{"retry", "resume"},
    Habit{"redrive", "resume"},
    Habit{"continue", "resume"},
    Habit{"restart", "resume"},
    Habit{"check", "validate"},
    Habit{"lint", "validate"},
    Habit{"copy", "replicate"},
    Habit{"sync", "replicate"},
    Habit{"clone", "replicate"},
    Habit{"compare", "reconcile"},
    Habit{"diff", "reconcile"},
    Habit{"verify", "reconcile"},
    Habit{"server", "serve"},
    Habit{"worker", "work"},
    Habit{"discover", "catalog discover"},
    Habit{"refresh", "catalog refresh"},
};

std::string unknown_command(const CLI::App& app, const std::string& word,
                            const std::vector<std::string>& known) {
  const auto habit = std::ranges::find(habits, word, &Habit::word);
  if (habit != habits.end() && !app.get_parent())
    return fmt::format("no command \"{}\"; did you mean \"{}\"?", word, habit->command);
  return fmt::format("no command \"{}\"{}", word, did_you_mean(word, known));
}

std::string unknown_word(const CLI::App& app, const std::string& word) {
  const auto name = full_name(app);
  if (word.starts_with('-')) {
    std::vector<std::string> flags;
    const auto bare = word.substr(0, word.find('='));
    for (const auto& option : options_of(app))
      flags.insert(flags.end(), option.flags.begin(), option.flags.end());
    return fmt::format("{} has no option {}{}", name, bare, did_you_mean(bare, flags));
  }
  const auto subs = names_of_subcommands(app);
  if (!subs.empty()) return unknown_command(app, word, subs);
  return fmt::format("{} does not take \"{}\"", name, word);
}

// The parser calls an argument by the name of its variable; people know it from the usage.
std::string missing(const CLI::App& app, const std::string& fallback) {
  for (const auto* option : app.get_options())
    if (option->get_required() && option->count() == 0)
      return fmt::format("{} is missing",
                         option->get_positional() ? option->get_type_name() : option->get_name());
  return fallback;
}

std::string without_zeros(std::string number) {
  if (number.find('.') != number.npos) number.erase(number.find_last_not_of('0') + 1);
  if (number.ends_with('.')) number.pop_back();
  return number;
}

// "--limit: Value x not in range 0.000000 to 1797….000000", "--format: x not in {svg,dot}".
std::string refused_value(const std::string& message) {
  constexpr std::string_view range = " not in range ", list = " not in {", value = ": Value ";
  const auto option = message.substr(0, message.find(':'));
  if (const auto at = message.find(range); at != message.npos) {
    const auto begin = message.find(value) + value.size();
    const auto bounds = message.substr(at + range.size());
    const auto most = bounds.substr(bounds.find(" to ") + 4);
    const auto least = without_zeros(bounds.substr(0, bounds.find(" to ")));
    const bool unbounded = most.size() > 100;  // the largest double there is
    return fmt::format("{}: expected a number {}, found \"{}\"", option,
                       unbounded ? "of at least " + least
                                 : fmt::format("from {} to {}", least, without_zeros(most)),
                       message.substr(begin, at - begin));
  }
  if (const auto at = message.find(list); at != message.npos) {
    const auto begin = option.size() + 2;
    auto names = message.substr(at + list.size());
    names = names.substr(0, names.find('}'));
    for (auto comma = names.find(','); comma != names.npos; comma = names.find(',', comma + 2))
      names.insert(comma + 1, " ");
    return fmt::format("{}: expected one of {}, found \"{}\"", option, names,
                       message.substr(begin, at - begin));
  }
  return message;
}

std::string words_for(const CLI::App& app, const CLI::ParseError& error) {
  std::string message = error.what();
  while (!message.empty() && (message.back() == '\n' || message.back() == '.')) message.pop_back();
  const auto option = message.substr(0, message.find(':'));
  if (dynamic_cast<const CLI::RequiredError*>(&error)) return missing(app, message);
  if (dynamic_cast<const CLI::ValidationError*>(&error)) return refused_value(message);
  if (dynamic_cast<const CLI::ArgumentMismatch*>(&error) && message.ends_with(" missing"))
    return fmt::format("{} needs a value", option);
  if (dynamic_cast<const CLI::ConversionError*>(&error)) {
    // "Could not convert: --drain = x"
    const auto begin = message.find(": ") + 2;
    const auto equals = message.find(" = ", begin);
    if (equals != message.npos)
      return fmt::format("{}: expected a number, found \"{}\"",
                         message.substr(begin, equals - begin), message.substr(equals + 3));
  }
  return message;
}

}  // namespace

std::string full_name(const CLI::App& app) {
  return app.get_parent() ? full_name(*app.get_parent()) + " " + app.get_name() : "orch";
}

CLI::App& reached(CLI::App& app) {
  const auto subs = app.get_subcommands();
  return subs.empty() ? app : reached(*subs.front());
}

void refuse(CLI::App& root, const CLI::ParseError& error) {
  auto& app = reached(root);
  const auto name = full_name(app);
  const auto hint = fmt::format("{}   (`{} --help` tells more)", usage_line(app, name), name);
  const auto extras = root.remaining(true);
  const auto before = root.remaining(false);
  if (&app != &root && !before.empty() && before.front().starts_with('-'))
    throw Error("ORCH-0001", fmt::format("{} is before the command", before.front()),
                fmt::format("options follow the command: {} … {} …", name, before.front()));
  if (dynamic_cast<const CLI::ExtrasError*>(&error) && !extras.empty())
    throw Error("ORCH-0001", unknown_word(app, extras.front()), hint);
  throw Error("ORCH-0001", words_for(app, error), hint);
}

}  // namespace orch::cli
