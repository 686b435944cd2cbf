#include "orchestrator/host/health.h"

#include <atomic>
#include <string>

#include <boost/asio/post.hpp>
#include <boost/asio/thread_pool.hpp>
#include <fmt/format.h>

#include "orchestrator/base/error.h"
#include "orchestrator/base/log.h"

namespace orch::host {
namespace {

namespace net = boost::asio;

// A sign of life of no task: it is the engine that refuses it, and one that has given up does not.
bool answers(engine::Engine& engine) {
  try {
    engine.report("-", {})->get();
  } catch (const Error& error) {
    if (error.code() == "ORCH-0213") return true;
    log::error("the engine does not answer: {}", error.what());
  } catch (const std::exception& error) {
    log::error("the engine does not answer: {}", error.what());
  }
  return false;
}

http::Response response(bool head, const std::string& status) {
  http::Response out(status == "ok" ? http::Status::ok : http::Status::service_unavailable, 11);
  out.set(boost::beast::http::field::content_type, "application/json");
  if (!head) out.body() = fmt::format(R"({{"status":"{}"}})", status);
  return out;
}

}  // namespace

struct Health::Inside {
  engine::Engine& engine;
  std::atomic<bool> stopping = false;
  net::thread_pool thread{1};
};

Health::Health(engine::Engine& engine) : inside_(new Inside{engine}) {}

Health::~Health() { inside_->thread.join(); }

http::Handler Health::handler() {
  return {[inside = inside_.get()](http::Request request, http::Reply reply) {
    const bool head = request.method() == boost::beast::http::verb::head;
    if (inside->stopping) return reply.send(response(head, "stopping"));
    net::post(inside->thread, [inside, head, reply = std::move(reply)] {
      reply.send(response(head, answers(inside->engine) ? "ok" : "failed"));
    });
  }};
}

void Health::stop() { inside_->stopping = true; }

}  // namespace orch::host
