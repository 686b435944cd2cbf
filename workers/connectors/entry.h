// One entry of the connections file. Internal to the module.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "workers/connectors/rules.h"
#include "workers/connectors/secret.h"
#include "workers/data/connector.h"

namespace orch::connectors {

struct Entry {
  std::string name;
  const data::Connector* connector = nullptr;
  std::unique_ptr<data::Connection> connection;
  std::optional<SecretPlace> secret;
  Rules rules;
};

/// Reads one entry; problems go to `fields`, and the answer is not whole then.
Entry parse_entry(const std::string& name, json::Fields& fields);

}  // namespace orch::connectors
