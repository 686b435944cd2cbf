#include "orchestrator/host/request.h"

#include <fmt/format.h>

#include "orchestrator/base/error.h"
#include "orchestrator/base/random.h"

namespace orch::host {
namespace {

namespace bj = boost::json;

std::string text_in(const bj::object& object, const char* name) {
  const auto* found = object.if_contains(name);
  return found && found->is_string() ? std::string(found->get_string()) : std::string();
}

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
  made.request = text_in(line, "request");
  made.name = text_in(line, "name");
  made.workflow = text_in(line, "workflow");
  made.definition = text_in(line, "definition");
  made.input = text_in(line, "input");
  made.connections = text_in(line, "connections");
  return {std::move(made)};
}

Resume resume_from(const bj::object& line) {
  engine::Redrive redrive{text_in(line, "from"), text_in(line, "input"), {}};
  redrive.connections = text_in(line, "connections");
  redrive.catalog = text_in(line, "catalog");
  redrive.request = text_in(line, "request");
  if (line.contains("definition")) redrive.definition = text_in(line, "definition");
  return {text_in(line, "run"), std::move(redrive)};
}

}  // namespace

std::string new_request_id() { return fmt::format("{:016x}{:016x}", random_bits(), random_bits()); }

bj::object to_json(const Request& request) {
  return std::visit([](const auto& each) { return line_of(each); }, request);
}

Request request_from(const bj::object& line) {
  const auto op = text_in(line, "op");
  if (op == "submit") return submit_from(line);
  if (op == "resume") return resume_from(line);
  if (op == "follow") return Follow{text_in(line, "run")};
  if (op == "stop")
    return Stop{text_in(line, "run"), text_in(line, "error"), text_in(line, "cause")};
  throw Error("ORCH-0007", fmt::format("the owner of the store does not know \"{}\"", op),
              "it runs another version of orch; wait for it to end");
}

bj::object to_json(const Accepted& accepted) {
  return {{"run", accepted.run}, {"existed", accepted.existed}};
}

Accepted accepted_from(const bj::object& line) {
  const auto* existed = line.if_contains("existed");
  return {text_in(line, "run"), existed && existed->is_bool() && existed->get_bool()};
}

}  // namespace orch::host
