#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/tools/http_server.h"
#include "tests/tools/tool_test.h"
#include "workers/tools/tools.h"

namespace orch::test {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

class HttpTask : public ToolTest {
 protected:
  /// The input of a call of `server` with `more` members.
  static std::string input(const HttpServer& server, const std::string& more = "",
                           const std::string& method = "GET") {
    return R"({"ApiEndpoint":")" + server.url() + R"(/v1/rates","Method":")" + method +
           R"(","Authentication":{"ConnectionArn":)"
           R"("arn:aws:events:us-east-1:123456789012:connection/api/0b1c"})" +
           more + "}";
  }
  void connect_to(const HttpServer& server) {
    write_file("secret.txt", "s3cret");
    connect(R"("api":{"url":")" + server.url() + R"(","token":{"file":"secret.txt"}})");
  }
  /// Error and cause as a definition's Catch sees them.
  std::pair<std::string, std::string> failure(const std::string& given) {
    try {
      run(*worker_, given);
    } catch (const workers::TaskFailed& failed) {
      return {failed.error(), failed.cause()};
    }
    return {};
  }

  std::unique_ptr<workers::Worker> worker_ = tools::make_http_task();
};

TEST_F(HttpTask, AnswersInTheServicesShape) {
  HttpServer server({answer("200 OK", R"({"rate":1.5})",
                            "Content-Type: application/json\r\nX-Page: 1\r\nX-Page: 2\r\n")});
  connect_to(server);
  const auto output = run(
      *worker_, input(server, R"(,"QueryParameters":{"day":"a b","n":2},"Headers":{"X-K":"v"})"));
  EXPECT_EQ(output.at("StatusCode"), 200);
  EXPECT_EQ(output.at("StatusText"), "OK");
  EXPECT_EQ(json::write(output.at("ResponseBody")), R"({"rate":1.5})");
  EXPECT_EQ(json::write(output.at("Headers").at("x-page")), R"(["1","2"])");
  const auto& request = server.requests().at(0);
  EXPECT_THAT(request, StartsWith("GET /v1/rates?day=a%20b&n=2 HTTP/1.1\r\n"));
  EXPECT_THAT(request, HasSubstr("Authorization: Bearer s3cret\r\n"));
  EXPECT_THAT(request, HasSubstr("X-K: v\r\n"));
}

TEST_F(HttpTask, BodiesAreJsonOrForms) {
  const auto transform = [](const std::string& format) {
    return R"(,"RequestBody":{"a":["x","y z"],"b":{"c":1}},"Transform":{"RequestBodyEncoding":)"
           R"("URL_ENCODED","RequestEncodingOptions":{"ArrayFormat":")" +
           format + "\"}}";
  };
  HttpServer server(std::vector(5, answer("200 OK", "plain", "Content-Type: text/plain\r\n")));
  connect_to(server);
  EXPECT_EQ(run(*worker_, input(server, R"(,"RequestBody":{"a":1})", "POST")).at("ResponseBody"),
            "plain");
  for (const char* format : {"INDICES", "REPEAT", "COMMAS", "BRACKETS"})
    run(*worker_, input(server, transform(format), "POST"));
  const char* bodies[] = {"{\"a\":1}", "a[0]=x&a[1]=y%20z&b[c]=1", "a=x&a=y%20z&b[c]=1",
                          "a=x,y%20z&b[c]=1", "a[]=x&a[]=y%20z&b[c]=1"};
  for (std::size_t i = 0; i < std::size(bodies); ++i)
    EXPECT_THAT(server.requests().at(i), ::testing::EndsWith(std::string("\r\n\r\n") + bodies[i]));
  EXPECT_THAT(server.requests().at(0), HasSubstr("Content-Type: application/json\r\n"));
  EXPECT_THAT(server.requests().at(1),
              HasSubstr("Content-Type: application/x-www-form-urlencoded\r\n"));
}

TEST_F(HttpTask, FailuresHaveTheServicesNames) {
  HttpServer server({answer("404 Not Found", R"({"why":"gone"})"), answer("503 Busy", ""), ""});
  connect_to(server);
  EXPECT_EQ(failure(input(server)),
            std::pair(std::string("States.Http.StatusCode.404"), std::string(R"({"why":"gone"})")));
  EXPECT_EQ(failure(input(server)),
            std::pair(std::string("States.Http.StatusCode.503"), std::string("Busy")));
  EXPECT_EQ(failure(input(server)).first, "States.Http.Socket");
}

TEST_F(HttpTask, ATokenGoesToItsOwnServerOnly) {
  HttpServer server({answer("200 OK", "1")});
  write_file("secret.txt", "s3cret");
  connect(R"("api":{"url":"http://127.0.0.1:1/","token":{"file":"secret.txt"}})");
  const auto failed = fails(*worker_, input(server));
  EXPECT_EQ(failed.error, "Connection.Refused");
  EXPECT_THAT(failed.message, Not(HasSubstr("s3cret")));
  connect_to(server);
  EXPECT_EQ(run(*worker_, input(server)).at("ResponseBody"), 1);
}

TEST_F(HttpTask, EveryProblemOfTheInputAtOnce) {
  const auto failed =
      fails(*worker_, R"({"ApiEndpoint":"http://h","Method":"FETCH","Headers":{"Host":"h"},)"
                      R"("Transform":{"RequestBodyEncoding":"GZIP"},"Body":1})");
  EXPECT_EQ(failed.error, "Input.Invalid");
  for (const char* part : {"FETCH", "Authentication", "Host is set", "GZIP", "Body"})
    EXPECT_THAT(failed.message, HasSubstr(part));
}

}  // namespace
}  // namespace orch::test
