// What the command line, the environment and the configuration file say, in this order of rank.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace orch::cli {

/// One setting there is.
struct SettingKind {
  std::string_view name;         ///< "store", the option --store, and the file's member
  std::string_view environment;  ///< "ORCH_STORE"
  std::string_view about;
  std::string_view argument = "FILE";  ///< what help shows for the option's argument
  /// Words separated by commas: the option may be repeated, the member may be an array.
  bool list = false;
};

const std::vector<SettingKind>& setting_kinds();

struct Setting {
  std::string value;
  std::string origin;  ///< "--store", "ORCH_STORE", the file's path, "default"
};

class Settings {
 public:
  /// `flags` holds the options that were given, by name; "config" names the configuration file,
  /// else ORCH_CONFIG, else XDG_CONFIG_HOME/orch/config.json if that exists. Throws InvalidDocument
  /// (ORCH-0005), Error ORCH-0002 when a named file cannot be read, Error ORCH-0001 for a value
  /// out of its range.
  static Settings load(const std::map<std::string, std::string>& flags);
  /// As they are now, with the same options and environment. Throws as load().
  Settings reloaded() const { return load(flags_); }

  const Setting& get(std::string_view name) const;
  const std::string& value(std::string_view name) const { return get(name).value; }
  /// The words of a list.
  std::vector<std::string> list(std::string_view name) const;
  int workers() const;
  /// The file that was read; empty: none.
  const std::string& file() const { return file_; }

 private:
  std::map<std::string, Setting, std::less<>> settings_;
  std::map<std::string, std::string> flags_;
  std::string file_;
};

}  // namespace orch::cli
