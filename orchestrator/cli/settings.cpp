#include "orchestrator/cli/settings.h"

#include <charconv>
#include <cstdlib>
#include <filesystem>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "orchestrator/base/error.h"
#include "orchestrator/cli/files.h"
#include "orchestrator/json/fields.h"
#include "orchestrator/store/open.h"

namespace orch::cli {
namespace {

namespace fs = std::filesystem;

constexpr int most_workers = 1'024;

std::string environment(std::string_view name) {
  const char* value = std::getenv(std::string(name).c_str());
  return value ? value : "";
}

fs::path user_folder(const char* variable, const char* in_home) {
  if (const auto set = environment(variable); !set.empty()) return fs::path(set) / "orch";
  if (const auto home = environment("HOME"); !home.empty())
    return fs::path(home) / in_home / "orch";
  return fs::path(".orch");
}

std::string default_of(std::string_view name) {
  if (name == "store") return (user_folder("XDG_STATE_HOME", ".local/state") / "orch.db").string();
  if (name == "output") return "table";
  if (name == "log") return "warn";
  if (name == "log-format") return "text";
  if (name == "workers") return "0";
  return {};
}

// The words of a list, which may also be written as one text. A folder starts at the file's folder.
std::string read_list(json::Fields& fields, std::string_view name, const fs::path& folder) {
  constexpr std::string_view folder_words[] = {"folder:", "export:"};
  const auto* value = fields.get(name);
  auto words = value && value->is_string() ? std::vector{std::string(value->get_string())}
                                           : fields.strings(name);
  for (auto& word : words) {
    for (const auto& folder_word : folder_words) {
      if (word.starts_with(folder_word))
        word = std::string(folder_word) +
               (folder / word.substr(folder_word.size())).lexically_normal().string();
    }
  }
  return fmt::format("{}", fmt::join(words, ","));
}

std::map<std::string, std::string> read_file(const std::string& file) {
  const auto text = read_text(file);
  const auto document = parse_json(text, file);
  json::Problems problems;
  std::map<std::string, std::string> values;
  if (const auto* object = document.if_object()) {
    json::Fields fields(*object, "", problems);
    fields.accept({"$schema"});
    for (const auto& kind : setting_kinds()) {
      if (kind.name == "workers") {
        if (const auto number = fields.integer(kind.name, 0, most_workers))
          values.emplace(kind.name, std::to_string(*number));
      } else if (kind.list && fields.has(kind.name)) {
        values.emplace(kind.name, read_list(fields, kind.name, fs::absolute(file).parent_path()));
      } else if (const auto value = fields.string(kind.name)) {
        values.emplace(kind.name, *value);
      }
    }
    fields.finish("the configuration");
  } else {
    problems.push_back(
        {"", "the configuration must be an object, found " + json::describe_type(document)});
  }
  json::locate_problems(text, problems);
  if (!problems.empty()) throw InvalidDocument("ORCH-0005", file, std::move(problems));
  return values;
}

// A path in the configuration file starts at the file's folder.
std::string resolved(std::string_view name, const std::string& value, const std::string& file) {
  if (name != "store" && name != "connections" && name != "bindings" && name != "keys" &&
      name != "log-file" && name != "alerts" && name != "identities")
    return value;
  const auto folder = fs::absolute(file).parent_path();
  if (name == "store") return store::resolved_url(value, folder);
  return (folder / value).lexically_normal().string();
}

void check(const Setting& setting, std::string_view name, const std::vector<std::string>& allowed) {
  for (const auto& each : allowed)
    if (setting.value == each) return;
  throw Error("ORCH-0001",
              fmt::format("{} (from {}) is \"{}\"{}", name, setting.origin, setting.value,
                          did_you_mean(setting.value, allowed)),
              fmt::format("one of: {}", fmt::join(allowed, ", ")));
}

}  // namespace

const std::vector<SettingKind>& setting_kinds() {
  static const std::vector<SettingKind> kinds = {
      {"store", "ORCH_STORE", "file that keeps the runs"},
      {"connections", "ORCH_CONNECTIONS",
       "file that names the databases; default connections.json in the present folder"},
      {"bindings", "ORCH_BINDINGS", "file that binds resources of definitions to workers"},
      {"keys", "ORCH_KEYS", "JSON file of secret keys by key id that `orch serve` accepts"},
      {"identities", "ORCH_IDENTITIES",
       "JSON file of whom an identity provider vouches for, and whose certificates `orch serve` "
       "knows"},
      {"alerts", "ORCH_ALERTS",
       "JSON file of channels and rules: who is told by `orch serve` when something is wrong"},
      {"allow", "ORCH_ALLOW",
       "what clients of `orch serve` may reach on this host: process, url:URL, urls, private-urls, "
       "folder:PATH, without-keys; default nothing",
       "WORD", true},
      {"host-name", "ORCH_HOST_NAME",
       "host name that `orch serve` answers to beside localhost and its addresses: NAME or "
       "NAME:PORT",
       "NAME", true},
      {"retention", "ORCH_RETENTION",
       "how long runs are kept whose pipeline has no limits of its own: days:N, runs:N, "
       "failure-days:N, and export:FOLDER; default for ever",
       "WORD", true},
      {"limit", "ORCH_LIMIT",
       "how much runs at a time: runs=N, or tag:NAME=N tasks of a tag; default nothing is "
       "limited",
       "NAME=N", true},
      {"traces", "ORCH_TRACES",
       "where `orch serve` sends traces: a collector of OTLP over HTTP, "
       "http://127.0.0.1:4318/v1/traces",
       "URL"},
      {"output", "ORCH_OUTPUT", "table, json or jsonl"},
      {"workers", "ORCH_WORKERS", "worker threads; 0: as many as suit the machine", "N"},
      {"log", "ORCH_LOG", "lowest level logged: debug, info, warn, error or off", "LEVEL"},
      {"log-format", "ORCH_LOG_FORMAT", "lines of the log: text (the default) or json", "FORMAT"},
      {"log-file", "ORCH_LOG_FILE",
       "file that the log is appended to instead of stderr; after a rotation SIGUSR1 opens it "
       "anew"},
  };
  return kinds;
}

Settings Settings::load(const std::map<std::string, std::string>& flags) {
  Settings settings;
  settings.flags_ = flags;
  if (const auto flag = flags.find("config"); flag != flags.end()) {
    settings.file_ = flag->second;
  } else if (const auto named = environment("ORCH_CONFIG"); !named.empty()) {
    settings.file_ = named;
  } else if (const auto usual = user_folder("XDG_CONFIG_HOME", ".config") / "config.json";
             fs::exists(usual)) {
    settings.file_ = usual.string();
  }
  std::map<std::string, std::string> from_file;
  if (!settings.file_.empty()) from_file = read_file(settings.file_);
  for (const auto& kind : setting_kinds()) {
    const std::string name(kind.name);
    auto& setting = settings.settings_[name];
    if (const auto flag = flags.find(name); flag != flags.end()) {
      setting = {flag->second, "--" + name};
    } else if (const auto value = environment(kind.environment); !value.empty()) {
      setting = {value, std::string(kind.environment)};
    } else if (const auto line = from_file.find(name); line != from_file.end()) {
      setting = {resolved(name, line->second, settings.file_), settings.file_};
    } else {
      setting = {default_of(name), "default"};
    }
  }
  check(settings.get("output"), "output", {"table", "json", "jsonl"});
  check(settings.get("log-format"), "log-format", {"text", "json"});
  check(settings.get("log"), "log", {"debug", "info", "warn", "error", "off"});
  settings.workers();
  return settings;
}

const Setting& Settings::get(std::string_view name) const { return settings_.find(name)->second; }

std::vector<std::string> Settings::list(std::string_view name) const {
  std::vector<std::string> words;
  std::string_view text = value(name);
  while (!text.empty()) {
    const auto comma = std::min(text.find(','), text.size());
    auto word = text.substr(0, comma);
    word.remove_prefix(std::min(word.find_first_not_of(' '), word.size()));
    while (word.ends_with(' ')) word.remove_suffix(1);
    if (!word.empty()) words.emplace_back(word);
    text.remove_prefix(std::min(comma + 1, text.size()));
  }
  return words;
}

int Settings::workers() const {
  const auto& [text, origin] = get("workers");
  int count = 0;
  const auto* end = text.data() + text.size();
  const auto [stop, failed] = std::from_chars(text.data(), end, count);
  if (failed != std::errc{} || stop != end || count < 0 || count > most_workers)
    throw Error("ORCH-0001",
                fmt::format("workers (from {}) is \"{}\": expected a number from 0 to {}", origin,
                            text, most_workers),
                "0 lets orch choose");
  return count;
}

}  // namespace orch::cli
