// Sends messages on threads of its own, one at a time for each channel, so that a channel that
// hangs holds up itself only. What is to be sent, and what has become of it, is the caller's to
// keep.
#pragma once

#include <atomic>
#include <functional>
#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <vector>

#include <boost/asio/thread_pool.hpp>

namespace orch::host {

class AlertSender {
 public:
  struct Done {
    std::int64_t id = 0;
    std::string error;  ///< empty: the other side has it
  };

  AlertSender();
  ~AlertSender();
  AlertSender(const AlertSender&) = delete;
  AlertSender& operator=(const AlertSender&) = delete;

  /// Calls `work` on another thread, with a function that it must call now and then and that throws
  /// when the sender ends. False: something for the same channel is under way.
  bool start(const std::string& channel, std::int64_t id,
             std::function<void(const std::function<void()>& tick)> work);
  /// Gives up what is under way and waits for its end; done() has all of it then.
  void end();
  /// What has come to an end since the last call.
  std::vector<Done> done();

 private:
  std::atomic<bool> ending_ = false;
  std::mutex mutex_;  ///< guards what follows
  std::set<std::string> busy_;
  std::vector<Done> done_;
  boost::asio::thread_pool threads_;  ///< the first to end
};

}  // namespace orch::host
