// Alerts of a server: evaluates rules when runs end and as time passes, writes what is to be sent
// into the run store together with the state that led to it, and sends it until the other side has
// it.
//
// If the process dies before that commit, the next one evaluates the same ends of runs again: they
// are read from the store, after the last one whose evaluation is committed. If it dies later, the
// messages are there and are sent by the next one; one whose answer was lost is sent twice, with
// the same id.
#pragma once

#include <chrono>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include "orchestrator/alerts/state.h"
#include "orchestrator/engine/engine.h"
#include "orchestrator/host/alert_facts.h"
#include "orchestrator/host/alert_plan.h"
#include "orchestrator/host/alert_sender.h"
#include "orchestrator/store/alerts.h"

namespace orch::host {

class AlertWatch {
 public:
  /// `next_plan` is asked now and then, on the thread of the watch; it returns the configuration
  /// when that has changed. Nothing here fails a run or delays the engine, which must outlive this.
  AlertWatch(engine::Engine& engine, std::string store, AlertPlan plan,
             std::function<std::optional<AlertPlan>()> next_plan);
  ~AlertWatch();
  AlertWatch(const AlertWatch&) = delete;
  AlertWatch& operator=(const AlertWatch&) = delete;

 private:
  struct Cursor {
    Instant at;
    std::set<std::string> runs;  ///< of those that ended at this time, the ones that are evaluated
  };
  struct Work {
    std::map<std::string, std::string> states;  ///< that have changed; empty: is forgotten
    std::vector<store::DeliveryRow> deliveries;
  };

  static std::string to_text(const Cursor& cursor);
  void run(const std::stop_token& stop);
  void turn();
  void load(Instant now);
  void evaluate(Instant now);
  std::vector<store::ExecutionRow> newly_ended();
  std::map<std::string, Watched> watched(const std::vector<store::ExecutionRow>& ended);
  void add_end(const Watched& watched, const store::ExecutionRow& row, Instant now,
               alerts::Facts& facts, Work& work);
  void add_store_facts(const std::map<std::string, Watched>& watched, Instant now,
                       std::map<std::string, alerts::Facts>& facts);
  void judge(const std::map<std::string, Watched>& watched,
             std::map<std::string, alerts::Facts>& facts, Instant now, Work& work);
  void forget_unwatched(const std::map<std::string, Watched>& watched, Work& work);
  std::map<std::string, std::vector<alerts::Notice>> by_channel(
      const std::vector<alerts::Notice>& notices) const;
  void commit(const Work& work, Cursor cursor);
  void show(const std::map<std::string, Watched>& watched, Instant now);
  void send_due(Instant now);
  void send(const store::DeliveryRow& row);
  void settle(Instant now);
  void store_fails(const std::string& why, Instant now);
  void ping();

  engine::Engine& engine_;
  const std::string store_url_;
  const std::function<std::optional<AlertPlan>()> next_plan_;
  AlertPlan plan_;
  std::unique_ptr<store::Store> store_;  ///< null: it is to be opened (again)
  std::unique_ptr<store::Alerts> kept_;
  std::optional<Cursor> cursor_;
  std::map<std::string, alerts::SubjectState> states_;
  std::map<std::int64_t, store::DeliveryRow> sending_;
  std::vector<store::DeliveryRow> settled_;  ///< sent or failed, and not yet written
  int store_failures_ = 0;                   ///< in a row
  alerts::SubjectState urgent_;              ///< of the server, while the store fails
  std::chrono::steady_clock::time_point evaluated_{};
  std::chrono::steady_clock::time_point well_at_{};
  std::chrono::steady_clock::time_point pinged_{};
  AlertSender sender_;
  std::jthread thread_;
};

}  // namespace orch::host
