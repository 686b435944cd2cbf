#include "workers/connectors/connections.h"

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <fstream>
#include <map>
#include <mutex>
#include <optional>
#include <sstream>
#include <sys/stat.h>
#include <utility>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "orchestrator/base/error.h"
#include "orchestrator/json/locations.h"
#include "orchestrator/json/strict.h"
#include "orchestrator/json/text.h"
#include "workers/connectors/entry.h"
#include "workers/connectors/registry.h"
#include "workers/worker.h"

namespace orch::connectors {
namespace {

std::string read(const std::filesystem::path& file) {
  std::ifstream in(file);
  if (!in)
    throw Error("ORCH-0302", fmt::format("no connections file {}", file.string()),
                "--connections FILE or ORCH_CONNECTIONS names it; the default is connections.json");
  std::stringstream text;
  text << in.rdbuf();
  return text.str();
}

/// Tells whether a file is the one that was read.
struct State {
  dev_t device;
  ino_t number;
  off_t size;
  std::int64_t changed;  ///< ns since 1970: its content, or what the system says of it

  bool operator==(const State&) const = default;
};

std::optional<State> state_of(const std::filesystem::path& file) {
  struct stat found {};
  if (::stat(file.c_str(), &found) != 0) return std::nullopt;
  return State{found.st_dev, found.st_ino, found.st_size,
               found.st_ctim.tv_sec * 1'000'000'000LL + found.st_ctim.tv_nsec};
}

/// A file that changed just now may change again without another time.
bool is_settled(const State& state) {
  const auto now = std::chrono::system_clock::now().time_since_epoch();
  return std::chrono::nanoseconds(state.changed) + std::chrono::seconds(2) <
         std::chrono::duration_cast<std::chrono::nanoseconds>(now);
}

struct Parsed {
  std::vector<Entry> entries;
  std::string folder;  ///< empty: the file's
};

Parsed parse_all(const boost::json::value& document, json::Problems& problems) {
  Parsed all;
  const auto* object = document.if_object();
  if (!object) {
    problems.push_back(
        {"", "a connections file must be an object, found " + json::describe_type(document)});
    return all;
  }
  json::Fields fields(*object, "", problems);
  if (fields.integer("version", 1, 1) == std::nullopt && !fields.has("version"))
    fields.problem("", "the member version is required", R"(add "version": 1)");
  const auto* entries = fields.object("connections");
  if (!fields.has("connections")) fields.problem("", "the member connections is required");
  fields.string("$schema");
  all.folder = fields.string("folder").value_or("");
  fields.finish("a connections file");
  if (!entries) return all;
  for (const auto& [key, value] : *entries) {
    const std::string name(key);
    const auto pointer = "/connections/" + json::pointer_token(name);
    if (const auto* entry = value.if_object()) {
      json::Fields members(*entry, pointer, problems);
      all.entries.push_back(parse_entry(name, members));
    } else {
      problems.push_back(
          {pointer, "a connection must be an object, found " + json::describe_type(value)});
    }
  }
  return all;
}

}  // namespace

void check_connections(const boost::json::value& document, json::Problems& problems) {
  parse_all(document, problems);
}

struct Connections::Impl {
  std::filesystem::path folder;
  std::filesystem::path deployed;  ///< of a deployed file, its own folder; else empty
  std::vector<Entry> all;

  const Entry& find(const std::string& name) const {
    const auto found = std::ranges::find(all, name, &Entry::name);
    if (found != all.end()) return *found;
    std::vector<std::string> names;
    for (const auto& entry : all) names.push_back(entry.name);
    throw workers::TaskFailed("Connection.Unknown",
                              fmt::format("no connection \"{}\" in the connections file{}", name,
                                          did_you_mean(name, names)),
                              fmt::format("there are: {}", fmt::join(names, ", ")), "ORCH-0304",
                              {{"connection", name}});
  }

  const Entry& find_able(const std::string& name, Ability ability, const char* role) const {
    const auto& entry = find(name);
    if (entry.connector->can.*ability) return entry;
    throw workers::TaskFailed("Connection.Unsupported",
                              fmt::format("the connection \"{}\" ({}) cannot be a {}", name,
                                          entry.connector->engine, role),
                              "it takes a connection of " + engines_that(ability), "ORCH-0305",
                              {{"connection", name}});
  }

