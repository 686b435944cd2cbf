// Which handler gets a request, and in whose words the server refuses it.
#include "orchestrator/http/router.h"

#include <gtest/gtest.h>

namespace orch::http {
namespace {

using Verb = boost::beast::http::verb;

Handler named(const std::string& name) {
  Handler handler;
  handler.refuse = [name](const Refusal& refused) {
    Response response(status_of(refused.fault), 11);
    response.body() = name;
    return response;
  };
  return handler;
}

TEST(Router, FindsTheRouteByMethodAndPath) {
  Router router(named("fallback"));
  router.add({Verb::get, Verb::head}, "/healthz", named("health"));
  router.add({Verb::get}, "/v1/*", named("v1"));
  router.add({}, "/any", named("any"));
  const struct {
    Verb method;
    const char* target;
    const char* handler;
  } table[] = {{Verb::get, "/healthz", "health"},
               {Verb::head, "/healthz?verbose=1", "health"},
               {Verb::post, "/healthz", "fallback"},
               {Verb::get, "/healthz/", "fallback"},
               {Verb::get, "http://proxied.example:80/healthz", "health"},
               {Verb::get, "/v1/runs?next=/healthz", "v1"},
               {Verb::get, "/v1", "fallback"},
               {Verb::put, "/any", "any"},
               {Verb::get, "/", "fallback"},
               {Verb::get, "http://proxied.example", "fallback"}};
  for (const auto& [method, target, handler] : table) {
    Header header;
    header.method(method);
    header.target(target);
    EXPECT_EQ(refusal(router.find(header), {Fault::failed, ""}).body(), handler) << target;
  }
}

TEST(Router, AServerRefusesInTheWordsOfTheFallbackElseAsText) {
  const Router router(named("fallback"));
  EXPECT_EQ(refusal(router.handler(), {Fault::malformed, "x"}).body(), "fallback");
  const auto plain = refusal(Handler(), {Fault::body_too_large, "too large"});
  EXPECT_EQ(plain.body(), "too large\n");
  EXPECT_EQ(plain.result(), Status::payload_too_large);
  EXPECT_FALSE(plain.keep_alive());
}

}  // namespace
}  // namespace orch::http
