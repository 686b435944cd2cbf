#include "workers/postgres/kept_session.h"

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <cstdlib>
#include <deque>
#include <mutex>
#include <thread>
#include <utility>

#include "orchestrator/db/pg_alive.h"

namespace orch::postgres {
namespace {

using Clock = std::chrono::steady_clock;

constexpr std::chrono::seconds idle_limit{10};
constexpr std::size_t most_kept = 32;
/// How long the end of forget_all is waited for: it was sent when the session was given back.
constexpr std::chrono::seconds answer_limit{10};

// What DISCARD ALL does, which can stand in no transaction; but for statements that are prepared
// and their plans, which are the same for whatever work comes next.
constexpr const char* forget_all =
    "CLOSE ALL; SET SESSION AUTHORIZATION DEFAULT; RESET ALL; UNLISTEN *; "
    "SELECT pg_advisory_unlock_all(); DISCARD TEMP; DISCARD SEQUENCES";

/// The idle sessions. Any thread.
class Kept {
 public:
  struct Idle {
    std::unique_ptr<pg::Connection> connection;
    Bookkeeping bookkeeping = Bookkeeping::unknown;
    Clock::time_point since = Clock::now();
  };

  // Never destroyed: work that was left to itself may give a session back while the process ends.
  static Kept& here() {
    static auto* kept = [] {
      std::atexit([] { here().close(); });
      return new Kept;
    }();
    return *kept;
  }

  /// The one that was given back last; its connection is null when there is none.
  Idle take(const std::string& conninfo) {
    const std::scoped_lock lock(mutex_);
    const auto found = std::find_if(sessions_.rbegin(), sessions_.rend(), [&](const auto& each) {
      return each.connection->conninfo() == conninfo;
    });
    if (found == sessions_.rend()) return {};
    auto idle = std::move(*found);
    sessions_.erase(std::next(found).base());
    return idle;
  }

  void add(Idle idle) {
    const std::scoped_lock lock(mutex_);
    if (closed_ || sessions_.size() >= most_kept) return;
    sessions_.push_back(std::move(idle));
    if (std::exchange(watched_, true)) return changed_.notify_one();
    std::thread([this] { watch(); }).detach();
  }

  void drop() {
    std::deque<Idle> gone;
    const std::scoped_lock lock(mutex_);
    gone.swap(sessions_);
  }

  void close() {
    drop();
    const std::scoped_lock lock(mutex_);
    closed_ = true;
  }

 private:
  /// Closes sessions that were idle for too long.
  void watch() {
    std::unique_lock lock(mutex_);
    while (true) {
      changed_.wait(lock, [this] { return !sessions_.empty(); });
      changed_.wait_until(lock, sessions_.front().since + idle_limit);
      std::deque<Idle> gone;
      while (!sessions_.empty() && sessions_.front().since + idle_limit <= Clock::now()) {
        gone.push_back(std::move(sessions_.front()));
        sessions_.pop_front();
      }
      lock.unlock();
      gone.clear();
      lock.lock();
    }
  }

  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<Idle> sessions_;  ///< the oldest first
  bool watched_ = false;
  bool closed_ = false;
};

std::unique_ptr<pg::Connection> connect(const std::string& conninfo, const pg::Stop& stop,
                                        std::chrono::seconds silence) {
  try {
    return std::make_unique<pg::Connection>(conninfo, stop, silence);
  } catch (const pg::Error& error) {
    if (error.sqlstate() != "53300") throw;
    // The server has no more room, and some of it may be ours.
    Kept::here().drop();
    return std::make_unique<pg::Connection>(conninfo, stop, silence);
  }
}

/// A session that was kept and answers; its connection is null when there is none.
Kept::Idle take(const Settings& settings, const pg::Stop& stop) {
  while (true) {
    auto idle = Kept::here().take(settings.conninfo);
    auto* kept = idle.connection.get();
    if (!kept) return idle;
    try {
      kept->renew(stop, answer_limit);
      kept->asks_when_silent(false);
      kept->receive();
      if (!kept->is_quiet()) continue;
      kept->renew(stop, std::chrono::seconds(settings.silence_seconds));
      return idle;
    } catch (const pg::Error&) {
      // The server has ended it, or the network is gone: the next one tells.
    }
  }
}

}  // namespace

KeptSession::KeptSession(const Settings& settings, pg::Stop also) {
  const auto stop = pg::either(settings.stop, std::move(also));
  auto idle = take(settings, stop);
  connection_ = std::move(idle.connection);
  bookkeeping_ = idle.bookkeeping;
  if (connection_) return;
  connection_ = connect(settings.conninfo, stop, std::chrono::seconds(settings.silence_seconds));
  lent_ = pg::through_pooler(*connection_);
  if (!lent_) connection_->prepare_repeated();
}

KeptSession::~KeptSession() {
  if (!connection_ || lent_ || !connection_->is_untouched() || connection_->stop_requested())
    return;
  try {
    connection_->renew({}, answer_limit);
    connection_->asks_when_silent(false);
    connection_->send(leave_ + forget_all);
    Kept::here().add({std::move(connection_), bookkeeping_});
  } catch (const std::exception&) {
    // It is closed instead.
  }
}

void close_kept_sessions() noexcept { Kept::here().drop(); }

}  // namespace orch::postgres
