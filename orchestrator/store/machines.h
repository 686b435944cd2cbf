// State machines, their revisions, versions and aliases, activities and tags: what clients of the
// service's API create besides runs.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "orchestrator/base/time.h"

namespace orch::store {

/// What a machine was at a time; never changes.
struct Revision {
  std::int64_t id = 0;
  std::string uuid;  ///< empty for the first one of a machine
  std::string definition_hash;
  std::string role;
  std::string configuration;  ///< JSON: logging, tracing, encryption
  Instant created_at;
};

struct MachineRow {
  std::int64_t id = 0;  ///< 0: it was not created, but `orch submit` has started runs of it
  std::string name;
  bool express = false;
  Instant created_at;
  Revision revision;  ///< the present one
};

struct VersionRow {
  std::int64_t number = 0;
  std::string description;
  Instant created_at;
  Revision revision;
};

/// A version and its share of the executions, in percent.
using Route = std::pair<std::int64_t, std::int64_t>;

struct AliasRow {
  std::string name;
  std::string description;
  std::vector<Route> routing;
  Instant created_at;
  Instant updated_at;
};

struct ActivityRow {
  std::string name;
  std::string configuration;  ///< JSON: encryption
  Instant created_at;
};

using Tags = std::vector<std::pair<std::string, std::string>>;

/// The part of a store that clients change: see Store::machines(). One thread at a time. Throws
/// Error (ORCH-02xx) on trouble with the store. What is read is compared with its checksum: a
/// damaged row is an Error ORCH-0206 that names it, and is left out of lists.
class Machines {
 public:
  virtual ~Machines() = default;

  /// Runs `work`, which uses this object, in one transaction, isolated from all others; an
  /// exception undoes it.
  virtual void transact(const std::function<void()>& work) = 0;

  virtual std::optional<MachineRow> find(const std::string& name) = 0;
  virtual std::optional<Revision> revision(std::int64_t id) = 0;
  /// By name, those behind `after`.
  virtual std::vector<MachineRow> list(const std::string& after, std::int64_t limit) = 0;
  /// Adds a machine with its first revision; returns its id.
  virtual std::int64_t add(const MachineRow& machine, const std::string& definition) = 0;
  /// Makes `revision` the present one; returns its id.
  virtual std::int64_t update(std::int64_t machine, const Revision& revision,
                              const std::string& definition) = 0;
  /// Its name is free again; its versions, aliases and tags are gone. Takes a damaged one, too;
  /// does nothing when there is none.
  virtual void remove(const std::string& name) = 0;

  virtual std::optional<VersionRow> version(std::int64_t machine, std::int64_t number) = 0;
  /// Newest first, those with smaller numbers than `below`.
  virtual std::vector<VersionRow> versions(std::int64_t machine, std::int64_t below,
                                           std::int64_t limit) = 0;
  /// Adds a version of the revision `version.revision.id`; returns its number.
  virtual std::int64_t add_version(std::int64_t machine, const VersionRow& version) = 0;
  virtual void remove_version(std::int64_t machine, std::int64_t number) = 0;

  virtual std::optional<AliasRow> alias(std::int64_t machine, const std::string& name) = 0;
  /// By name, those behind `after`.
  virtual std::vector<AliasRow> aliases(std::int64_t machine, const std::string& after,
                                        std::int64_t limit) = 0;
  /// Adds or replaces the alias of this name.
  virtual void put_alias(std::int64_t machine, const AliasRow& alias) = 0;
  virtual void remove_alias(std::int64_t machine, const std::string& name) = 0;

  virtual std::optional<ActivityRow> activity(const std::string& name) = 0;
  virtual std::vector<ActivityRow> activities(const std::string& after, std::int64_t limit) = 0;
  virtual void add_activity(const ActivityRow& activity) = 0;
  virtual void remove_activity(const std::string& name) = 0;

  /// `resource` is "stateMachine:NAME" or "activity:NAME".
  virtual Tags tags(const std::string& resource) = 0;
  virtual void put_tag(const std::string& resource, const std::string& key,
                       const std::string& value) = 0;
  virtual void remove_tag(const std::string& resource, const std::string& key) = 0;
};

}  // namespace orch::store
