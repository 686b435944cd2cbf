#include "orchestrator/host/health.h"

#include <atomic>
#include <chrono>
#include <future>
#include <memory>
#include <string>
#include <utility>

#include <boost/asio/post.hpp>
#include <boost/asio/thread_pool.hpp>
#include <fmt/format.h>

#include "orchestrator/base/error.h"
#include "orchestrator/base/log.h"

namespace orch::host {
namespace {

namespace net = boost::asio;

constexpr Millis ready_patience{2'000};

bool answers(engine::Engine& engine) { return is_sign_of_life(*engine.report("-", {})); }

http::Response response(bool head, const std::string& status) {
  http::Response out(status == "ok" ? http::Status::ok : http::Status::service_unavailable, 11);
  out.set(boost::beast::http::field::content_type, "application/json");
  if (!head) out.body() = fmt::format(R"({{"status":"{}"}})", status);
  return out;
}

}  // namespace

// A sign of life of no task: it is the engine that refuses it, and one that has given up does not.
bool is_sign_of_life(engine::Completion& answer) {
  try {
    answer.get();
  } catch (const Error& error) {
    if (error.code() == "ORCH-0213") return true;
    log::error("the engine does not answer: {}", error.what());
  } catch (const std::exception& error) {
    log::error("the engine does not answer: {}", error.what());
  }
  return false;
}

bool answered_within(engine::Completion& answer, Millis patience) {
  const auto done = std::make_shared<std::promise<void>>();
  if (!answer.when_done([done] { done->set_value(); })) return true;
  return done->get_future().wait_for(patience) == std::future_status::ready;
}

struct Health::Inside {
  engine::Engine& engine;
  std::atomic<bool> stopping = false;
  net::thread_pool thread{1};
  net::thread_pool ready_thread{1};
  /// What /readyz has asked and was not told in time: of ready_thread.
  std::shared_ptr<engine::Completion> asked = {};

  std::string readiness() {
    if (!asked) asked = engine.report("-", {});
    if (!answered_within(*asked, ready_patience)) return "busy";
    return is_sign_of_life(*std::exchange(asked, nullptr)) ? "ok" : "failed";
  }
};

Health::Health(engine::Engine& engine) : inside_(new Inside{engine}) {}

Health::~Health() {
  inside_->thread.join();
  inside_->ready_thread.join();
}

http::Handler Health::handler() {
  return {[inside = inside_.get()](const http::Request& request, http::Reply reply) {
    const bool head = request.method() == boost::beast::http::verb::head;
    if (inside->stopping) return reply.send(response(head, "stopping"));
    net::post(inside->thread, [inside, head, reply = std::move(reply)] {
      reply.send(response(head, answers(inside->engine) ? "ok" : "failed"));
    });
  }};
}

http::Handler Health::ready_handler() {
  return {[inside = inside_.get()](const http::Request& request, http::Reply reply) {
    const bool head = request.method() == boost::beast::http::verb::head;
    if (inside->stopping) return reply.send(response(head, "stopping"));
    net::post(inside->ready_thread, [inside, head, reply = std::move(reply)] {
      reply.send(response(head, inside->readiness()));
    });
  }};
}

void Health::stop() { inside_->stopping = true; }

}  // namespace orch::host
