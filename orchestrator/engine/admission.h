// Which tasks may begin: slots, holds, maintenance windows, and connections that do not answer.
#pragma once

#include <atomic>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "orchestrator/asl/failure.h"
#include "orchestrator/engine/applicants.h"
#include "orchestrator/engine/delivery.h"
#include "orchestrator/engine/follower.h"
#include "orchestrator/engine/holds.h"
#include "orchestrator/engine/limits.h"
#include "orchestrator/engine/outages.h"
#include "orchestrator/engine/participant.h"
#include "orchestrator/engine/runs.h"
#include "orchestrator/engine/slots.h"
#include "orchestrator/execution/execution.h"

namespace orch::engine {

/// Tasks of runs that are held, or that are one too many, are kept from all other followers. What a
/// task needs beyond that its worker thread asks for with admit(), before the worker begins: a task
/// that must wait gives its thread back, and is delivered again.
///
/// A slot is held from the commit before a task begins until its worker has left. What holds is in
/// memory, because the threads that use it are: a process that dies leaves neither. The store has a
/// record of it, written in the commit that grants, which the next owner begins anew.
class Admission final : public Participant, public Follower {
 public:
  Admission(Runs& runs, Limits limits);

  /// Delivery::admit(), as a command.
  workers::Admitted admit(Delivery& delivery);
  /// These connections answer again; as a command.
  void answered(const std::vector<std::string>& connections);
  /// As those of the engine; as commands.
  void hold(const store::HoldRow& hold);
  /// False: nothing was held so.
  bool release(const std::string& subject);

  /// The worker has given the task back before it began, or when it was stopped for that.
  void came_back(Active& run, Delivery& delivery);
  /// True: the task waits until its connection answers, instead of failing.
  bool outlasts(Active& run, Delivery& delivery, const asl::Failure& failure);
  /// The worker has left.
  void left(const Delivery& delivery);
  /// Tells whether a worker has the task, for this object's lifetime.
  void ask_workers(std::function<bool(const SlotKey&)> has_worker) {
    has_worker_ = std::move(has_worker);
  }

  /// Whether tasks of the run are limited by its pipeline.
  bool limits_tasks(const Active& run) { return applicants_.limits_tasks(run); }
  /// Whose a task of the run is, and how urgent.
  Applicant made_by(const Active& run, execution::Ticket ticket) {
    return applicants_.made_by(run, id_of(ticket));
  }
  /// Whether tasks may have to wait that say what they need.
  const std::atomic<bool>& engaged() const { return engaged_; }
  /// Whether a hold of this subject is about the delivery.
  bool concerns(const store::HoldRow& hold, const Active& run, const Delivery& delivery) const;

  void decide() override;
  void write() override;
  void committed() override;
  void rolled_back() override;
  void carry_out() override;
  bool has_work() const override { return changed_ || look_again_ || !rows_.empty(); }
  Millis patience() const override;

  bool take_on(Active& run, const execution::OpenTask& task) override;
  void closed_some(Active& run) override;
  void ended(Active& run) override { forget(run.row.id); }
  void dropped(const Active& run, const std::exception_ptr&) override { forget(run.row.id); }

 private:
  using Names = std::set<std::string>;

  static execution::EventId id_of(execution::Ticket ticket) {
    return static_cast<execution::EventId>(ticket);
  }
  void give_up(const SlotKey& key);
  void forget(store::ExecutionId run);
  /// What keeps it beside slots, for people; empty: nothing. Outages of `asked` do not count.
  std::string barrier(const Applicant& applicant, const Names& asked = {}) const;
  std::string run_barrier(const Active& run);
  void wait(Applicant applicant);
  void wait_for(const Active& run, execution::Ticket ticket, const workers::Needs& needs);
  void grant();
  void tell_again();
  void look_for_what_is_over();
  void send_somebody_to_ask();
  void write_row(const SlotKey& key);
  void carry_on(const SlotKey& key);
  void engage();

  Runs& runs_;
  Limits limits_;
  Applicants applicants_;
  Slots slots_;
  Holds holds_;
  Outages outages_;
  std::atomic<bool> engaged_ = false;
  /// Tasks that are kept from other followers with their run, and why.
  std::map<SlotKey, std::string> parked_;
  std::map<SlotKey, workers::Needs> needs_;  ///< of tasks that have asked
  std::optional<Instant> window_end_;        ///< the first that somebody waits for
  std::function<bool(const SlotKey&)> has_worker_;

  bool changed_ = false;                       ///< somebody may begin
  bool look_again_ = false;                    ///< parked tasks may go on
  bool clear_ = true;                          ///< the rows in the store are another process's
  std::set<SlotKey> rows_;                     ///< to be written
  std::vector<store::OutageRow> outage_rows_;  ///< likewise
  std::vector<SlotKey> granted_;               ///< in this turn
  std::set<SlotKey> asked_;                    ///< of those: by admit()
  std::set<SlotKey> asking_;                   ///< to be delivered again, to ask a connection
  std::vector<SlotKey> go_on_;                 ///< to be handed out after the commit
};

}  // namespace orch::engine
