#include "orchestrator/rest/front.h"

#include <mutex>
#include <optional>
#include <set>
#include <utility>
#include <vector>

#include <boost/asio/post.hpp>
#include <boost/asio/thread_pool.hpp>
#include <fmt/format.h>
#include <fmt/ranges.h>

#include "orchestrator/base/log.h"
#include "orchestrator/base/utf8.h"
#include "orchestrator/base/wall_clock.h"
#include "orchestrator/http/router.h"
#include "orchestrator/json/text.h"
#include "orchestrator/rest/events.h"
#include "orchestrator/rest/gate.h"
#include "orchestrator/rest/paging.h"
#include "orchestrator/rest/problem.h"
#include "orchestrator/rest/request.h"
#include "orchestrator/rest/reveal.h"
#include "orchestrator/rest/visible.h"
#include "orchestrator/store/open.h"
#include "orchestrator/store/redaction.h"

namespace orch::rest {
namespace {

namespace net = boost::asio;
namespace bj = boost::json;
using Field = boost::beast::http::field;
using Verb = boost::beast::http::verb;

/// Where a request goes.
struct Found {
  const Route* route = nullptr;
  PathValues values;
  std::string_view query;
};

std::string shown(std::string_view text) {
  constexpr std::size_t longest = 200;
  return repaired(std::string(text.substr(0, longest)));
}

[[noreturn]] void refuse_method(std::string_view path, const std::set<std::string>& methods) {
  throw Refused(http::Status::method_not_allowed, "ORCH-0040",
                fmt::format("{} is for {}", shown(path), fmt::join(methods, ", ")));
}

// HEAD is GET without a body.
Found find_route(const http::Header& header) {
  const auto target = http::path_of(header);
  const auto question = target.find('?');
  const auto path = target.substr(0, question);
  const auto method = header.method() == Verb::head ? Verb::get : header.method();
  const auto parts = path_parts(path);
  std::set<std::string> methods;
  for (const auto& route : routes()) {
    auto values = parts ? match(route.path, *parts) : std::nullopt;
    if (!values) continue;
    methods.emplace(boost::beast::http::to_string(route.method));
    if (route.method != method) continue;
    return {&route, std::move(*values),
            question == std::string_view::npos ? std::string_view() : target.substr(question + 1)};
  }
  if (!methods.empty()) refuse_method(path, methods);
  throw Refused(http::Status::not_found, "ORCH-0040", fmt::format("no resource {}", shown(path)),
                "/v1/openapi.json lists what there is");
}

Query query_of(const Found& found) {
  using enum Query::Others;
  return {found.query, found.route->query, found.route->any_query ? passed_over : refused};
}

bj::object read_body(const Route& route, const std::string& text) {
  if (route.raw || route.body.empty() || text.empty()) return {};
  try {
    auto value = json::parse(text);
    if (auto* object = value.if_object()) return std::move(*object);
  } catch (const json::SyntaxError& error) {
    throw Error("ORCH-0003", fmt::format("the body of the request: {}", error.what()));
  }
  throw Error("ORCH-0003", "the body of the request is not a JSON object");
}

/// What a request that changes something leaves in the audit log, whatever becomes of it.
class Record {
 public:
  Remark remark;  ///< of the handler

  Record(const identity::AuditLog& log, const http::Reply& reply) : log_(log) {
    deed_.at = wall_now();
    deed_.from = reply.peer().address;
    deed_.role = to_string(Role::none);
  }
  void begin(const Found& found) {
    deed_.action = found.route->id;
    remark.recorded = found.route->writes();
    for (const auto& [name, value] : found.values)
      deed_.object += deed_.object.empty() ? value : " " + value;
  }
  void is_of(const Caller& caller) {
    deed_.who = caller.name;
    deed_.role = to_string(caller.role);
  }
  void end(const std::string& outcome) {
    if (!remark.recorded) return;
    deed_.outcome = remark.outcome.empty() ? outcome : remark.outcome;
    if (!remark.object.empty()) deed_.object += (deed_.object.empty() ? "" : " ") + remark.object;
    try {
      log_.append(deed_);
    } catch (const std::exception& error) {  // what was done stays done
      log::error("the audit log cannot be written: {}", error.what());
    }
  }

