#include "orchestrator/stepfunctions/aws_front.h"

#include <atomic>

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/thread_pool.hpp>
#include <fmt/format.h>

#include "orchestrator/base/error.h"
#include "orchestrator/base/log.h"
#include "orchestrator/base/random.h"
#include "orchestrator/base/wall_clock.h"
#include "orchestrator/json/text.h"
#include "orchestrator/stepfunctions/aws_deed.h"
#include "orchestrator/stepfunctions/aws_request.h"

namespace orch::stepfunctions {

namespace net = boost::asio;
namespace bj = boost::json;
using Field = boost::beast::http::field;
using Status = boost::beast::http::status;

namespace {

constexpr const char* content_type = "application/x-amz-json-1.0";

constexpr std::size_t large_body = 64 << 10;

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

// The execution continues at the next start; clients ask again by themselves.
http::Response unavailable() {
  return refusal("ServiceUnavailableException", "the server is stopping", {},
                 Status::service_unavailable);
}

const char* type_of(http::Fault fault) {
  switch (fault) {
    case http::Fault::bad_encoding:
      return "BadRequestException";
    case http::Fault::unknown_encoding:
      return "NotImplementedException";
    case http::Fault::body_too_large:
      return "RequestEntityTooLargeException";
    case http::Fault::wrong_host:
      return "MisdirectedRequestException";
    case http::Fault::foreign_origin:
      return "AccessDeniedException";
    case http::Fault::busy:
      return "ServiceUnavailableException";
    case http::Fault::failed:
      return "InternalFailure";
    default:
      return "SerializationException";
  }
}

http::Response refusal_of(const http::Refusal& refused) {
  return refusal(type_of(refused.fault), refused.message, {}, http::status_of(refused.fault));
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
  bool known = false;                 ///< see AwsDeed
  bool read = false;                  ///< `call` is filled in
  bool woken = false;                 ///< news came that may be for one call alone
  std::atomic<bool> expired = false;  ///< the client's patience has ended
};

struct AwsFront::Inside : std::enable_shared_from_this<Inside> {
  using Pending = std::shared_ptr<AwsCall>;

  Inside(net::io_context& the_io, Service& the_service, engine::Watchers& the_watchers,
         FrontOptions the_options)
      : io(the_io),
        service(the_service),
        watchers(the_watchers),
        options(std::move(the_options)),
        pool(static_cast<std::size_t>(options.threads)) {}

  void queue(const Pending& pending) {
    net::post(pool, [self = shared_from_this(), pending] { self->look(pending); });
  }

  // Large bodies are read one after the other, so that they leave threads to small calls.
  void begin(const Pending& pending) {
    if (pending->request.body().size() <= large_body) return queue(pending);
    net::post(reader, [self = shared_from_this(), pending] {
      if (self->attempt(*pending, [&] { self->read(pending); })) self->queue(pending);
    });
  }

  // On a thread of the pool.
  void look(const Pending& pending) {
    bool waits = false;
    attempt(*pending, [&] {
      if (!pending->read) read(pending);
      waits = !answer(pending);
    });
    if (!waits) pass_on(*pending);
  }

  // False: what `work` threw was the answer.
  template <class Work>
  bool attempt(const AwsCall& pending, const Work& work) {
    try {
      work();
      return true;
    } catch (const ServiceError& error) {
      record(pending, error.type());
      pending.reply.send(refusal(error.type(), error.message(), error.members()));
    } catch (const aws::SignatureRefused& error) {
      record(pending, error.type());
      pending.reply.send(refusal(error.type(), error.what()));
    } catch (const std::exception& error) {
      log::error({{"operation", pending.call.operation}}, "{}", error.what());
      record(pending, "InternalFailure");
      pending.reply.send(
          refusal("InternalFailure", error.what(), {}, Status::internal_server_error));
    }
    return false;
  }

  void record(const AwsCall& pending, const std::string& outcome) const {
    if (!options.record) return;
    auto deed = deed_of(pending.request, pending.reply.peer(), outcome);
    if (!deed) return;
    deed->known = pending.known;
    options.record(*deed);
  }

