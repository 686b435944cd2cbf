#include "orchestrator/cli/signing_keys.h"

#include <cstdlib>

#include <fmt/format.h>

#include "orchestrator/base/error.h"
#include "orchestrator/base/private_file.h"
#include "orchestrator/cli/files.h"
#include "orchestrator/json/fields.h"
#include "orchestrator/json/locations.h"

namespace orch::cli {
namespace {

// {"AKIA…": "secret", …}
aws::Keys read_keys(const std::string& file) {
  require_private(file, "the keys file");
  const auto text = read_text(file);
  const auto document = parse_json(text, file);
  aws::Keys keys;
  json::Problems problems;
  if (const auto* object = document.if_object()) {
    for (const auto& [id, secret] : *object) {
      if (secret.is_string() && !secret.get_string().empty())
        keys.emplace(id, secret.get_string());
      else
        problems.push_back({"/" + json::pointer_token(id), "a secret key must be a string"});
    }
  }
  if (keys.empty() && problems.empty())
    problems.push_back({"", "expected an object of secret keys by key id"});
  json::locate_problems(text, problems);
  if (!problems.empty()) throw InvalidDocument("ORCH-0013", file, std::move(problems));
  return keys;
}

}  // namespace

aws::Keys signing_keys(const Settings& settings) {
  aws::Keys keys;
  if (const auto& file = settings.value("keys"); !file.empty()) keys = read_keys(file);
  const char* id = std::getenv("ORCH_ACCESS_KEY_ID");
  const char* secret = std::getenv("ORCH_SECRET_ACCESS_KEY");
  if (!id && !secret) return keys;
  if (!id || !*id || !secret || !*secret)
    throw Error("ORCH-0013",
                fmt::format("the environment has {} without {}",
                            id ? "ORCH_ACCESS_KEY_ID" : "ORCH_SECRET_ACCESS_KEY",
                            id ? "ORCH_SECRET_ACCESS_KEY" : "ORCH_ACCESS_KEY_ID"),
                "set both, or neither");
  keys.insert_or_assign(id, secret);
  return keys;
}

}  // namespace orch::cli
