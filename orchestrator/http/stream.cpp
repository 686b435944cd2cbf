#include <utility>

#include <boost/asio/post.hpp>

#include "orchestrator/http/exchange.h"

namespace orch::http {
namespace {

// How much goes out at once.
constexpr std::size_t most_at_once = 64 << 10;

}  // namespace

// A lone piece goes out as it is: others may send the same one.
std::shared_ptr<const std::string> StreamQueue::take() {
  const std::scoped_lock lock(mutex);
  if (pieces.empty() && ended) return nullptr;
  if (pieces.size() == 1) {
    auto piece = std::move(pieces.front());
    pieces.clear();
    bytes = 0;
    return piece;
  }
  std::string taken;
  while (!pieces.empty() && taken.size() < most_at_once) {
    taken += *pieces.front();
    bytes -= pieces.front()->size();
    pieces.pop_front();
  }
  return std::make_shared<const std::string>(std::move(taken));
}

void StreamQueue::close() {
  const std::scoped_lock lock(mutex);
  over = true;
  pieces.clear();
  bytes = 0;
}

void Stream::send(std::shared_ptr<const std::string> piece) const {
  {
    const std::scoped_lock lock(queue_->mutex);
    if (queue_->over || queue_->ended || piece->empty()) return;
    queue_->bytes += piece->size();
    queue_->pieces.push_back(std::move(piece));
    if (queue_->pieces.size() > 1) return;  // the session has been woken for the first
  }
  wake();
}

void Stream::end() const {
  {
    const std::scoped_lock lock(queue_->mutex);
    queue_->ended = true;
  }
  wake();
}

bool Stream::over() const {
  const std::scoped_lock lock(queue_->mutex);
  return queue_->over;
}

std::size_t Stream::waiting() const {
  const std::scoped_lock lock(queue_->mutex);
  return queue_->bytes;
}

void Stream::wake() const {
  boost::asio::post(exchange_->news.get_executor(),
                    [exchange = exchange_] { exchange->news.cancel(); });
}

Stream Reply::stream(Response head) const {
  auto queue = std::make_shared<StreamQueue>();
  boost::asio::post(exchange_->news.get_executor(),
                    [exchange = exchange_, queue, head = std::move(head)]() mutable {
                      if (exchange->response || exchange->over) return queue->close();
                      exchange->response = std::move(head);
                      exchange->stream = std::move(queue);
                      exchange->news.cancel();
                    });
  return {exchange_, std::move(queue)};
}

}  // namespace orch::http
