#include <cstdlib>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/tools/http_server.h"
#include "tests/tools/tool_test.h"
#include "workers/library/child_process.h"
#include "workers/library/http_call.h"
#include "workers/tools/tools.h"

namespace orch::test {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

class HttpTool : public ToolTest {
 protected:
  boost::json::value call(const std::string& input) { return run(*worker_, input); }
  Failure call_fails(const std::string& input) { return fails(*worker_, input); }
  void connect_to(const HttpServer& server, const std::string& more = "") {
    connect(R"("api":{"url":")" + server.url() + R"(/v1")" + more + "}");
  }

  std::unique_ptr<workers::Worker> worker_ = tools::make_http();
};

TEST_F(HttpTool, GetsJson) {
  HttpServer server({answer("200 OK", R"({"rates":[1.5,2]})")});
  const auto output = call(R"({"url":")" + server.url() + R"(/fx?day=1"})");
  EXPECT_EQ(output.at("status"), 200);
  EXPECT_EQ(json::write(output.at("body")), R"({"rates":[1.5,2]})");
  EXPECT_EQ(output.at("headers").at("content-type"), "application/json");
  EXPECT_THAT(server.requests().at(0), StartsWith("GET /fx?day=1 HTTP/1.1\r\n"));
}

TEST_F(HttpTool, PostsThroughAConnectionWithItsToken) {
  HttpServer server({answer("201 Created", "")});
  write_file("secret.txt", "s3cret\n");
  connect_to(server, R"(,"token":{"file":"secret.txt"})");
  const auto output =
      call(R"({"connection":"api","path":"/runs","method":"POST","query":{"q":"a b&c","n":2},)"
           R"("headers":{"X-Kind":"nightly"},"body":{"rows":3}})");
  EXPECT_TRUE(output.at("body").is_null());
  const auto& request = server.requests().at(0);
  EXPECT_THAT(request, StartsWith("POST /v1/runs?q=a%20b%26c&n=2 HTTP/1.1\r\n"));
  EXPECT_THAT(request, HasSubstr("Authorization: Bearer s3cret\r\n"));
  EXPECT_THAT(request, HasSubstr("Content-Type: application/json\r\n"));
  EXPECT_THAT(request, HasSubstr("X-Kind: nightly\r\n"));
  EXPECT_THAT(request, HasSubstr("Idempotency-Key: run1-7-0\r\n"));
  EXPECT_THAT(request, HasSubstr("\r\n\r\n{\"rows\":3}"));
}

TEST_F(HttpTool, ALineBreakInAHeaderIsRefused) {
  for (const auto& value :
       {std::string("a\r\nX-Admin: 1"), std::string("a\nb"), std::string("a\0b", 3)}) {
    library::HttpRequest request;
    request.url = "http://127.0.0.1:1/";
    request.headers.emplace_back("X-Amz-Client-Context", value);
    try {
      library::http_call(request, [] {});
      ADD_FAILURE() << value;
    } catch (const workers::TaskFailed& failed) {
      EXPECT_EQ(failed.error(), "Input.Invalid");
    }
  }
}

// No server listens there: a connection would have been another failure.
TEST_F(HttpTool, LooksAtTheAddressBeforeItConnects) {
  library::HttpRequest request;
  request.url = "http://localhost:1/";
  std::vector<std::string> seen;
  request.admit = [&](const std::string& address) {
    seen.push_back(address);
    throw workers::TaskFailed("Access.Denied", "not there");
  };
  try {
    library::http_call(request, [] {});
    ADD_FAILURE();
  } catch (const workers::TaskFailed& failed) {
    EXPECT_EQ(failed.error(), "Access.Denied");
  }
  ASSERT_EQ(seen.size(), 1U);
  EXPECT_THAT(seen.front(), ::testing::AnyOf("127.0.0.1", "::1"));
}

TEST_F(HttpTool, AnyOtherStatusIsAnErrorOfItsOwn) {
  HttpServer server({answer("503 Busy", R"({"why":"backup"})", "Retry-After: 30\r\n"),
                     answer("302 Found", "", "Location: http://elsewhere/\r\n")});
  const auto busy = call_fails(R"({"url":")" + server.url() + R"("})");
  EXPECT_EQ(busy.error, "Http.StatusCode.503");
  EXPECT_EQ(busy.cause.at("status"), 503);
  EXPECT_EQ(busy.cause.at("body"), R"({"why":"backup"})");
  EXPECT_EQ(busy.cause.at("retry-after"), "30");
  const auto moved = call_fails(R"({"url":")" + server.url() + R"("})");
  EXPECT_EQ(moved.error, "Http.StatusCode.302");
  EXPECT_EQ(moved.cause.at("location"), "http://elsewhere/");
}

TEST_F(HttpTool, ATokenNeverShowsInAFailure) {
  HttpServer server({answer("401 Unauthorized", "no")});
  write_file("secret.txt", "s3cret");
  connect_to(server, R"(,"token":{"file":"secret.txt"})");
  const auto failed = call_fails(R"({"connection":"api","query":{"key":"hidden"}})");
  EXPECT_EQ(failed.error, "Http.StatusCode.401");
  EXPECT_THAT(json::write(failed.cause), Not(HasSubstr("s3cret")));
  EXPECT_THAT(json::write(failed.cause), Not(HasSubstr("hidden")));
}

TEST_F(HttpTool, ANonJsonBodyIsAText) {
  HttpServer server({answer("200 OK", "caf\xe9", "Content-Type: text/plain\r\n")});
  const auto output = call(R"({"url":")" + server.url() + R"("})");
  EXPECT_EQ(output.at("body"), "caf\xef\xbf\xbd");
}

TEST_F(HttpTool, WhatTheServerDoesWrongIsNamed) {
  HttpServer server({answer("200 OK", "{oops"), "", "nonsense\r\n\r\n",
                     answer("200 OK", std::string(5000, 'x')),
                     "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc"});
  const auto input = R"({"url":")" + server.url() + R"(","max_response_bytes":4000})";
  EXPECT_EQ(call_fails(input).error, "Http.ResponseInvalid");
  EXPECT_EQ(call_fails(input).error, "Connection.Down");
  EXPECT_EQ(call_fails(input).error, "Http.ResponseInvalid");
  EXPECT_EQ(call_fails(input).error, "Http.ResponseTooLarge");
  EXPECT_EQ(call_fails(input).error, "Connection.Down");
}

TEST_F(HttpTool, NobodyListens) {
  unsigned short port = 0;
  {
    HttpServer server({});
    port = server.port();
  }
  const auto failed = call_fails(R"({"url":"http://127.0.0.1:)" + std::to_string(port) + R"("})");
  EXPECT_EQ(failed.error, "Connection.Down");
  EXPECT_THAT(failed.message, HasSubstr("refused"));
}

TEST_F(HttpTool, ASlowServerTimesOutAfterHeartbeats) {
  HttpServer server({"hold"});
  const auto failed = call_fails(R"({"url":")" + server.url() + R"(","timeout_seconds":1})");
  EXPECT_EQ(failed.error, "Http.Timeout");
  EXPECT_GT(context_.heartbeats, 2);
}

TEST_F(HttpTool, StopEndsTheWait) {
  HttpServer server({"hold"});
  context_.stop = true;
  EXPECT_THROW(call(R"({"url":")" + server.url() + R"("})"), workers::Cancelled);
}

TEST_F(HttpTool, TlsChecksTheCertificate) {
  const auto pem = (folder_ / "server.pem").string();
  const auto made = library::run_program(
      {{"openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1",
        "-nodes", "-days", "2", "-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost",
        "-keyout", pem, "-out", pem + ".crt"},
       {},
       folder_.path(),
       ""},
      [] {});
  ASSERT_EQ(made.code, 0) << made.error_tail;
  std::ofstream(pem, std::ios::app) << std::ifstream(pem + ".crt").rdbuf();
  const auto answers = std::vector(3, answer("200 OK", "1"));
  HttpServer server(answers, pem);
  const auto input = [&](const std::string& host) {
    return R"({"url":"https://)" + host + ":" + std::to_string(server.port()) + R"("})";
  };
  EXPECT_EQ(call_fails(input("localhost")).error, "Http.TlsFailed");
  setenv("SSL_CERT_FILE", (pem + ".crt").c_str(), 1);
  EXPECT_EQ(call(input("localhost")).at("body"), 1);
  EXPECT_EQ(call_fails(input("127.0.0.1")).error, "Http.TlsFailed");
  unsetenv("SSL_CERT_FILE");
}

TEST_F(HttpTool, EveryProblemOfTheInputAtOnce) {
  const auto failed = call_fails(
      R"({"url":"http://h","path":"x","method":"FETCH","headers":{"Authorization":"Bearer x",)"
      R"("Bad Name":"v","X-Split":"a\r\nEvil: 1","Host":"h"},"timeout_seconds":0,"bdy":1})");
  EXPECT_EQ(failed.error, "Input.Invalid");
  for (const char* part : {"path belongs", "FETCH", "Authorization must not", "not a header name",
                           "control character", "Host is set", "timeout_seconds", "bdy"})
    EXPECT_THAT(failed.message, HasSubstr(part));
  EXPECT_THAT(failed.message, Not(HasSubstr("Bearer x")));
}

TEST_F(HttpTool, UrlsThatCannotBeCalled) {
  EXPECT_EQ(call_fails(R"({"url":"ftp://h/x"})").error, "Input.Invalid");
  EXPECT_EQ(call_fails(R"({"url":"http://u:p@h/"})").error, "Input.Invalid");
  EXPECT_EQ(call_fails(R"({"url":"not a url"})").error, "Input.Invalid");
  EXPECT_EQ(call_fails(R"({})").error, "Input.Invalid");
  EXPECT_EQ(call_fails(R"({"url":"http://h","body":1})").error, "Input.Invalid");
}

}  // namespace
}  // namespace orch::test
