// Completion scripts, from the table of commands.
#include <algorithm>
#include <filesystem>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "orchestrator/base/error.h"
#include "orchestrator/cli/definition_file.h"
#include "orchestrator/cli/program.h"

namespace orch::cli {
namespace {

struct Words {
  std::string command;  ///< "catalog show"; empty: the program itself
  std::vector<std::string> words;
};

std::vector<Words> all_words(const Program& program) {
  std::vector<Words> all;
  Words root;
  std::vector<Words> groups;
  for (const auto& each : program.commands) {
    const std::string name(each.command->name);
    const auto space = name.find(' ');
    if (space == std::string::npos) {
      root.words.push_back(name);
    } else {
      const auto group = name.substr(0, space);
      auto found = std::ranges::find(groups, group, &Words::command);
      if (found == groups.end()) {
        root.words.push_back(group);
        found = groups.insert(groups.end(), Words{group, {}});
      }
      found->words.push_back(name.substr(space + 1));
    }
  }
  all.push_back(std::move(root));
  for (auto& group : groups) all.push_back(std::move(group));
  for (const auto& each : program.commands) {
    Words words{std::string(each.command->name), {}};
    for (const auto& option : options_of(*each.app))
      words.words.insert(words.words.end(), option.flags.begin(), option.flags.end());
    all.push_back(std::move(words));
  }
  return all;
}

// What the store and the catalog hold is data, never evaluated: names of other characters than
// these are left out.
constexpr const char* bash_head = R"sh(# bash completion for orch, printed by `orch completion bash`
_orch_runs() {
  orch status -o jsonl 2>/dev/null | sed -n 's/.*"name":"\([A-Za-z0-9_.-]*\)".*/\1/p'
}
_orch_keys() {
  orch "$@" -o jsonl 2>/dev/null | sed -n 's/^{"key":"\([A-Za-z0-9_.-]*\)".*/\1/p'
}
_orch() {
  local current="${COMP_WORDS[COMP_CWORD]}" previous="${COMP_WORDS[COMP_CWORD-1]}"
  local command="${COMP_WORDS[1]}" words="" files="" file=""
  [[ $command =~ ^(catalog|connection|schedule)$ && $COMP_CWORD -gt 2 ]] && command="$command ${COMP_WORDS[2]}"
  [[ $COMP_CWORD -eq 1 ]] && command=""
  COMPREPLY=()
)sh";
constexpr const char* bash_values = R"sh(  case "$command $previous" in
    "graph -o"|"graph --output"|"graph --format") words="svg png dot mermaid" ;;
    *" -o"|*" --output") words="table json jsonl" ;;
    "status --only") words="$statuses" ;;
    "catalog show --only"|"catalog files --only"|"catalog validate --only"|"reconcile --only"|"catalog refresh --accept")
      words=$(_orch_keys catalog show) ;;
    "history --table") words=$(_orch_keys tables) ;;
    *" --workflow") words="$workflows" ;;
    *" --if-running") words="wait skip fail" ;;
  esac
  if [[ -n $words ]]; then
    COMPREPLY=($(compgen -W "$words" -- "$current"))
    return
  fi
  case "$command" in
)sh";
constexpr const char* bash_tail = R"sh(  esac
  if [[ $current != -* ]]; then
    case "$command" in
      status|history|resume|stop|report) words=$(_orch_runs) ;;
      tables) words=$(_orch_keys tables) ;;
      submit|validate) words="$workflows" files=yes ;;
      graph) words="$workflows $(_orch_runs)" files=yes ;;
    esac
  fi
  COMPREPLY=($(compgen -W "$words" -- "$current"))
  [[ -z $files ]] && return
  compopt -o filenames 2>/dev/null
  while IFS= read -r file; do COMPREPLY+=("$file"); done < <(compgen -f -- "$current")
}
complete -o default -F _orch orch
)sh";

std::vector<std::string> workflow_names() {
  std::vector<std::string> names;
  for (const auto& shipped : shipped_workflows())
    names.push_back(std::filesystem::path(shipped.name).stem().string());
  return names;
}

std::string bash(const Program& program) {
  std::string out = bash_head;
  out += fmt::format("  local workflows=\"{}\" statuses=\"{}\"\n", fmt::join(workflow_names(), " "),
                     fmt::join(status_words(), " "));
  out += bash_values;
  for (const auto& each : all_words(program))
    out += fmt::format("    \"{}\") words=\"{}\" ;;\n", each.command, fmt::join(each.words, " "));
  return out + bash_tail;
}

