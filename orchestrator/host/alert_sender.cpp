#include "orchestrator/host/alert_sender.h"

#include <stdexcept>
#include <utility>

#include <boost/asio/post.hpp>

namespace orch::host {

constexpr std::size_t thread_count = 4;

AlertSender::AlertSender() : threads_(thread_count) {}

AlertSender::~AlertSender() { end(); }

void AlertSender::end() {
  ending_ = true;
  threads_.join();
}

bool AlertSender::start(const std::string& channel, std::int64_t id,
                        std::function<void(const std::function<void()>& tick)> work) {
  const std::scoped_lock lock(mutex_);
  if (!busy_.insert(channel).second) return false;
  boost::asio::post(threads_, [this, channel, id, work = std::move(work)] {
    Done done{id, ""};
    try {
      work([this] {
        if (ending_) throw std::runtime_error("the server ends");
      });
    } catch (const std::exception& error) {
      done.error = error.what();
      if (done.error.empty()) done.error = "failed";
    }
    const std::scoped_lock finished(mutex_);
    busy_.erase(channel);
    done_.push_back(std::move(done));
  });
  return true;
}

std::vector<AlertSender::Done> AlertSender::done() {
  const std::scoped_lock lock(mutex_);
  return std::exchange(done_, {});
}

}  // namespace orch::host
