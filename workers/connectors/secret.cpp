#include "workers/connectors/secret.h"

#include <cstdlib>
#include <fstream>
#include <sstream>

#include <fmt/format.h>

#include "workers/worker.h"

namespace orch::connectors {

std::optional<SecretPlace> parse_secret(json::Fields& fields, std::string_view field) {
  const auto* value = fields.get(field);
  if (!value) return std::nullopt;
  const auto* object = value->if_object();
  if (!object) {
    fields.problem(field, fmt::format("{} must not stand in this file", field),
                   R"(write {"env": "NAME"} or {"file": "path"} and put the secret there)");
    return std::nullopt;
  }
  json::Fields place(*object, fields.at(field), fields.problems());
  const auto environment = place.string("env");
  const auto file = place.string("file");
  place.finish("a secret");
  if (environment.has_value() == file.has_value())
    fields.problem(field, fmt::format("{} needs exactly one of env and file", field));
  if (environment == "" || file == "")
    fields.problem(field, fmt::format("{} names no place: env or file is empty", field));
  return SecretPlace{environment.value_or(""), file.value_or("")};
}

std::string fetch_secret(const SecretPlace& place, const std::filesystem::path& folder,
                         const std::string& connection) {
  const auto missing = [&](const std::string& what, const std::string& hint) {
    throw workers::TaskFailed(
        "Connection.SecretMissing",
        fmt::format("the secret of the connection \"{}\" is missing: {}", connection, what), hint,
        "ORCH-0303", {{"connection", connection}});
  };
  if (!place.environment.empty()) {
    const char* value = std::getenv(place.environment.c_str());
    if (!value)
      missing(fmt::format("the environment has no {}", place.environment),
              fmt::format("export {}=… before starting orch", place.environment));
    return value;
  }
  const auto path = folder / place.file;
  std::ifstream in(path);
  if (!in) missing(fmt::format("{} cannot be read", path.string()), "write the secret there");
  std::stringstream text;
  text << in.rdbuf();
  auto secret = text.str();
  while (!secret.empty() && (secret.back() == '\n' || secret.back() == '\r')) secret.pop_back();
  return secret;
}

}  // namespace orch::connectors
