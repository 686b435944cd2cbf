// Memory for the bodies of requests, shared by the connections of a server. Internal to http.
#pragma once

#include <cstddef>
#include <list>
#include <utility>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "orchestrator/base/time.h"

namespace orch::http {

/// Bytes of a total. Belongs to the io thread.
class BodyMemory {
 public:
  explicit BodyMemory(std::size_t total) : left_(total) {}
  BodyMemory(const BodyMemory&) = delete;
  BodyMemory& operator=(const BodyMemory&) = delete;

  /// A part of the total until it is destroyed.
  class Share {
   public:
    Share() = default;
    Share(BodyMemory& memory, std::size_t bytes) : memory_(&memory), bytes_(bytes) {}
    Share(Share&& other) noexcept { swap(other); }
    Share& operator=(Share&& other) noexcept {
      Share old(std::move(other));
      swap(old);
      return *this;
    }
    ~Share() {
      if (memory_) memory_->give_back(bytes_);
    }

   private:
    void swap(Share& other) noexcept {
      std::swap(memory_, other.memory_);
      std::swap(bytes_, other.bytes_);
    }
    BodyMemory* memory_ = nullptr;
    std::size_t bytes_ = 0;
  };

  /// One that waits for its bytes; those who came first get them first.
  class Wait {
   public:
    Wait(BodyMemory& memory, const boost::asio::any_io_executor& executor, std::size_t bytes)
        : memory_(memory), bytes_(bytes), timer_(executor) {
      place_ = memory_.waits_.insert(memory_.waits_.end(), this);
    }
    ~Wait() {
      memory_.waits_.erase(place_);
      if (granted_)
        memory_.give_back(bytes_);
      else
        memory_.serve();  // one that came after this one may fit
    }
    Wait(const Wait&) = delete;
    Wait& operator=(const Wait&) = delete;

    /// False: `longest` has passed, or cancel() was called.
    boost::asio::awaitable<bool> take(Millis longest) {
      timer_.expires_after(longest);
      memory_.serve();
      if (!granted_) {
        auto waited = co_await timer_.async_wait(boost::asio::as_tuple(boost::asio::use_awaitable));
        static_cast<void>(waited);  // granted_ tells
      }
      co_return granted_;
    }
    /// What was granted; take() has said so.
    Share share() {
      granted_ = false;
      return {memory_, bytes_};
    }
    void cancel() { timer_.cancel(); }

   private:
    friend class BodyMemory;
    BodyMemory& memory_;
    std::size_t bytes_;
    boost::asio::steady_timer timer_;
    std::list<Wait*>::iterator place_;
    bool granted_ = false;
  };

 private:
  void give_back(std::size_t bytes) {
    left_ += bytes;
    serve();
  }
  void serve() {
    for (auto* wait : waits_) {
      if (wait->granted_) continue;
      if (wait->bytes_ > left_) return;
      left_ -= wait->bytes_;
      wait->granted_ = true;
      wait->timer_.cancel();
    }
  }

  std::size_t left_;
  std::list<Wait*> waits_;
};

}  // namespace orch::http