  // Loopback belongs to every user of the machine.
  void require_trusted(const AwsCall& pending) const {
    if (!options.keys.empty() || !options.trusts ||
        options.trusts(pending.request, pending.reply.peer()))
      return;
    throw ServiceError(
        "AccessDeniedException",
        "without keys the server is only for the user who owns it, over loopback and "
        "not through a proxy (ORCH-0046); start it with --keys and sign requests, or "
        "with --allow without-keys where every user of the machine may call");
  }

  // One task wakes one poller. A poller that was woken and takes nothing leaves it to the next.
  void pass_on(const AwsCall& pending) {
    const auto& subject = pending.call.subject;
    if (!pending.woken || !pending.call.handed_out.empty() || !subject) return;
    if (std::holds_alternative<engine::ActivityName>(*subject)) watchers.wake_one(*subject);
  }

  void read(const Pending& pending) {
    require_trusted(*pending);
    auto request =
        read_aws_request(pending->request, pending->reply.encrypted(), options.keys, wall_now());
    pending->known = true;
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
      if (inside && kept && inside->watchers.take(kept.get())) inside->queue(kept);
    });
  }

  // Looks until there is an answer, or nothing has happened since the last look: then it waits, and
  // the result is false.
  bool answer(const Pending& pending) {
    auto& call = pending->call;
    while (true) {
      const auto subject = call.subject;
      const auto seen = subject ? watchers.count(*subject) : 0;
      call.last = pending->expired;
      call.gone = must_not_get(*pending);
      if (auto answer = service.call(call)) {
        record(*pending, "done");
        send(*pending, *answer);
        return true;
      }
      if (call.completion) {
        if (wait(pending, *call.completion)) return false;
        continue;
      }
      if (stopping) {
        pending->reply.send(unavailable());
        return true;
      }
      if (subject && wait(pending, *subject, seen)) return false;
    }
  }

  // False: it is done. What the engine has been told of is answered before the pool ends.
  bool wait(const Pending& pending, engine::Completion& completion) {
    return completion.when_done([self = shared_from_this(), pending,
                                 work = net::make_work_guard(pool)] { self->queue(pending); });
  }

  // False: something has happened meanwhile.
  bool wait(const Pending& pending, const engine::Subject& subject, engine::Watchers::Count seen) {
    const auto& call = pending->call;
    const auto wake = [self = shared_from_this(), pending] {
      pending->woken = true;
      self->queue(pending);
    };
    const auto [last, gone] = std::pair(call.last, call.gone);
    pending->woken = false;
    if (!watchers.add(subject, seen, pending.get(), wake)) return false;
    // Patience may have ended in between, when there was nothing to take yet.
    const bool changed = pending->expired != last || must_not_get(*pending) != gone;
    return !changed || !watchers.take(pending.get());
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
      log::error("a task that was not delivered waits for its timeout: {}", error.what());
    }
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
          if (inside->watchers.take(kept.get())) inside->queue(kept);
        });
  }

  net::io_context& io;
  Service& service;
  engine::Watchers& watchers;
  FrontOptions options;
  std::atomic<bool> stopping = false;
  net::thread_pool pool;
  net::thread_pool reader{1};  ///< of large bodies
};

AwsFront::AwsFront(net::io_context& io, Service& service, engine::Watchers& watchers,
                   FrontOptions options)
    : inside_(std::make_shared<Inside>(io, service, watchers, std::move(options))) {}

AwsFront::~AwsFront() {
  stop();
  inside_->reader.join();
  inside_->pool.join();
}

void AwsFront::stop() {
  inside_->stopping = true;
  inside_->watchers.wake_all();
}

http::Handler AwsFront::handler() {
  http::Handler handler;
  handler.answer = [this](http::Request request, http::Reply reply) {
    inside_->begin(std::make_shared<AwsCall>(inside_->io, std::move(request), std::move(reply)));
  };
  handler.screen = [this](const http::Header& header,
                          bool encrypted) -> std::optional<http::Response> {
    try {
      check_aws_header(header, encrypted, inside_->options.keys, wall_now());
      return std::nullopt;
    } catch (const ServiceError& error) {
      return refusal(error.type(), error.message(), error.members());
    } catch (const aws::SignatureRefused& error) {
      return refusal(error.type(), error.what());
    }
  };
  handler.refuse = refusal_of;
  return handler;
}

}  // namespace orch::stepfunctions
