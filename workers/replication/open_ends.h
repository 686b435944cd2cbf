// The databases of a catalog, each opened once.
#pragma once

#include <exception>
#include <map>
#include <memory>
#include <string>
#include <utility>

#include "workers/connectors/connections.h"

namespace orch::replication {

/// Connections opened once each: one that is down is not tried again for the next table.
template <class End>
class Opened {
 public:
  template <class Open>
  End& get(const std::string& name, Open&& open) {
    const auto [found, fresh] = ends_.try_emplace(name);
    auto& [end, failure] = found->second;
    try {
      if (fresh) end = open();
    } catch (...) {
      failure = std::current_exception();
    }
    if (failure) std::rethrow_exception(failure);
    return *end;
  }

 private:
  std::map<std::string, std::pair<std::unique_ptr<End>, std::exception_ptr>> ends_;
};

class OpenEnds {
 public:
  explicit OpenEnds(const connectors::Connections& connections) : connections_(connections) {}

  data::Source& source(const std::string& name) {
    return sources_.get(name, [&] { return connections_.open_source(name); });
  }
  data::Target& target(const std::string& name) {
    return targets_.get(name, [&] { return connections_.open_target(name); });
  }
  /// The database of a target, to be read from.
  data::Source& published(const std::string& name) {
    return published_.get(name, [&] { return connections_.open_source(name); });
  }

 private:
  const connectors::Connections& connections_;
  Opened<data::Source> sources_;
  Opened<data::Target> targets_;
  Opened<data::Source> published_;
};

}  // namespace orch::replication
