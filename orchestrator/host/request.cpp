#include "orchestrator/host/request.h"

#include <fmt/format.h>

#include "orchestrator/base/error.h"
#include "orchestrator/base/random.h"
#include "orchestrator/json/members.h"

namespace orch::host {
namespace {

namespace bj = boost::json;

bj::object line_of(const Submit& submit) {
  const auto& made = submit.submission;
  return {{"op", "submit"},
          {"request", made.request},
          {"name", made.name},
          {"workflow", made.workflow},
          {"definition", made.definition},
          {"input", made.input},
          {"connections", made.connections}};
}

bj::object line_of(const Resume& resume) {
  const auto& redrive = resume.redrive;
  bj::object line{{"op", "resume"},
                  {"request", redrive.request},
                  {"run", resume.run},
                  {"from", redrive.from},
                  {"input", redrive.input},
                  {"connections", redrive.connections},
                  {"catalog", redrive.catalog}};
  if (redrive.definition) line["definition"] = *redrive.definition;
  return line;
}

bj::object line_of(const Follow& follow) { return {{"op", "follow"}, {"run", follow.run}}; }

bj::object line_of(const Stop& stop) {
  return {{"op", "stop"}, {"run", stop.run}, {"error", stop.error}, {"cause", stop.cause}};
}

Submit submit_from(const bj::object& line) {
  engine::Submission made;
  made.request = json::text_member(line, "request");
  made.name = json::text_member(line, "name");
  made.workflow = json::text_member(line, "workflow");
  made.definition = json::text_member(line, "definition");
  made.input = json::text_member(line, "input");
  made.connections = json::text_member(line, "connections");
  return {std::move(made)};
}

Resume resume_from(const bj::object& line) {
  engine::Redrive redrive{json::text_member(line, "from"), json::text_member(line, "input"), {}};
  redrive.connections = json::text_member(line, "connections");
  redrive.catalog = json::text_member(line, "catalog");
  redrive.request = json::text_member(line, "request");
  if (line.contains("definition")) redrive.definition = json::text_member(line, "definition");
  return {json::text_member(line, "run"), std::move(redrive)};
}

}  // namespace

std::string new_request_id() { return fmt::format("{:016x}{:016x}", random_bits(), random_bits()); }

bj::object to_json(const Request& request) {
  return std::visit([](const auto& each) { return line_of(each); }, request);
}

Request request_from(const bj::object& line) {
  const auto op = json::text_member(line, "op");
  if (op == "submit") return submit_from(line);
  if (op == "resume") return resume_from(line);
  if (op == "follow") return Follow{json::text_member(line, "run")};
  if (op == "stop")
    return Stop{json::text_member(line, "run"), json::text_member(line, "error"),
                json::text_member(line, "cause")};
  throw Error("ORCH-0007", fmt::format("the owner of the store does not know \"{}\"", op),
              "it runs another version of orch; wait for it to end");
}

bj::object to_json(const Accepted& accepted) {
  return {{"run", accepted.run}, {"existed", accepted.existed}};
}

Accepted accepted_from(const bj::object& line) {
  const auto* existed = line.if_contains("existed");
  return {json::text_member(line, "run"), existed && existed->is_bool() && existed->get_bool()};
}

}  // namespace orch::host
