#include "orchestrator/rest/events.h"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <list>
#include <map>
#include <mutex>
#include <set>
#include <thread>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "orchestrator/base/log.h"
#include "orchestrator/base/wall_clock.h"
#include "orchestrator/rest/listener.h"
#include "orchestrator/rest/problem.h"
#include "orchestrator/rest/visible.h"
#include "orchestrator/store/open.h"
#include "orchestrator/store/redaction.h"

namespace orch::rest {
namespace {

using Clock = std::chrono::steady_clock;
using store::Standing;

constexpr std::int64_t most_at_once = 1'000;
// News are told at once, and then not again for so long: a busy engine commits hundreds of times a
// second. Each listener costs a wake-up and a write whenever it is told anything; all of them
// together take a thousand a second.
constexpr Millis least_gathering{50};
constexpr Millis most_gathering{250};
constexpr std::size_t most_in_a_piece = std::size_t{64} << 10;
// A run's row may change without an event: it waits for another one, or was paused.
constexpr Millis look_interval{1'000};

/// Where in the journal runs have changed last.
using Changes = std::map<store::ExecutionId, std::int64_t>;

struct Change {
  std::int64_t position = 0;
  store::ExecutionRow row;
};

/// What many listeners are told of the same changes: written once for all of them.
class Told {
 public:
  explicit Told(std::vector<Change> changes) : changes_(std::move(changes)), now_(wall_now()) {}

  const std::vector<Change>& changes() const { return changes_; }

  /// The changes of which `which` has a true, in as few pieces as a slow client can take.
  const std::vector<Piece>& pieces(const std::vector<bool>& which, bool with_ids) {
    auto& made = pieces_[{which, with_ids}];
    if (made.empty()) made = written(which, with_ids);
    return made;
  }

 private:
  std::vector<Piece> written(const std::vector<bool>& which, bool with_ids) const {
    std::vector<Piece> pieces;
    std::string text;
    const auto end_piece = [&] {
      if (!text.empty()) pieces.push_back(std::make_shared<const std::string>(std::move(text)));
      text.clear();
    };
    for (std::size_t i = 0; i < changes_.size(); ++i) {
      if (!which[i]) continue;
      text += *run_piece(changes_[i].row, with_ids ? changes_[i].position : 0, now_);
      if (text.size() >= most_in_a_piece) end_piece();
    }
    end_piece();
    return pieces;
  }

  std::vector<Change> changes_;
  Instant now_;
  std::map<std::pair<std::vector<bool>, bool>, std::vector<Piece>> pieces_;
};

bool tells_of_the_run(const store::JournalEntry& entry) {
  return entry.events.find("\"Execution") != std::string::npos;
}

}  // namespace

/// All functions but add() and stop() belong to its thread.
class Events::Hub {
 public:
  Hub(engine::Feed& feed, std::string store, EventLimits limits)
      : feed_(feed), url_(std::move(store)), limits_(limits), thread_([this] { run(); }) {}
  ~Hub() {
    {
      const std::scoped_lock lock(mutex_);
      stopping_ = true;
      if (pulse_) pulse_->wake();
    }
    changed_.notify_one();
    thread_.join();
  }
  Hub(const Hub&) = delete;
  Hub& operator=(const Hub&) = delete;

  void add(const http::Reply& reply, Listening what) {
    const std::scoped_lock lock(mutex_);
    if (stopping_ || count_ >= limits_.listeners)
      throw Refused(http::Status::service_unavailable, "ORCH-0045",
                    "too many listen to events already", "ask again later");
    ++count_;
    http::Response head(http::Status::ok, 11);
    head.set(boost::beast::http::field::content_type, "text/event-stream");
    head.set(boost::beast::http::field::cache_control, "no-store");
    newcomers_.emplace_back(reply.stream(std::move(head)), std::move(what), feed_);
    if (pulse_) pulse_->wake();
    changed_.notify_one();
  }

