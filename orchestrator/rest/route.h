// The routes of the REST API: one table, of which the server, the document of the API, the access
// matrix and the tests are made.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include <boost/beast/http/verb.hpp>
#include <boost/json/value.hpp>

#include "orchestrator/identity/role.h"

namespace orch::rest {

struct Request;

/// What a caller with a scope gets of a route (identity/scope.h).
enum class Reach : std::uint8_t {
  whole,     ///< nothing: it is about all that the server has
  open,      ///< all: it tells of no run, pipeline, table or connection
  run,       ///< when the run in the path is one of the scope
  pipeline,  ///< when the pipeline in the path is
  subject,   ///< when what the request names is of the scope: the handler sees to it
  filtered   ///< what is of the scope: likewise
};

/// "whole", "open", …
std::string_view to_string(Reach reach);

/// What a value in a query is.
enum class Kind : std::uint8_t {
  text,
  words,    ///< several, with commas between
  integer,  ///< at least 0
  boolean,  ///< true or false
  time      ///< ISO 8601
};

/// A value that a request may have behind the "?" of its address.
struct Parameter {
  std::string_view name;
  Kind kind = Kind::text;
  std::string_view about;
};

using identity::Role;

struct Answer {
  boost::json::value body;
  std::vector<std::string> cookies = {};  ///< Set-Cookie, one each
  std::string location = {};              ///< with a status of 3xx: where the browser goes
};

struct Route {
  boost::beast::http::verb method{};
  std::string path;          ///< "/v1/runs/{run}"
  std::string_view id;       ///< "runs.show"
  std::string_view summary;  ///< one line
  /// The least that may use it; none: anybody. A route that does not say it is for administrators.
  Role role = Role::admin;
  std::vector<Parameter> query = {};
  std::string_view body = {};    ///< name of the schema of what is sent; empty: nothing is
  std::string_view answer = {};  ///< name of the schema of the answer; empty: it leads elsewhere
  /// Blocks for as long as the store and the engine need; throws orch::Error. Null for events,
  /// which are a stream.
  Answer (*handle)(Request&) = nullptr;
  /// A route that does not say it is for callers without a scope.
  Reach reach = Reach::whole;
  unsigned status = 200;  ///< of an answer
  /// The body is signed bytes: its handler reads it and finds out who has sent it. No token is
  /// asked for or looked at.
  bool raw = false;
  /// Another server has written the address, too: what it adds to the query is passed over.
  bool any_query = false;

  bool writes() const { return method != boost::beast::http::verb::get; }
};

/// All of them, in the order of the document.
const std::vector<Route>& routes();

// The parts of the table; the files are named after what they deal with.
void add_about_routes(std::vector<Route>& to);
void add_hook_routes(std::vector<Route>& to);
void add_admission_routes(std::vector<Route>& to);
void add_alert_routes(std::vector<Route>& to);
void add_evidence_routes(std::vector<Route>& to);
void add_fire_routes(std::vector<Route>& to);
void add_keeping_routes(std::vector<Route>& to);
void add_limit_routes(std::vector<Route>& to);
void add_map_run_routes(std::vector<Route>& to);
void add_operation_routes(std::vector<Route>& to);
void add_pipeline_routes(std::vector<Route>& to);
void add_backfill_routes(std::vector<Route>& to);
void add_schedule_routes(std::vector<Route>& to);
void add_session_routes(std::vector<Route>& to);
void add_sign_in_routes(std::vector<Route>& to);
void add_source_routes(std::vector<Route>& to);
void add_run_routes(std::vector<Route>& to);
void add_run_action_routes(std::vector<Route>& to);
void add_run_part_routes(std::vector<Route>& to);
void add_table_routes(std::vector<Route>& to);
void add_token_routes(std::vector<Route>& to);
void add_trial_routes(std::vector<Route>& to);

}  // namespace orch::rest
