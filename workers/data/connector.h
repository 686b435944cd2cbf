// A kind of database, folder or server that connections lead to. Each has a Connector in its own
// folder; workers/connectors lists them all.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "orchestrator/json/fields.h"
#include "workers/data/naming.h"
#include "workers/data/source.h"
#include "workers/data/sql.h"
#include "workers/data/target.h"

namespace orch::data {

/// Asked several times a second by what waits for a server, on whatever thread waits; when it
/// answers true, workers::Cancelled is thrown.
using Stop = std::function<bool()>;

/// What opening takes beside the entry of the connections file.
struct Opening {
  std::filesystem::path folder;  ///< of the connections file: relative paths start there
  std::string secret = {};       ///< of the entry's member Connector::secret; empty: none
  Stop stop = {};
};

/// What a run does with a connection.
enum class Role : std::uint8_t { source, target };

/// What a look at a connection found. Not up at all is a TaskFailed.
struct Health {
  std::string degraded;  ///< why it is of limited use (a standby, say); empty: it is up
  std::string version;   ///< of the server; may be empty
};

/// Where a call goes, and what it authenticates with.
struct Endpoint {
  std::string url;
  std::string token;  ///< of "Authorization: Bearer"; a secret; empty: none
};

/// One parsed entry of the connections file. What its Connector cannot open is never asked of it.
class Connection {
 public:
  virtual ~Connection() = default;
  /// For people and logs: never a secret.
  virtual std::string display() const = 0;
  /// The database it leads to, the same for every user: two with the same text write the same
  /// tables. `folder` is Opening::folder.
  virtual std::string database(const std::filesystem::path& folder) const = 0;

  /// Throw TaskFailed "Connection.Down", "Connection.Refused".
  virtual std::unique_ptr<Source> open_source(const Opening& opening) const;
  virtual std::unique_ptr<Target> open_target(const Opening& opening) const;
  virtual std::unique_ptr<SqlSession> open_sql(const Opening& opening) const;
  virtual Endpoint endpoint(const Opening& opening) const;
  /// Connects and asks the least. Throws as open_source() does.
  virtual Health ping(const Opening&, Role) const { return {}; }
};

/// What a kind of connection can be opened as.
struct Abilities {
  bool source = false;
  bool target = false;
  bool sql = false;       ///< single statements
  bool endpoint = false;  ///< calls
};

struct Connector {
  std::string_view engine;                ///< "postgresql"; for people, and `engine` of an entry
  std::vector<std::string_view> schemes;  ///< of URLs, without the colon; the first is shown
  std::string_view url_form;              ///< for hints: "sqlite:FILE"
  Abilities can;
  bool names_path = false;  ///< what follows the scheme is a path
  bool by_members = false;  ///< an entry may have `engine` and members of its own for a URL
  std::string_view secret;  ///< the member that says where the secret is; empty: there is none
  Naming naming = {};       ///< how its databases keep names
  /// Reads an entry but `engine` and the secret; `url` is empty for one by members. What is wrong
  /// becomes a problem of `fields`, and the answer is not used then.
  std::unique_ptr<Connection> (*parse)(const std::string& url, json::Fields& fields) = nullptr;
  /// Takes the secret out of a URL; null where it is user information or ?password=.
  std::string (*take_secret)(std::string& url) = nullptr;
};

/// What follows "scheme:", without the slashes of an empty authority. A problem when it is empty.
std::string path_of_url(const std::string& url, json::Fields& fields);

/// "sqlite:" and the canonical path, for Connection::database().
std::string database_of_path(std::string_view engine, const std::filesystem::path& path);

}  // namespace orch::data