 private:
  void run() {
    while (await_listeners()) {
      try {
        serve();
      } catch (const std::exception& error) {
        // The streams end, and their clients come again.
        log::error("events cannot be read: {}", error.what());
      }
      leave();
    }
  }

  // False: it stops.
  bool await_listeners() {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [this] { return stopping_ || !newcomers_.empty(); });
    if (!stopping_) pulse_ = feed_.pulse();
    return !stopping_;
  }

  void leave() {
    const std::scoped_lock lock(mutex_);
    pulse_.reset();
    for (auto& each : listeners_) each.end();
    for (auto& each : newcomers_) each.end();
    count_ = 0;
    listeners_.clear();
    newcomers_.clear();
  }

  // Until there are no listeners.
  void serve() {
    journal_ = store::open_journal(url_);
    raw_ = store::open_as_reader(url_);
    redactors_ = std::make_unique<store::Redactors>(*raw_);
    store_ = store::open_for_people(url_);
    at_ = journal_->last();
    next_look_ = Clock::now();
    next_beat_ = Clock::now() + limits_.heartbeat;
    while (welcome()) {
      tell_news();
      look_at_rows();
      beat();
      const auto gathered = Clock::now() + gathering();
      pulse_->wait(look_interval);
      std::unique_lock lock(mutex_);
      changed_.wait_until(lock, gathered, [this] { return stopping_; });
      lock.unlock();
      drop();  // after the wait: it has had the time to read what it was told
    }
  }

  Millis gathering() const {
    return std::clamp(Millis(std::ssize(listeners_)), least_gathering, most_gathering);
  }

  // False: there is nobody, or it stops.
  bool welcome() {
    std::list<Listener> come;
    {
      const std::scoped_lock lock(mutex_);
      if (stopping_) return false;
      come.swap(newcomers_);
    }
    for (auto& each : come) begin(each);
    listeners_.splice(listeners_.end(), come);
    return !listeners_.empty();
  }

  void begin(Listener& listener) {
    const auto after = listener.what().after.value_or(at_);
    const bool unknown = after > at_ || (!listener.what().run && after < at_ - limits_.behind);
    if (unknown)
      listener.send(event_piece("missed", at_, {{"reason", "unknown_cursor"}, {"cursor", at_}}));
    listener.send(event_piece("open", unknown ? at_ : after, {{"cursor", unknown ? at_ : after}}));
    if (listener.what().run)
      tell_of_run(listener);
    else if (!unknown)
      tell_again(listener, after);
  }

  // The whole history: what it has heard counts its numbers on.
  void tell_of_run(Listener& listener) {
    const auto run = listener.what().run->id;
    std::int64_t from = 0;
    while (from < at_) {
      const auto entries = journal_->read(from, most_at_once, run);
      for (const auto& entry : entries)
        if (entry.position <= at_) listener.tell(entry, redactor_of(run));
      if (std::ssize(entries) < most_at_once) return;
      from = entries.back().position;
    }
  }

  const store::Redactor* redactor_of(store::ExecutionId run) {
    return raw_->holds(run, 0) ? redactors_->of(raw_->find_unchecked(run)) : nullptr;
  }

  void tell_again(Listener& listener, std::int64_t after) {
    Changes changed;
    const auto end = at_;
    for_each_entry(after, [&](const store::JournalEntry& entry) {
      if (entry.position <= end && tells_of_the_run(entry))
        changed[entry.execution] = entry.position;
    });
    Told told(rows_of(changed));
    tell(listener, told);
  }

  void tell_news() {
    Changes changed;
    at_ = for_each_entry(at_, [&](const store::JournalEntry& entry) {
      if (tells_of_the_run(entry)) changed[entry.execution] = entry.position;
      for (auto& each : listeners_)
        if (each.what().run && each.hears(entry.execution))
          each.tell(entry, redactor_of(entry.execution));
    });
    for (auto& each : listeners_) each.tell_progress();
    tell(changed);
  }

  void tell(const Changes& changed) {
    if (changed.empty()) return;
    Told told(rows_of(changed));
    for (auto& each : listeners_) tell(each, told);
  }

