#include "orchestrator/stepfunctions/aws_front.h"

#include <atomic>

#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/thread_pool.hpp>
#include <fmt/format.h>

#include "orchestrator/base/error.h"
#include "orchestrator/base/log.h"
#include "orchestrator/base/random.h"
#include "orchestrator/http/long_polls.h"
#include "orchestrator/json/text.h"
#include "orchestrator/stepfunctions/aws_request.h"

namespace orch::stepfunctions {

namespace net = boost::asio;
namespace bj = boost::json;
using Field = boost::beast::http::field;
using Status = boost::beast::http::status;

namespace {

constexpr const char* content_type = "application/x-amz-json-1.0";

Instant clock_now() { return std::chrono::floor<Millis>(std::chrono::system_clock::now()); }

std::string request_id() {
  const auto high = random_bits(), low = random_bits();
  return fmt::format("{:08x}-{:04x}-4{:03x}-a{:03x}-{:012x}", high >> 32U, (high >> 16U) & 0xffff,
                     high & 0xfff, low >> 52U, low & 0xffffffffffff);
}

http::Response response(Status status, const bj::object& body) {
  http::Response out(status, 11);
  out.set(Field::content_type, content_type);
  out.set("x-amzn-RequestId", request_id());
  out.body() = json::write(body);
  return out;
}

http::Response refusal(const std::string& type, const std::string& message,
                       const bj::object& more = {}, Status status = Status::bad_request) {
  bj::object body{{"__type", type}, {"message", message}};
  for (const auto& [name, value] : more) body[name] = value;
  auto out = response(status, body);
  out.set("x-amzn-ErrorType", type);
  return out;
}

// The execution goes on at the next start; clients ask again by themselves.
http::Response unavailable() {
  return refusal("ServiceUnavailableException", "the server is stopping", {},
                 Status::service_unavailable);
}

// What load balancers and supervisors ask, without a signature.
bool asks_for_health(const http::Request& request) {
  using Verb = boost::beast::http::verb;
  return (request.method() == Verb::get || request.method() == Verb::head) &&
         path_of(request) == "/healthz";
}

http::Response health(bool head, const char* status) {
  const bool ok = status == std::string_view("ok");
  auto out = response(ok ? Status::ok : Status::service_unavailable, {{"status", status}});
  out.set(Field::content_type, "application/json");
  if (head) out.body().clear();
  return out;
}

}  // namespace

/// One request under way.
struct AwsCall {
  AwsCall(net::io_context& io, http::Request the_request, http::Reply the_reply)
      : request(std::move(the_request)), reply(std::move(the_reply)), deadline(io) {}

  http::Request request;
  http::Reply reply;
  net::steady_timer deadline;  ///< of a long poll; belongs to the io thread
  Call call;
  bool read = false;                  ///< `call` is filled in
  std::atomic<bool> expired = false;  ///< the client's patience has ended
};

struct AwsFront::Inside : std::enable_shared_from_this<Inside> {
  using Pending = std::shared_ptr<AwsCall>;

  Inside(net::io_context& the_io, Service& the_service, FrontOptions the_options)
      : io(the_io),
        service(the_service),
        options(std::move(the_options)),
        pool(static_cast<std::size_t>(options.threads)) {}

  void queue(const Pending& pending) {
    net::post(pool, [self = shared_from_this(), pending] { self->look(pending); });
  }

  // On a thread of the pool.
  void look(const Pending& pending) {
    try {
      if (!pending->read) read(pending);
      answer(pending);
    } catch (const ServiceError& error) {
      pending->reply.send(refusal(error.type(), error.message(), error.members()));
    } catch (const aws::SignatureRefused& error) {
      pending->reply.send(refusal(error.type(), error.what()));
    } catch (const std::exception& error) {
      log::error("operation={} msg=\"{}\"", pending->call.operation, error.what());
      pending->reply.send(
          refusal("InternalFailure", error.what(), {}, Status::internal_server_error));
    }
  }

  void read(const Pending& pending) {
    auto request =
        read_aws_request(pending->request, pending->reply.encrypted(), options.keys, clock_now());
    auto& call = pending->call;
    call.operation = request.operation;
    call.region = std::move(request.region);
    call.request = std::move(request.body);
    pending->read = true;
    const auto patience = patience_of(call.operation);
    if (patience.count() == 0) return;
    net::post(io, [self = shared_from_this(), pending, patience] {
      self->set_deadline(pending, patience);
    });
    pending->reply.when_gone([self = weak_from_this(), weak = std::weak_ptr(pending)] {
      const auto inside = self.lock();
      const auto kept = weak.lock();
      if (inside && kept && inside->polls.take(kept.get())) inside->queue(kept);
    });
  }

