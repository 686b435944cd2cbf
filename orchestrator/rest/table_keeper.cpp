#include "orchestrator/rest/table_keeper.h"

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <filesystem>
#include <map>
#include <set>
#include <thread>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "orchestrator/base/error.h"
#include "orchestrator/base/log.h"
#include "orchestrator/base/wall_clock.h"
#include "orchestrator/store/journal.h"
#include "orchestrator/store/open.h"
#include "orchestrator/store/redaction.h"

namespace orch::rest {
namespace {

using Clock = std::chrono::steady_clock;

constexpr std::int64_t most_at_once = 1'000;
constexpr std::size_t most_folds = 256;
// How long news are gathered, and how often runs that are no longer in the store are looked for.
constexpr Millis gathering{100};
constexpr Millis look_interval{1'000};
constexpr std::chrono::minutes forget_interval{10};

std::filesystem::path index_file(const std::string& store) {
  return view::table_index_file(store::files_of(store));
}

// A task that works on a table says so in its parameters, which are a string of JSON in the event;
// most runs of clients have none.
bool names_a_table(const store::JournalEntry& entry) {
  return entry.events.find(R"(\"key\")") != std::string::npos;
}

}  // namespace

/// All functions but the constructor belong to its thread.
class TableKeeper::Folder {
 public:
  Folder(engine::Feed& feed, const std::string& store)
      : store_(store::open_for_people(store)),
        journal_(store::open_journal(store)),
        index_(index_file(store)),
        pulse_(feed.pulse()),
        thread_([this] { run(); }) {}
  ~Folder() {
    {
      const std::scoped_lock lock(mutex_);
      stopping_ = true;
    }
    pulse_->wake();
    changed_.notify_one();
    thread_.join();
  }
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;

 private:
  void run() {
    while (!stopping_) {
      try {
        require_same_store();
        while (!stopping_) {
          catch_up();
          forget();
          pulse_->wait(look_interval);
          std::unique_lock lock(mutex_);
          changed_.wait_for(lock, gathering, [this] { return stopping_.load(); });
        }
      } catch (const std::exception& error) {
        log::error("the index of tables: {}", error.what());
        std::unique_lock lock(mutex_);
        changed_.wait_for(lock, look_interval, [this] { return stopping_.load(); });
      }
    }
  }

  // An older copy of the store may have been put back: what the index has seen is not there then.
  void require_same_store() {
    const auto place = index_.place();
    if (place.position == 0) return;
    const auto& mark = place.mark;
    const auto run = mark.substr(0, mark.find(' '));
    const auto event = std::stoll(mark.substr(mark.find(' ') + 1));
    if (journal_->last() < place.position || !holds(run, event)) index_.clear();
  }

  bool holds(const std::string& run, execution::EventId event) {
    try {
      return store_->holds(store_->find_unchecked(run).id, event);
    } catch (const Error& error) {
      if (error.code() != "ORCH-0203") throw;
      return false;
    }
  }

  std::string mark_of(const store::JournalEntry& entry) {
    return fmt::format("{} {}", store_->find_unchecked(entry.execution).made.run_id, entry.last);
  }

  void catch_up() {
    while (!stopping_) {
      auto place = index_.place();
      const auto entries = journal_->read(place.position, most_at_once);
      if (entries.empty()) return;
      std::set<store::ExecutionId> touched;
      for (const auto& entry : entries)
        if (folds_.contains(entry.execution) || names_a_table(entry))
          touched.insert(entry.execution);
      std::vector<view::TableBrief> briefs;
      for (const auto execution : touched) fold(execution, briefs);
      place = {entries.back().position, mark_of(entries.back())};
      index_.keep(briefs, place);
      if (std::ssize(entries) < most_at_once) return;
    }
  }

  void fold(store::ExecutionId execution, std::vector<view::TableBrief>& briefs) {
    if (!store_->holds(execution, 0)) return;
    const auto row = store_->find_unchecked(execution);
    // As `orch tables`: iterations of distributed maps are counted by their Map.
    if (row.made.parent || !row.damage.empty()) return;
    auto& projection = folds_[execution];
    try {
      store_->history(execution, projection.last_event(),
                      [&](const execution::Event& event) { projection.add(event); });
    } catch (const Error& error) {
      log::warn("the index of tables leaves out run {}: {}", row.made.run_id, error.what());
      folds_.erase(execution);
      return;
    }
    const auto now = wall_now();
    for (const auto& table : projection.overview().tables)
      if (!table.steps.empty()) briefs.push_back(view::brief_of(row, table, now));
    const bool over = row.status != execution::Status::running;
    if (over || folds_.size() > most_folds) folds_.erase(execution);
  }

  void forget() {
    if (Clock::now() < next_forget_) return;
    next_forget_ = Clock::now() + forget_interval;
    index_.forget([this](store::ExecutionId id) { return !store_->holds(id, 0); });
  }

  std::unique_ptr<store::Store> store_;
  std::unique_ptr<store::Journal> journal_;
  view::TableIndex index_;
  std::unique_ptr<engine::Pulse> pulse_;
  std::map<store::ExecutionId, view::Projection> folds_;  ///< of runs under way
  Clock::time_point next_forget_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::atomic<bool> stopping_ = false;
  std::thread thread_;
};

TableKeeper::TableKeeper(engine::Feed& feed, const std::string& store)
    : index_(index_file(store)), folder_(std::make_unique<Folder>(feed, store)) {}

TableKeeper::~TableKeeper() = default;

}  // namespace orch::rest
