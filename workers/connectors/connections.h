// The connections file: named databases and folders, with their secrets elsewhere.
#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include <boost/json/value.hpp>

#include "orchestrator/json/fields.h"
#include "workers/data/connector.h"
#include "workers/needs.h"

namespace orch::connectors {

/// What is wrong with a connections document.
void check_connections(const boost::json::value& document, json::Problems& problems);

/// One connection as configured; `url` and the secrets never leave this module.
struct Summary {
  std::string name;
  std::string engine;   ///< Connector::engine
  std::string display;  ///< for people and logs: "postgresql://loader@db1:5432/ledger", no secret
};

using data::Endpoint;
using data::Health;
using data::Role;
using data::Stop;

class Connections {
 public:
  /// Reads and checks `file`; secrets are fetched from environment and files when a connection is
  /// opened, not here. Throws InvalidDocument (ORCH-0301) with every problem.
  static Connections load(const std::filesystem::path& file);
  /// The same for the many tasks of a run: what was read stays until the file is another, or was
  /// written to. Any thread.
  static std::shared_ptr<const Connections> current(const std::filesystem::path& file);
  Connections(Connections&&) noexcept;
  Connections& operator=(Connections&&) noexcept;
  ~Connections();

  std::vector<Summary> list() const;
  /// Relative paths of the project (SQLite files, secrets, reports) start here: the file's folder,
  /// or the one that the file names, as a deployed one does.
  const std::filesystem::path& folder() const;

  /// Where the document `name` of the project is read: beside the connections file when that is a
  /// deployed one and was deployed with it, else below folder().
  std::filesystem::path document(const std::string& name) const;

  /// Throw TaskFailed "Connection.Unknown" (with near matches), "Connection.Down",
  /// "Connection.Refused" (wrong password, no permission), "Connection.Unsupported". What waits for
  /// a server asks `stop` several times a second, on whatever thread waits; when it answers true,
  /// throws workers::Cancelled.
  std::unique_ptr<data::Source> open_source(const std::string& name, const Stop& stop = {}) const;
  std::unique_ptr<data::Target> open_target(const std::string& name, const Stop& stop = {}) const;
  std::unique_ptr<data::SqlSession> open_sql(const std::string& name) const;
  /// How the database of a connection keeps names. Throws TaskFailed "Connection.Unknown".
  data::Naming naming(const std::string& name) const;
  /// The database a connection leads to, the same for every user: server, port and name, or a file.
  /// Two connections with the same text write the same tables. Throws TaskFailed
  /// "Connection.Unknown".
  std::string database(const std::string& name) const;
  /// What a task needs that uses it from `now` on. Throws TaskFailed "Connection.Unknown".
  workers::Need need_of(const std::string& name, Instant now) const;
  /// Throws TaskFailed "Connection.Unknown", "Connection.Unsupported", "Connection.SecretMissing".
  Endpoint endpoint(const std::string& name) const;

  /// Connects and asks the least. A SQLite file that is only written to need not exist yet. Throws
  /// like open_source().
  Health ping(const std::string& name, Role role) const;

 private:
  Connections();
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace orch::connectors
