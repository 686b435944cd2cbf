// This process as the owner of the store: engine, control socket, and the runs others handed over.
#pragma once

#include <chrono>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "orchestrator/engine/engine.h"
#include "orchestrator/engine/feed.h"
#include "orchestrator/host/control.h"
#include "orchestrator/host/housekeeper.h"
#include "orchestrator/host/operations.h"
#include "orchestrator/host/request.h"
#include "orchestrator/monitor/monitor.h"
#include "orchestrator/stepfunctions/integration.h"
#include "orchestrator/stepfunctions/service.h"
#include "orchestrator/store/store.h"

namespace orch::host {

class Owner {
 public:
  /// Throws Error ORCH-0201 when another process owns the store. `command` names this process.
  /// `bindings` is the path of a bindings file, or empty. `listeners` are told what runs do, from
  /// the first event of this owner on, and must outlive it.
  Owner(const std::string& store, const std::string& command, int workers,
        const std::string& bindings, stepfunctions::Options options, engine::Limits limits,
        std::vector<monitor::Listener*> listeners = {});
  ~Owner();
  Owner(const Owner&) = delete;
  Owner& operator=(const Owner&) = delete;

  /// Does what this process was started for; returns when it is committed. Throws as the engine
  /// does, and Error ORCH-0203 for a run that there is not. To resume a run that continues by
  /// itself is no error when it has succeeded meanwhile.
  Accepted accept(const Request& request);

  /// Does what the operation does (operations.h), one at a time. Thread-safe; throws what it
  /// throws, and Error ORCH-0007 when there is none of this name.
  boost::json::object perform(const std::string& operation, const boost::json::object& parameters);

  engine::Engine& engine() { return *engine_; }
  Housekeeper& housekeeper() { return *housekeeper_; }
  stepfunctions::Service& service() { return *service_; }
  /// What the engine commits.
  engine::Feed& feed() { return feed_; }
  /// Null without listeners.
  const monitor::Monitor* monitor() const { return monitor_.get(); }
  /// Runs that this process continues: under way when the store was taken over, and not paused.
  struct Continued {
    store::ExecutionRow run;
    Instant interrupted_at;  ///< its last event before
  };
  const std::vector<Continued>& continued() const { return continued_; }

  /// Names of the runs under way that other processes handed over, or that were continued.
  std::vector<std::string> delegated();
  /// After delegated(): waits at most `longest` for the end of any run.
  void wait_for_an_end(Millis longest);
  /// Takes no more runs from others if delegated() is empty; true when it is so. They retry, and
  /// own the store after this process.
  bool close_if_none_delegated();

 private:
  Accepted do_accept(const Request& request);
  bool was_continued(const std::string& run) const;
  boost::json::object answer(const boost::json::object& line);
  boost::json::object answer_operation(const boost::json::object& line,
                                       const boost::json::value& parameters);
  void drop_ended();

  std::unique_ptr<store::Store> store_;
  std::unique_ptr<store::Store> reader_;  ///< guarded by mutex_, as the rest below
  stepfunctions::Integration integration_;
  workers::Registry registry_;
  engine::Feed feed_;
  std::unique_ptr<monitor::Monitor> monitor_;  ///< ends after the engine has
  std::vector<Continued> continued_;
  std::mutex mutex_;
  std::map<std::string, std::string> delegated_;  ///< their names, by id
  bool delegated_changed_ = true;
  std::unique_ptr<engine::Subscription> ends_;  ///< since somebody has asked for the delegated
  std::chrono::steady_clock::time_point look_again_;
  bool closed_ = false;
  std::mutex operating_;                  ///< guards site_
  std::unique_ptr<store::Store> beside_;  ///< that of site_
  std::optional<Site> site_;
  std::unique_ptr<engine::Engine> engine_;
  std::unique_ptr<stepfunctions::Service> service_;
  std::unique_ptr<ControlServer> server_;
  std::unique_ptr<Housekeeper> housekeeper_;
};

}  // namespace orch::host
