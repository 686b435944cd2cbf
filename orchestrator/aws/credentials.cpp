#include "orchestrator/aws/credentials.h"

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <map>
#include <string_view>
#include <vector>

#include <fmt/format.h>

#include "orchestrator/base/ascii.h"
#include "orchestrator/base/error.h"

namespace orch::aws {
namespace {

namespace fs = std::filesystem;

using Section = std::map<std::string, std::string, std::less<>>;
using Sections = std::map<std::string, Section, std::less<>>;

std::string environment(const char* name) {
  const char* value = std::getenv(name);
  return value ? value : "";
}

std::string profile_name() {
  const auto named = environment("AWS_PROFILE");
  return named.empty() ? "default" : named;
}

fs::path file_of(const char* variable, const char* usual) {
  if (const auto named = environment(variable); !named.empty()) return named;
  return fs::path(environment("HOME")) / ".aws" / usual;
}

constexpr std::string_view blanks = " \t\r";

// "[profile nightly]" of the configuration file is "[nightly]" of the credentials file.
std::string section_name(std::string_view line) {
  auto name = trimmed(line.substr(1, line.find(']') - 1), blanks);
  constexpr std::string_view prefix = "profile ";
  if (name.starts_with(prefix)) name = trimmed(name.substr(prefix.size()), blanks);
  return std::string(name);
}

Sections read_sections(const fs::path& file) {
  Sections sections;
  if (!fs::exists(file)) return sections;
  std::ifstream in(file);
  if (!in)
    throw Error("ORCH-0661", fmt::format("{}: {}", file.string(), std::strerror(errno)),
                "it holds the keys of AWS; check its permissions");
  Section* section = nullptr;
  for (std::string line; std::getline(in, line);) {
    // Settings of a setting are indented; none of them is wanted here.
    if (line.empty() || line.front() == '#' || line.front() == ';' || line.front() == ' ' ||
        line.front() == '\t')
      continue;
    if (line.front() == '[') {
      section = &sections[section_name(line)];
    } else if (const auto equals = line.find('='); section && equals != line.npos) {
      (*section)[std::string(trimmed(std::string_view(line).substr(0, equals), blanks))] =
          trimmed(std::string_view(line).substr(equals + 1), blanks);
    }
  }
  return sections;
}

/// The profile as both files have it; the first one rules.
std::vector<Section> profile_sections() {
  const auto name = profile_name();
  std::vector<Section> found;
  std::vector<std::string> names;
  for (const auto& file : {file_of("AWS_SHARED_CREDENTIALS_FILE", "credentials"),
                           file_of("AWS_CONFIG_FILE", "config")}) {
    const auto sections = read_sections(file);
    for (const auto& [other, ignored] : sections) names.push_back(other);
    if (const auto at = sections.find(name); at != sections.end()) found.push_back(at->second);
  }
  if (found.empty() && !environment("AWS_PROFILE").empty())
    throw Error("ORCH-0661",
                fmt::format("AWS_PROFILE is \"{}\": no such profile in the shared credentials and "
                            "configuration files{}",
                            name, did_you_mean(name, names)),
                "`aws configure list-profiles` shows those there are");
  return found;
}

std::string member(const Section& section, std::string_view name) {
  const auto found = section.find(name);
  return found == section.end() ? std::string() : found->second;
}

std::optional<Credentials> complete(Credentials credentials, const std::string& where) {
  if (credentials.key_id.empty() && credentials.secret.empty()) return std::nullopt;
  if (credentials.key_id.empty() || credentials.secret.empty())
    throw Error("ORCH-0661",
                fmt::format("{} has the {}, and no {}", where,
                            credentials.key_id.empty() ? "secret key" : "key's id",
                            credentials.key_id.empty() ? "key's id" : "secret key"),
                "give both, or neither");
  return credentials;
}

}  // namespace

std::optional<Credentials> find_credentials() {
  if (auto found = complete({environment("AWS_ACCESS_KEY_ID"), environment("AWS_SECRET_ACCESS_KEY"),
                             environment("AWS_SESSION_TOKEN")},
                            "the environment"))
    return found;
  for (const auto& section : profile_sections()) {
    if (auto found = complete(
            {member(section, "aws_access_key_id"), member(section, "aws_secret_access_key"),
             member(section, "aws_session_token")},
            fmt::format("the profile \"{}\"", profile_name())))
      return found;
  }
  return std::nullopt;
}

std::string find_region() {
  for (const char* variable : {"AWS_REGION", "AWS_DEFAULT_REGION"}) {
    if (auto region = environment(variable); !region.empty()) return region;
  }
  for (const auto& section : profile_sections()) {
    if (auto region = member(section, "region"); !region.empty()) return region;
  }
  return {};
}

}  // namespace orch::aws