  data::Opening opening_of(const Entry& entry, const Stop& stop = {}) const {
    return {folder, entry.secret ? fetch_secret(*entry.secret, folder, entry.name) : std::string(),
            stop};
  }
};

Connections Connections::load(const std::filesystem::path& file) {
  const auto text = read(file);
  json::Problems problems;
  Connections made;
  made.impl_ = std::make_unique<Impl>();
  std::string folder;
  try {
    auto parsed = parse_all(json::parse_strict(text), problems);
    made.impl_->all = std::move(parsed.entries);
    folder = std::move(parsed.folder);
    json::locate_problems(text, problems);
  } catch (const json::SyntaxError& error) {
    const auto location = json::location_of(text, error.offset());
    problems.push_back({"", error.what(), "", location.line, location.column});
  }
  if (!problems.empty()) throw InvalidDocument("ORCH-0301", file.string(), std::move(problems));
  made.impl_->folder = std::filesystem::absolute(file).parent_path();
  if (!folder.empty()) {
    made.impl_->deployed = made.impl_->folder;
    made.impl_->folder /= folder;
  }
  return made;
}

std::shared_ptr<const Connections> Connections::current(const std::filesystem::path& file) {
  struct Kept {
    State state;
    std::shared_ptr<const Connections> connections;
  };
  static std::mutex mutex;
  static std::map<std::string, Kept> files;
  const auto name = std::filesystem::absolute(file).string();
  const auto state = state_of(file);
  {
    const std::scoped_lock lock(mutex);
    const auto found = files.find(name);
    if (found != files.end() && state && found->second.state == *state)
      return found->second.connections;
  }
  auto read = std::make_shared<const Connections>(load(file));
  const std::scoped_lock lock(mutex);
  files.erase(name);
  if (state && is_settled(*state)) files.emplace(name, Kept{*state, read});
  return read;
}

Connections::Connections() = default;
Connections::Connections(Connections&&) noexcept = default;
Connections& Connections::operator=(Connections&&) noexcept = default;
Connections::~Connections() = default;

std::vector<Summary> Connections::list() const {
  std::vector<Summary> all;
  for (const auto& entry : impl_->all)
    all.push_back({entry.name, std::string(entry.connector->engine), entry.connection->display()});
  return all;
}

const std::filesystem::path& Connections::folder() const { return impl_->folder; }

std::filesystem::path Connections::document(const std::string& name) const {
  auto beside = impl_->deployed.empty() ? std::filesystem::path() : impl_->deployed / name;
  return !beside.empty() && std::filesystem::exists(beside) ? beside : impl_->folder / name;
}

std::unique_ptr<data::Source> Connections::open_source(const std::string& name,
                                                       const Stop& stop) const {
  const auto& entry = impl_->find_able(name, &data::Abilities::source, "source");
  return entry.connection->open_source(impl_->opening_of(entry, stop));
}

std::unique_ptr<data::Target> Connections::open_target(const std::string& name,
                                                       const Stop& stop) const {
  const auto& entry = impl_->find_able(name, &data::Abilities::target, "target");
  return entry.connection->open_target(impl_->opening_of(entry, stop));
}

std::unique_ptr<data::SqlSession> Connections::open_sql(const std::string& name) const {
  const auto& entry = impl_->find_able(name, &data::Abilities::sql, "database for statements");
  return entry.connection->open_sql(impl_->opening_of(entry));
}

data::Naming Connections::naming(const std::string& name) const {
  return impl_->find(name).connector->naming;
}

std::string Connections::database(const std::string& name) const {
  return impl_->find(name).connection->database(impl_->folder);
}

workers::Need Connections::need_of(const std::string& name, Instant now) const {
  const auto& entry = impl_->find(name);
  return connectors::need_of(name, entry.connection->database(impl_->folder), entry.rules, now);
}

Endpoint Connections::endpoint(const std::string& name) const {
  const auto& entry = impl_->find_able(name, &data::Abilities::endpoint, "server to call");
  return entry.connection->endpoint(impl_->opening_of(entry));
}

Health Connections::ping(const std::string& name, Role role) const {
  const auto& entry = impl_->find(name);
  return entry.connection->ping(impl_->opening_of(entry), role);
}

}  // namespace orch::connectors