  // Who listens to one run has its position from the history.
  void tell(Listener& listener, Told& told) {
    std::vector<bool> which;
    for (const auto& change : told.changes())
      which.push_back(listener.hears_of(change.row) &&
                      sees_run(*store_, listener.what().scope, change.row));
    for (const auto& piece : told.pieces(which, !listener.what().run)) listener.send(piece);
  }

  /// In the order of their positions, without the parts of map runs.
  std::vector<Change> rows_of(const Changes& changed) {
    std::vector<Change> rows;
    for (const auto& [execution, position] : changed) {
      if (!store_->holds(execution, 0)) continue;
      auto row = store_->find_unchecked(execution);
      if (!row.made.parent) rows.push_back({position, std::move(row)});
    }
    std::ranges::sort(rows, {}, &Change::position);
    return rows;
  }

  template <class Take>
  std::int64_t for_each_entry(std::int64_t after, const Take& take) {
    while (true) {
      const auto entries = journal_->read(after, most_at_once);
      for (const auto& entry : entries) take(entry);
      if (!entries.empty()) after = entries.back().position;
      if (std::ssize(entries) < most_at_once) return after;
    }
  }

  void look_at_rows() {
    if (Clock::now() < next_look_) return;
    next_look_ = Clock::now() + look_interval;
    store::ListFilter filter;
    filter.status = execution::Status::running;
    filter.standings = {Standing::waiting, Standing::paused, Standing::set_aside};
    filter.limit = -1;
    std::set<store::ExecutionId> resting;
    for (const auto& row : store_->list(filter)) resting.insert(row.id);
    std::vector<store::ExecutionId> differ;
    std::ranges::set_symmetric_difference(resting, resting_, std::back_inserter(differ));
    resting_ = std::move(resting);
    for (const auto execution : differ) tell({{execution, at_}});
  }

  void beat() {
    if (Clock::now() < next_beat_) return;
    next_beat_ = Clock::now() + limits_.heartbeat;
    // The position, too: who has filtered everything out for long still goes on from here.
    const auto beat =
        std::make_shared<const std::string>(fmt::format(": still here\nid: {}\n\n", at_));
    for (auto& each : listeners_) {
      const auto& may_go_on = each.what().may_go_on;
      if (may_go_on && !may_go_on())
        each.end();
      else
        each.send(beat);
    }
  }

  void drop() {
    const auto gone =
        listeners_.remove_if([this](Listener& each) { return !each.keeps_up(limits_.bytes, at_); });
    const std::scoped_lock lock(mutex_);
    count_ -= gone;
  }

  engine::Feed& feed_;
  const std::string url_;
  const EventLimits limits_;
  std::unique_ptr<store::Journal> journal_;
  std::unique_ptr<store::Store> store_;          ///< for people
  std::unique_ptr<store::Store> raw_;            ///< the journal's entries have all values, too
  std::unique_ptr<store::Redactors> redactors_;  ///< of raw_
  std::int64_t at_ = 0;                          ///< position of what was told last
  Clock::time_point next_look_;
  Clock::time_point next_beat_;
  std::set<store::ExecutionId> resting_;  ///< under way, but waiting or paused
  std::list<Listener> listeners_;

  std::mutex mutex_;  ///< guards the rest
  std::condition_variable changed_;
  std::list<Listener> newcomers_;
  std::size_t count_ = 0;                 ///< of all listeners
  std::unique_ptr<engine::Pulse> pulse_;  ///< there while there are listeners
  bool stopping_ = false;
  std::thread thread_;
};

bool is_event_kind(std::string_view word) {
  return word == "run" || word == "history" || word == "progress";
}

Events::Events(engine::Feed& feed, std::string store, EventLimits limits)
    : hub_(std::make_unique<Hub>(feed, std::move(store), limits)) {}

Events::~Events() = default;

void Events::add(const http::Reply& reply, Listening what) { hub_->add(reply, std::move(what)); }

}  // namespace orch::rest