 private:
  const identity::AuditLog& log_;
  identity::Deed deed_;
};

// No page may show, frame or guess at what the API says.
void send(const http::Reply& reply, http::Response response) {
  response.set(Field::cache_control, "no-store");
  response.set("X-Content-Type-Options", "nosniff");
  response.set("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'");
  response.set("Cross-Origin-Resource-Policy", "same-origin");
  response.set("Referrer-Policy", "no-referrer");
  if (response.result() == http::Status::unauthorized)
    response.set(Field::www_authenticate, "Bearer");
  if (response.result() == http::Status::too_many_requests) response.set(Field::retry_after, "60");
  reply.send(std::move(response));
}

http::Response response_of(const Route& route, const Answer& answer, bool head) {
  http::Response out(static_cast<http::Status>(route.status), 11);
  out.set(Field::content_type, "application/json");
  for (const auto& cookie : answer.cookies) out.insert(Field::set_cookie, cookie);
  if (!answer.location.empty()) {
    out.set(Field::location, answer.location);
    return out;
  }
  if (!head) out.body() = json::write(answer.body);
  return out;
}

// A browser that comes again says what it has heard last; that is later than the cursor.
Listening listening_of(const Request& request, const http::Header& header) {
  Listening what;
  what.scope = request.caller.scope;
  what.may_go_on = [gate = &request.server.gate, caller = request.caller] {
    return gate->still_knows(caller, wall_now());
  };
  if (const auto run = request.query.text("run"))
    what.run = visible_run(request.store, what.scope, *run);
  what.pipeline = request.query.text("pipeline");
  what.kinds = request.query.words("kind");
  for (const auto& kind : what.kinds)
    if (!is_event_kind(kind))
      refuse_parameter("kind", kind, "any of run, history, progress, with commas between");
  const auto last = header["Last-Event-ID"];
  if (!last.empty())
    what.after = number_cursor("Last-Event-ID", std::string(last));
  else if (const auto cursor = request.query.text("cursor"))
    what.after = number_cursor("cursor", *cursor);
  return what;
}

}  // namespace

struct Front::Inside {
  Inside(host::Owner& owner, const FrontOptions& options)
      : tables(owner.feed(), options.store),
        gate(store::files_of(options.store), options.known),
        webhooks(owner.engine()),
        server{owner,
               options.store,
               options.version,
               wall_now(),
               options.libraries,
               tables,
               gate,
               webhooks,
               identity::AuditLog(identity::audit_file(store::files_of(options.store)))},
        events(owner.feed(), options.store),
        pool(static_cast<std::size_t>(options.threads)) {}

  std::unique_ptr<store::Store> borrow() {
    {
      const std::scoped_lock lock(mutex);
      if (!idle.empty()) {
        auto store = std::move(idle.back());
        idle.pop_back();
        return store;
      }
    }
    return store::open_for_people(server.store);
  }

  void give_back(std::unique_ptr<store::Store> store) {
    const std::scoped_lock lock(mutex);
    idle.push_back(std::move(store));
  }

  /// Calls `work` with the request and a store.
  template <class Work>
  void with_store(const http::Request& message, bool encrypted, Found found, Caller caller,
                  Remark& remark, const Work& work) {
    auto query = query_of(found);
    const bool all_values = reveals(query, caller, remark);
    auto store = all_values ? store::open_as_reader(server.store) : borrow();
    Request request{server,
                    *store,
                    std::move(found.values),
                    std::move(query),
                    read_body(*found.route, message.body()),
                    std::move(caller),
                    message,
                    encrypted,
                    wall_now(),
                    remark};
    require_reach(request, *found.route);
    work(request);
    if (!all_values) give_back(std::move(store));  // one that has failed is opened anew
  }

  // On a thread of the pool.
  void answer(const http::Request& message, const http::Reply& reply) {
    Record record(server.audit, reply);
    try {
      auto found = find_route(message);
      const auto& route = *found.route;
      record.begin(found);
      auto caller = route.raw ? Caller{"", Role::none, "signature", reply.peer().address, ""}
                              : gate.find(message, reply, wall_now());
      record.is_of(caller);
      if (!route.raw) Gate::require(caller, message, route.role);
      with_store(message, reply.encrypted(), std::move(found), std::move(caller), record.remark,
                 [&](Request& request) {
                   const bool head = message.method() == Verb::head;
                   if (!route.handle && !head)
                     return events.add(reply, listening_of(request, message));
                   const auto answer = route.handle ? route.handle(request) : Answer();
                   record.is_of(request.caller);
                   record.end("done");
                   send(reply, response_of(route, answer, head));
                 });
    } catch (const std::exception& error) {
      if (status_of(error) == http::Status::internal_server_error)
        log::error("{}: {}", shown(http::path_of(message)), error.what());
      // Who asks without end must not fill the disk.
      if (status_of(error) != http::Status::too_many_requests)
        record.end(std::string(problem_document(error).at("code").as_string()));
      send(reply, problem_response(error));
    }
  }

  TableKeeper tables;
  Gate gate;
  host::Webhooks webhooks;
  const Server server;
  std::mutex mutex;
  std::vector<std::unique_ptr<store::Store>> idle;  ///< guarded by mutex
  Events events;
  net::thread_pool pool;
};

Front::Front(host::Owner& owner, const FrontOptions& options)
    : inside_(std::make_unique<Inside>(owner, options)) {}

Front::~Front() { inside_->pool.join(); }

http::Handler Front::handler() {
  http::Handler handler;
  handler.answer = [inside = inside_.get()](http::Request message, http::Reply reply) {
    net::post(inside->pool, [inside, message = std::move(message), reply = std::move(reply)] {
      inside->answer(message, reply);
    });
  };
  handler.screen = [](const http::Header& header, bool) -> std::optional<http::Response> {
    try {
      find_route(header);
      return std::nullopt;
    } catch (const std::exception& error) {
      return problem_response(error);
    }
  };
  handler.refuse = [](const http::Refusal& refusal) { return problem_response(refusal); };
  return handler;
}

}  // namespace orch::rest
