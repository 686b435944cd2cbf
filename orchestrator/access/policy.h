// What runs of API clients may reach on this host: one decision, used when a definition is created
// and again when a state runs.
#pragma once

#include <filesystem>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "orchestrator/access/demand.h"
#include "orchestrator/access/grants.h"

namespace orch::access {

/// Why a demand is refused, for the client, and what the operator could do about it.
struct Refusal {
  std::string message;
  std::string hint;
};

/// Without grants a client reaches bindings, named connections, activities, other state machines,
/// buckets of the operator's endpoint; it reads catalogs in the project's folder, and writes into
/// the folder "reports" there. Thread-safe.
class Policy {
 public:
  /// `own` are files of the server that no client may read or write, wherever they are: store,
  /// keys, connections, bindings. So are files whose names begin with theirs (".db-wal").
  Policy(Grants grants, const std::vector<std::filesystem::path>& own);

  /// Empty: allowed. `project` is the folder of the run's connections file; empty: there is none.
  /// Of a demand with an empty value it decides whether any could be allowed. Paths are judged by
  /// the file system as it is now; URLs by their text: see refuse_address().
  std::optional<Refusal> refuse(const Demand& demand, const std::filesystem::path& project) const;

  /// `url` was allowed, and its host leads to `address` (numeric): DNS may say anything. Ask before
  /// connecting.
  std::optional<Refusal> refuse_address(const std::string& url, const std::string& address) const;

  const Grants& grants() const { return grants_; }

 private:
  std::optional<Refusal> refuse_url(const std::string& text) const;
  std::optional<Refusal> refuse_file(const Demand& demand,
                                     const std::filesystem::path& project) const;
  std::optional<Refusal> refuse_bucket(const std::string& name) const;
  bool granted(const Url& url) const;
  bool in_granted_folder(const std::filesystem::path& place) const;
  bool is_own(const std::filesystem::path& place) const;

  Grants grants_;
  std::vector<std::filesystem::path> own_;
};

}  // namespace orch::access
