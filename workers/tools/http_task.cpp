// HTTP tasks: arn:aws:states:::http:invoke as the Step Functions Developer Guide describes it
// ("Call HTTPS APIs"). The EventBridge connection that the task names is one of the connections
// file here.
#include <algorithm>
#include <array>
#include <cctype>

#include <boost/beast/http/status.hpp>
#include <boost/url/parse.hpp>
#include <boost/url/url_view.hpp>
#include <fmt/format.h>

#include "orchestrator/access/url.h"
#include "orchestrator/base/utf8.h"
#include "orchestrator/json/text.h"
#include "workers/tools/http_exchange.h"
#include "workers/tools/plain_text.h"
#include "workers/tools/task_input.h"
#include "workers/tools/tools.h"

namespace orch::tools {
namespace {

namespace bj = boost::json;

constexpr std::array task_methods = {"GET", "POST", "PUT", "DELETE", "PATCH", "OPTIONS", "HEAD"};
constexpr std::size_t payload_quota = 262'144;  // the quota of a payload

/// How arrays are spelled in a URL-encoded text.
enum class Arrays : std::uint8_t { indices, repeat, commas, brackets };

struct Plan {
  library::HttpRequest request;
  std::string connection;  ///< its name
  bj::object query;
  const bj::value* body = nullptr;
  bool encode_body = false;
  Arrays arrays = Arrays::indices;
};

void add_pair(std::string& out, const std::string& name, const std::string& value) {
  if (!out.empty()) out += '&';
  out += name + '=' + value;
}

/// `name` is encoded already, with the brackets of the members around it.
void add_encoded(std::string& out, const std::string& name, const bj::value& value, Arrays arrays) {
  if (const auto* object = value.if_object()) {
    for (const auto& [key, member] : *object)
      add_encoded(out, fmt::format("{}[{}]", name, url_encoded({key.data(), key.size()})), member,
                  arrays);
    return;
  }
  const auto* list = value.if_array();
  if (!list) return add_pair(out, name, url_encoded(plain_text(value)));
  if (arrays == Arrays::commas) {
    std::string joined;
    for (const auto& item : *list)
      joined += (joined.empty() ? "" : ",") + url_encoded(plain_text(item));
    return add_pair(out, name, joined);
  }
  for (std::size_t i = 0; i < list->size(); ++i) {
    const auto suffix = arrays == Arrays::indices    ? fmt::format("[{}]", i)
                        : arrays == Arrays::brackets ? std::string("[]")
                                                     : std::string();
    add_encoded(out, name + suffix, (*list)[i], arrays);
  }
}

std::string form_of(const bj::object& members, Arrays arrays) {
  std::string out;
  for (const auto& [name, value] : members)
    add_encoded(out, url_encoded({name.data(), name.size()}), value, arrays);
  return out;
}

/// "arn:aws:events:REGION:ACCOUNT:connection/NAME/UUID", or the bare name.
std::string connection_name(const std::string& arn) {
  const auto slash = arn.find('/');
  if (!arn.starts_with("arn:") || slash == std::string::npos) return arn;
  return arn.substr(slash + 1, arn.find('/', slash + 1) - slash - 1);
}

void read_connection(json::Fields& fields, Plan& plan) {
  const auto read = [&](const char* field) {
    const auto* object = fields.object(field);
    if (!object) return;
    json::Fields members(*object, fields.at(field), fields.problems());
    plan.connection = connection_name(members.required_string("ConnectionArn"));
    members.finish(field);
  };
  read("Authentication");
  read("InvocationConfig");
  if (fields.has("Authentication") == fields.has("InvocationConfig"))
    fields.problem("", "exactly one of Authentication and InvocationConfig must name a connection",
                   R"("Authentication": {"ConnectionArn": "NAME of the connections file"})");
}

void read_transform(json::Fields& fields, Plan& plan) {
  const auto* object = fields.object("Transform");
  if (!object) return;
  json::Fields transform(*object, fields.at("Transform"), fields.problems());
  const auto encoding = transform.string("RequestBodyEncoding").value_or("NONE");
  plan.encode_body = encoding == "URL_ENCODED";
  if (!plan.encode_body && encoding != "NONE")
    transform.problem("RequestBodyEncoding", "must be NONE or URL_ENCODED, found " + encoding);
  if (const auto* options = transform.object("RequestEncodingOptions")) {
    json::Fields members(*options, transform.at("RequestEncodingOptions"), fields.problems());
    constexpr std::array names = {"INDICES", "REPEAT", "COMMAS", "BRACKETS"};
    const auto format = members.string("ArrayFormat").value_or("INDICES");
    const auto known = std::find(names.begin(), names.end(), format);
    if (known == names.end())
      members.problem("ArrayFormat",
                      fmt::format("must be one of {}, found {}", fmt::join(names, ", "), format));
    else
      plan.arrays = static_cast<Arrays>(known - names.begin());
    members.finish("RequestEncodingOptions");
  }
  transform.finish("Transform");
}

Plan read_plan(json::Fields& fields) {
  Plan plan;
  auto& request = plan.request;
  request.url = fields.required_string("ApiEndpoint");
  request.method = fields.required_string("Method");
  if (std::find(task_methods.begin(), task_methods.end(), request.method) == task_methods.end())
    fields.problem("Method", fmt::format("Method must be one of {}, found \"{}\"",
                                         fmt::join(task_methods, ", "), request.method));
  read_connection(fields, plan);
  read_transform(fields, plan);
  if (const auto* query = fields.object("QueryParameters")) plan.query = *query;
  read_headers(fields, "Headers", request);
  plan.body = fields.get("RequestBody");
  request.max_response_bytes = payload_quota;
  return plan;
}

void set_body(Plan& plan) {
  if (!plan.body) return;
  auto& request = plan.request;
  const auto* object = plan.body->if_object();
  if (plan.encode_body && object)
    request.body = form_of(*object, plan.arrays);
  else
    request.body = plain_text(*plan.body);
  if (!has_header(request, "content-type"))
    request.headers.emplace_back("Content-Type", plan.encode_body
                                                     ? "application/x-www-form-urlencoded"
                                                     : "application/json");
}

/// A client reaches what the connection names, and nothing beside it on the same server.
void check_path(const std::string& base, const Plan& plan) {
  const auto allowed = access::parse_url(base);
  const auto wanted = access::parse_url(plan.request.url);
  if (allowed && wanted && allowed->holds(*wanted)) return;
  workers::deny(access::Refusal{
      fmt::format("ApiEndpoint {} is not below the URL of the connection \"{}\"",
                  plan.request.url.substr(0, plan.request.url.find('?')), plan.connection),
      "call a path below it, or give the connections file an entry for the other path"});
}

/// The connection's token goes to its own server only.
void authorize(const workers::Task& task, Plan& plan) {
  const auto endpoint =
      connectors::Connections::current(task.connections)->endpoint(plan.connection);
  const auto origin = [](const std::string& url) {
    const auto parsed = boost::urls::parse_uri(url);
    return parsed ? std::string(parsed->encoded_origin()) : url;
  };
  if (origin(endpoint.url) != origin(plan.request.url))
    throw workers::TaskFailed(
        "Connection.Refused",
        fmt::format("the connection \"{}\" leads to {}, and ApiEndpoint to {}", plan.connection,
                    origin(endpoint.url), origin(plan.request.url)),
        "a connection authorizes requests to its own server; name another connection", "ORCH-0601");
  if (task.access) check_path(endpoint.url, plan);
  if (!endpoint.token.empty())
    plan.request.headers.emplace_back("Authorization", "Bearer " + endpoint.token);
}

bj::value response_body(const library::HttpResponse& response) {
  try {
    if (!response.body.empty()) return json::parse(response.body);
  } catch (const json::SyntaxError&) {
    // a text, whatever its header says
  }
  return bj::value(bj::string(repaired(response.body)));
}

std::string reason_of(const library::HttpResponse& response) {
  if (!response.reason.empty()) return response.reason;
  return std::string(
      boost::beast::http::obsolete_reason(boost::beast::http::int_to_status(response.status)));
}

bj::object headers_of(const library::HttpResponse& response) {
  bj::object headers;
  for (const auto& [name, value] : response.headers) {
    auto& values = headers[name];
    if (!values.is_array()) values.emplace_array();
    values.get_array().emplace_back(value);
  }
  return headers;
}

/// What keeps a request from being answered is one error to definitions.
[[noreturn]] void fail_socket(const workers::TaskFailed& failed) {
  const auto& error = failed.error();
  if (error.starts_with("Http.") || error == "Connection.Down")
    throw workers::TaskFailed::with_cause("States.Http.Socket", failed.cause());
  throw failed;
}

library::HttpResponse send(const library::HttpRequest& request, workers::TaskContext& context) {
  try {
    return library::http_call(request, [&] {
      if (context.stop_requested()) throw workers::Cancelled();
      context.heartbeat();
    });
  } catch (const workers::TaskFailed& failed) {
    fail_socket(failed);
  }
}

class HttpTask final : public workers::Worker {
 public:
  bj::value run(const workers::Task& task, workers::TaskContext& context) override {
    Plan plan;
    read_input(task, [&](json::Fields& fields) { plan = read_plan(fields); });
    authorize(task, plan);
    set_body(plan);
    plan.request.url = join_url(plan.request.url, "", form_of(plan.query, plan.arrays));
    const auto response = send(plan.request, context);
    if (response.status / 100 != 2) {
      const auto body = repaired(response.body);
      throw workers::TaskFailed::with_cause(
          fmt::format("States.Http.StatusCode.{}", response.status),
          body.empty() ? reason_of(response) : body);
    }
    return {{"Headers", headers_of(response)},
            {"ResponseBody", response_body(response)},
            {"StatusCode", response.status},
            {"StatusText", reason_of(response)}};
  }
};

}  // namespace

std::unique_ptr<workers::Worker> make_http_task() { return std::make_unique<HttpTask>(); }

}  // namespace orch::tools