  // Looks until there is an answer, or nothing has happened since the last look.
  void answer(const Pending& pending) {
    auto& call = pending->call;
    while (true) {
      const bool known = !call.subject.empty();
      const auto seen = polls.count(call.subject);
      call.last = pending->expired;
      call.gone = must_not_get(*pending);
      if (auto answer = service.call(call)) return send(*pending, *answer);
      if (stopping) return pending->reply.send(unavailable());
      const bool parked =
          known && polls.park(call.subject, seen, pending.get(),
                              [self = shared_from_this(), pending] { self->queue(pending); });
      // Patience may have ended in between, when there was nothing to take yet.
      const bool changed = pending->expired != call.last || must_not_get(*pending) != call.gone;
      if (parked && (!changed || !polls.take(pending.get()))) return;
    }
  }

  // A task that its worker does not get goes to another.
  void send(const AwsCall& pending, const bj::object& answer) {
    auto out = response(Status::ok, answer);
    if (pending.call.handed_out.empty()) return pending.reply.send(std::move(out));
    pending.reply.send(std::move(out), [self = weak_from_this(), token = pending.call.handed_out] {
      if (const auto inside = self.lock())
        net::post(inside->pool, [inside, token] { inside->give_back(token); });
    });
  }

  void give_back(const std::string& token) {
    try {
      service.give_back(token);
    } catch (const std::exception& error) {
      log::error("msg=\"a task that was not delivered waits for its timeout: {}\"", error.what());
    }
  }

  void tell_health(bool head, http::Reply reply) {
    if (stopping) return reply.send(health(head, "stopping"));
    auto kept = std::make_shared<http::Reply>(std::move(reply));
    net::post(pool, [self = shared_from_this(), head, kept] {
      kept->send(health(head, self->engine_answers() ? "ok" : "failed"));
    });
  }

  // A sign of life of no task: it is the engine that refuses it, and one that has given up does
  // not.
  bool engine_answers() {
    Call call;
    call.operation = "SendTaskHeartbeat";
    call.request = {{"taskToken", "-"}};
    try {
      service.call(call);
    } catch (const ServiceError&) {
      return true;
    } catch (const std::exception& error) {
      log::error("msg=\"the engine does not answer: {}\"", error.what());
    }
    return false;
  }

  // Whether a task would be lost on the client: it has hung up, or this process ends.
  bool must_not_get(const AwsCall& pending) const { return pending.reply.gone() || stopping; }

  // On the io thread.
  void set_deadline(const Pending& pending, Millis patience) {
    pending->deadline.expires_after(patience);
    pending->deadline.async_wait(
        [self = weak_from_this(), weak = std::weak_ptr(pending)](const auto& cancelled) {
          const auto inside = self.lock();
          const auto kept = weak.lock();
          if (cancelled || !inside || !kept) return;
          kept->expired = true;
          if (inside->polls.take(kept.get())) inside->queue(kept);
        });
  }

  net::io_context& io;
  Service& service;
  FrontOptions options;
  http::LongPolls polls;
  std::atomic<bool> stopping = false;
  net::thread_pool pool;
};

AwsFront::AwsFront(net::io_context& io, Service& service, FrontOptions options)
    : inside_(std::make_shared<Inside>(io, service, std::move(options))) {}

AwsFront::~AwsFront() {
  stop();
  inside_->pool.join();
}

void AwsFront::stop() {
  inside_->stopping = true;
  inside_->polls.ring_all();
}

void AwsFront::handle(http::Request request, http::Reply reply) {
  if (asks_for_health(request))
    return inside_->tell_health(request.method() == boost::beast::http::verb::head,
                                std::move(reply));
  inside_->queue(std::make_shared<AwsCall>(inside_->io, std::move(request), std::move(reply)));
}

void AwsFront::notice(const store::ExecutionRow& run, std::span<const execution::Event>) {
  if (run.status != execution::Status::running) inside_->polls.ring("run:" + run.made.run_id);
}

void AwsFront::notice(const std::string& activity) { inside_->polls.ring("activity:" + activity); }

}  // namespace orch::stepfunctions
