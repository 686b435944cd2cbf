#include "orchestrator/rest/problem.h"

#include <algorithm>
#include <array>
#include <utility>

#include "orchestrator/json/text.h"

namespace orch::rest {
namespace {

namespace bj = boost::json;
using http::Status;

struct CodeStatus {
  std::string_view code;
  Status status;
};

// What is not here is the server's trouble: 500.
constexpr std::array statuses = {
    CodeStatus{"ORCH-0001", Status::bad_request},
    CodeStatus{"ORCH-0003", Status::bad_request},
    CodeStatus{"ORCH-0006", Status::not_found},
    CodeStatus{"ORCH-0101", Status::unprocessable_entity},
    CodeStatus{"ORCH-0102", Status::unprocessable_entity},
    CodeStatus{"ORCH-0202", Status::conflict},
    CodeStatus{"ORCH-0203", Status::not_found},
    CodeStatus{"ORCH-0204", Status::unprocessable_entity},
    CodeStatus{"ORCH-0205", Status::conflict},
    CodeStatus{"ORCH-0217", Status::unprocessable_entity},
    CodeStatus{"ORCH-0301", Status::unprocessable_entity},
    CodeStatus{"ORCH-0302", Status::unprocessable_entity},
    CodeStatus{"ORCH-0310", Status::unprocessable_entity},
    CodeStatus{"ORCH-0312", Status::unprocessable_entity},
    CodeStatus{"ORCH-0740", Status::bad_request},
    CodeStatus{"ORCH-0741", Status::conflict},
    CodeStatus{"ORCH-0801", Status::unprocessable_entity},
    CodeStatus{"ORCH-0802", Status::not_found},
    CodeStatus{"ORCH-0804", Status::bad_request},
    CodeStatus{"ORCH-0805", Status::unprocessable_entity},
    CodeStatus{"ORCH-0806", Status::not_found},
    CodeStatus{"ORCH-0807", Status::payload_too_large},
    CodeStatus{"ORCH-0808", Status::unauthorized},
    CodeStatus{"ORCH-0809", Status::too_many_requests},
    CodeStatus{"ORCH-0813", Status::forbidden},
    CodeStatus{"ORCH-0814", Status::conflict},
    CodeStatus{"ORCH-0815", Status::conflict},
    CodeStatus{"ORCH-0816", Status::unprocessable_entity},
    CodeStatus{"ORCH-0817", Status::conflict},
    CodeStatus{"ORCH-0820", Status::conflict},
    CodeStatus{"ORCH-0830", Status::unprocessable_entity},
    CodeStatus{"ORCH-0850", Status::unprocessable_entity},
    CodeStatus{"ORCH-0851", Status::unprocessable_entity},
    CodeStatus{"ORCH-0852", Status::unprocessable_entity},
};

std::string_view title_of(std::string_view code) {
  const auto codes = error_codes();
  const auto found = std::ranges::find(codes, code, &ErrorCode::code);
  return found == codes.end() ? std::string_view("error") : found->title;
}

bj::object document(Status status, std::string_view code, const std::string& detail) {
  bj::object out;
  out["type"] = "/v1/errors/" + std::string(code);
  out["title"] = title_of(code);
  out["status"] = static_cast<unsigned>(status);
  out["detail"] = detail;
  out["code"] = code;
  return out;
}

bj::array problems_document(const std::vector<Problem>& problems) {
  bj::array out;
  for (const auto& each : problems) {
    bj::object one{{"pointer", each.pointer}, {"message", each.message}};
    if (!each.hint.empty()) one["hint"] = each.hint;
    if (each.line > 0) {
      one["line"] = each.line;
      one["column"] = each.column;
    }
    if (each.warning) one["warning"] = true;
    out.push_back(std::move(one));
  }
  return out;
}

http::Response response(Status status, const bj::object& body) {
  http::Response out(status, 11);
  out.set(boost::beast::http::field::content_type, "application/problem+json");
  out.body() = json::write(body);
  return out;
}

std::string_view code_of(http::Fault fault) {
  switch (fault) {
    case http::Fault::wrong_host:
    case http::Fault::foreign_origin:
      return "ORCH-0043";
    case http::Fault::busy:
      return "ORCH-0045";
    case http::Fault::failed:
      return "ORCH-0044";
    default:
      return "ORCH-0042";
  }
}

}  // namespace

Status status_of(const std::exception& error) {
  if (const auto* refused = dynamic_cast<const Refused*>(&error)) return refused->status();
  const auto* known = dynamic_cast<const Error*>(&error);
  if (!known) return Status::internal_server_error;
  const auto* found =
      std::ranges::find(statuses, std::string_view(known->code()), &CodeStatus::code);
  return found == statuses.end() ? Status::internal_server_error : found->status;
}

bj::object problem_document(const std::exception& error) {
  const auto* known = dynamic_cast<const Error*>(&error);
  if (!known) return document(Status::internal_server_error, "ORCH-0044", "the server failed");
  auto out = document(status_of(error), known->code(), known->what());
  if (!known->hint().empty()) out["hint"] = known->hint();
  if (const auto* invalid = dynamic_cast<const InvalidDocument*>(&error)) {
    out["file"] = invalid->file();
    out["problems"] = problems_document(invalid->problems());
  }
  return out;
}

http::Response problem_response(const std::exception& error) {
  const auto body = problem_document(error);
  return response(static_cast<Status>(body.at("status").to_number<unsigned>()), body);
}

http::Response problem_response(const http::Refusal& refusal) {
  const auto status = http::status_of(refusal.fault);
  return response(status, document(status, code_of(refusal.fault), refusal.message));
}

}  // namespace orch::rest