std::string zsh(const Program& program) {
  return "#compdef orch\n# zsh completion for orch, printed by `orch completion zsh`\n"
         "autoload -U +X bashcompinit && bashcompinit\n" +
         bash(program);
}

// Text inside single quotes of fish.
std::string fish_quoted(std::string_view text) {
  std::string out = "'";
  for (const char c : text) {
    if (c == '\'' || c == '\\') out += '\\';
    out += c;
  }
  return out + "'";
}

std::string fish_condition(const std::string& command) {
  const auto space = command.find(' ');
  if (space == std::string::npos) return "__fish_seen_subcommand_from " + command;
  return fmt::format("__fish_seen_subcommand_from {}; and __fish_seen_subcommand_from {}",
                     command.substr(0, space), command.substr(space + 1));
}

// What the words after a command, or the value of an option, may be.
constexpr const char* fish_values =
    R"sh(function __orch_names
  orch $argv -o jsonl 2>/dev/null | string match -rg '"name":"([A-Za-z0-9_.-]*)"'
end
function __orch_keys
  orch $argv -o jsonl 2>/dev/null | string match -rg '^{"key":"([A-Za-z0-9_.-]*)"'
end
complete -c orch -n '__fish_seen_subcommand_from status history resume stop report graph' -a '(__orch_names status)'
complete -c orch -n '__fish_seen_subcommand_from tables' -f -a '(__orch_keys tables)'
complete -c orch -n '__fish_seen_subcommand_from history' -l table -x -a '(__orch_keys tables)'
complete -c orch -n '__fish_seen_subcommand_from show validate reconcile' -l only -x -a '(__orch_keys catalog show)'
complete -c orch -n '__fish_seen_subcommand_from refresh' -l accept -x -a '(__orch_keys catalog show)'
complete -c orch -n '__fish_seen_subcommand_from graph' -s o -l output -x -a 'svg png dot mermaid'
)sh";

std::string fish(const Program& program) {
  std::string out = "# fish completion for orch, printed by `orch completion fish`\n";
  for (const auto& each : program.commands) {
    const std::string name(each.command->name);
    const auto space = name.find(' ');
    const auto when = space == std::string::npos ? std::string("__fish_use_subcommand")
                                                 : fish_condition(name.substr(0, space));
    out += fmt::format("complete -c orch -n {} -f -a {} -d {}\n", fish_quoted(when),
                       name.substr(space == std::string::npos ? 0 : space + 1),
                       fish_quoted(each.command->summary));
    for (const auto& option : options_of(*each.app)) {
      if (option.flags.empty()) continue;
      out += fmt::format("complete -c orch -n {}", fish_quoted(fish_condition(name)));
      for (const auto& flag : option.flags)
        out += flag.starts_with("--") ? " -l " + flag.substr(2) : " -s " + flag.substr(1);
      out += fmt::format("{} -d {}\n", option.takes_value ? " -r" : "", fish_quoted(option.about));
    }
  }
  out += fish_values;
  out += fmt::format(
      "complete -c orch -n '__fish_seen_subcommand_from submit validate graph' -a '{0}'\n"
      "complete -c orch -n '__fish_seen_subcommand_from status tables' -l workflow -x -a '{0}'\n"
      "complete -c orch -n '__fish_seen_subcommand_from status' -l only -x -a '{1}'\n",
      fmt::join(workflow_names(), " "), fmt::join(status_words(), " "));
  return out +
         "complete -c orch -n '__fish_use_subcommand' -f -a catalog -d 'Work with catalogs'\n";
}

int print_completion(const Context& context, const std::string& shell) {
  const auto program = make_program();
  if (shell == "bash") {
    context.print(bash(program));
  } else if (shell == "zsh") {
    context.print(zsh(program));
  } else if (shell == "fish") {
    context.print(fish(program));
  } else {
    throw Error("ORCH-0001",
                fmt::format("no completion for the shell \"{}\"{}", shell,
                            did_you_mean(shell, {"bash", "zsh", "fish"})),
                "one of: bash, zsh, fish");
  }
  return Exit::ok;
}

}  // namespace

Action declare_completion(Arguments& app) {
  const auto shell = std::make_shared<std::string>();
  app.add_option("shell", *shell, "bash, zsh or fish")->type_name("SHELL")->required();
  return [shell](Context& context) { return print_completion(context, *shell); };
}

}  // namespace orch::cli
