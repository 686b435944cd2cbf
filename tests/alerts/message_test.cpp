#include "orchestrator/alerts/message.h"

#include <gtest/gtest.h>

#include "orchestrator/json/text.h"

namespace orch::alerts {
namespace {

using namespace std::chrono_literals;

const Instant start = *from_iso("2026-03-28T04:00:00Z");

Notice notice(std::string text, Notice::Kind kind = Notice::Kind::firing) {
  return {kind,   "pipeline:load", "ada", "failed", Condition::failed, "critical", std::move(text),
          "01m8", start,           3,     {"ops"}};
}

TEST(Message, SaysWhatSinceWhenAndWhereToLook) {
  const auto message = message_of({notice("Source.Gone: no table loans")}, "etl-1", start + 90min);
  EXPECT_EQ(
      json::write(message),
      R"({"version":1,"at":"2026-03-28T05:30:00.000Z","server":"etl-1",)"
      R"("title":"pipeline:load: failed","text":"pipeline:load: failed\nSource.Gone: no table loans\n)"
      R"(since 2026-03-28T04:00:00.000Z (1 h 30 min), 3 times\norch status 01m8\nowner: ada",)"
      R"("alerts":[{"status":"firing","subject":"pipeline:load","rule":"failed","condition":"failed",)"
      R"("severity":"critical","text":"Source.Gone: no table loans","since":"2026-03-28T04:00:00.000Z",)"
      R"("count":3,"run":"01m8","owner":"ada"}]})");
}

TEST(Message, IsOneForAllThatIsToldAtATime) {
  const auto over = Notice::Kind::recovered;
  EXPECT_EQ(message_of({notice("a"), notice("b")}, "", start).at("title"), "2 alerts");
  EXPECT_EQ(message_of({notice("a", over)}, "", start).at("title"),
            "pipeline:load has recovered: failed");
  EXPECT_EQ(message_of({notice("a", over), notice("b")}, "", start).at("title"),
            "2 alerts, recovered: 1");
}

TEST(Message, OfOthersMentionsNobodyAndHasABound) {
  const auto message = message_of(
      {notice("<!channel> & <http://evil|click>\x1b[2J" + std::string(5'000, 'x'))}, "", start);
  const std::string text(webhook_body(message, WebhookFormat::slack).at("text").as_string());
  EXPECT_NE(text.find("&lt;!channel&gt; &amp; &lt;http://evil|click&gt;?[2Jxxx"), std::string::npos)
      << text;
  EXPECT_LT(text.size(), 2'500u);
  EXPECT_EQ(text.find('<'), std::string::npos);
}

TEST(Message, IsACardForTeams) {
  const auto body = webhook_body(message_of({notice("a")}, "", start), WebhookFormat::teams);
  const auto& card = body.at("attachments").as_array()[0].as_object().at("content").as_object();
  EXPECT_EQ(card.at("type"), "AdaptiveCard");
  EXPECT_EQ(card.at("body").as_array()[0].as_object().at("text"), "pipeline:load: failed");
}

}  // namespace
}  // namespace orch::alerts
