#include <cstdlib>
#include <stdexcept>

#include <fmt/format.h>

#include "orchestrator/alerts/message.h"
#include "orchestrator/base/utf8.h"
#include "orchestrator/json/text.h"
#include "workers/channels/channel.h"
#include "workers/channels/mail.h"
#include "workers/library/child_process.h"
#include "workers/library/http_call.h"

namespace orch::channels {
namespace {

constexpr std::chrono::seconds patience{30};
constexpr std::size_t longest_answer = 64 << 10;
constexpr std::size_t answer_in_error = 200;

// A webhook's address is a secret itself: only its host is named.
std::string host_of(const std::string& url) {
  const auto begin = url.find("://") + 3;
  return url.substr(begin, url.find_first_of("/?#", begin) - begin);
}

void expect_success(const std::string& url, const library::HttpResponse& response) {
  if (response.status / 100 == 2) return;
  throw std::runtime_error(fmt::format("{} answers {}: {}", host_of(url), response.status,
                                       one_line(response.body.substr(0, answer_in_error))));
}

void send(const Webhook& webhook, const Letter& letter, const std::function<void()>& tick) {
  library::HttpRequest request;
  request.method = "POST";
  request.url = webhook.url;
  request.headers = {{"Content-Type", "application/json"}, {"Idempotency-Key", letter.id}};
  if (!webhook.token.empty())
    request.headers.emplace_back("Authorization", "Bearer " + webhook.token);
  request.body = json::write(
      alerts::webhook_body(letter.message, *alerts::webhook_format_from(webhook.format)));
  request.timeout = patience;
  request.max_response_bytes = longest_answer;
  expect_success(webhook.url, library::http_call(request, tick));
}

void send(const Mail& mail, const Letter& letter, const std::function<void()>& tick) {
  send_mail(mail, letter, tick);
}

void send(const Program& program, const Letter& letter, const std::function<void()>& tick) {
  library::ProgramCall call;
  call.argv = program.argv;
  call.folder = program.folder;
  call.input = json::write(letter.message);
  call.environment = {"ORCH_DELIVERY=" + letter.id};
  for (const std::string name : {"PATH", "HOME", "USER", "LANG", "LC_ALL", "TZ"})
    if (const char* value = std::getenv(name.c_str()))
      call.environment.push_back(name + "=" + value);
  call.timeout = patience;
  call.max_output_bytes = longest_answer;
  const auto end = library::run_program(call, tick);
  if (end.kind == library::ProgramEnd::Kind::exited && end.code == 0) return;
  throw std::runtime_error(fmt::format(
      "{}: {} {}: {}", program.argv.front(),
      end.kind == library::ProgramEnd::Kind::exited ? "exit code" : "ended by signal or time, code",
      end.code, one_line(end.error_tail)));
}

}  // namespace

void deliver(const Channel& channel, const Letter& letter, const std::function<void()>& tick) {
  std::visit([&](const auto& to) { send(to, letter, tick); }, channel);
}

void ping(const std::string& url, const std::function<void()>& tick) {
  library::HttpRequest request;
  request.url = url;
  request.timeout = patience;
  request.max_response_bytes = longest_answer;
  expect_success(url, library::http_call(request, tick));
}

}  // namespace orch::channels
