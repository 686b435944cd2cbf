#include "orchestrator/alerts/message.h"

#include <algorithm>

#include <fmt/format.h>

#include "orchestrator/alerts/read.h"
#include "orchestrator/base/utf8.h"

namespace orch::alerts {
namespace {

namespace bj = boost::json;

constexpr std::size_t longest_text = 2'000;

std::string_view word_of(Notice::Kind kind) {
  switch (kind) {
    case Notice::Kind::firing:
      return "firing";
    case Notice::Kind::repeated:
      return "repeated";
    case Notice::Kind::escalated:
      return "escalated";
    case Notice::Kind::recovered:
      return "recovered";
  }
  return "firing";
}

// A failure may hold anything, at any length.
std::string shortened(const std::string& text) {
  auto shown = printable(text.substr(0, longest_text));
  if (text.size() > longest_text) shown += " …";
  return shown;
}

bj::object to_json(const Notice& notice) {
  bj::object object{{"status", word_of(notice.kind)}, {"subject", printable(notice.subject)},
                    {"rule", printable(notice.rule)}, {"condition", to_string(notice.condition)},
                    {"severity", notice.severity},    {"text", shortened(notice.text)},
                    {"since", to_iso(notice.since)},  {"count", notice.count}};
  if (!notice.run.empty()) object["run"] = notice.run;
  if (!notice.owner.empty()) object["owner"] = printable(notice.owner);
  return object;
}

std::string headline(const Notice& notice) {
  const bool over = notice.kind == Notice::Kind::recovered;
  return fmt::format("{}{}: {}{}", one_line(notice.subject), over ? " has recovered" : "",
                     one_line(notice.rule),
                     notice.kind == Notice::Kind::escalated ? " (escalated)" : "");
}

std::string paragraph(const Notice& notice, Instant now) {
  std::string text = headline(notice) + '\n' + shortened(notice.text);
  text += fmt::format("\nsince {} ({})", to_iso(notice.since), spelled(now - notice.since));
  if (notice.count > 1) text += fmt::format(", {} times", notice.count);
  if (!notice.run.empty()) text += fmt::format("\norch status {}", notice.run);
  if (!notice.owner.empty()) text += "\nowner: " + one_line(notice.owner);
  return text;
}

std::string title_of(const std::vector<Notice>& notices) {
  if (notices.size() == 1) return headline(notices.front());
  const auto recovered = std::ranges::count(notices, Notice::Kind::recovered, &Notice::kind);
  if (recovered == 0) return fmt::format("{} alerts", notices.size());
  return fmt::format("{} alerts, recovered: {}", notices.size(), recovered);
}

// Slack, "Formatting text for app surfaces": these three characters start mentions and links.
std::string for_slack(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (c == '&')
      out += "&amp;";
    else if (c == '<')
      out += "&lt;";
    else if (c == '>')
      out += "&gt;";
    else
      out += c;
  }
  return out;
}

bj::object text_block(std::string_view text, bool heading) {
  bj::object block{{"type", "TextBlock"}, {"text", text}, {"wrap", true}};
  if (heading) block.insert({{"weight", "Bolder"}, {"size", "Medium"}});
  return block;
}

bj::object teams_card(std::string_view title, std::string_view text) {
  bj::object card{{"$schema", "http://adaptivecards.io/schemas/adaptive-card.json"},
                  {"type", "AdaptiveCard"},
                  {"version", "1.4"},
                  {"body", bj::array{text_block(title, true), text_block(text, false)}}};
  bj::object attachment{{"contentType", "application/vnd.microsoft.card.adaptive"},
                        {"content", std::move(card)}};
  return {{"type", "message"}, {"attachments", bj::array{std::move(attachment)}}};
}

}  // namespace

bj::object message_of(const std::vector<Notice>& notices, const std::string& server, Instant now) {
  std::string text;
  bj::array alerts;
  for (const auto& notice : notices) {
    text += (text.empty() ? "" : "\n\n") + paragraph(notice, now);
    alerts.push_back(to_json(notice));
  }
  return {{"version", 1},
          {"at", to_iso(now)},
          {"server", printable(server)},
          {"title", title_of(notices)},
          {"text", text},
          {"alerts", std::move(alerts)}};
}

std::optional<WebhookFormat> webhook_format_from(std::string_view word) {
  if (word == "generic") return WebhookFormat::generic;
  if (word == "slack") return WebhookFormat::slack;
  if (word == "teams") return WebhookFormat::teams;
  return std::nullopt;
}

bj::object webhook_body(const bj::object& message, WebhookFormat format) {
  const std::string_view title = message.at("title").as_string();
  const std::string_view text = message.at("text").as_string();
  switch (format) {
    case WebhookFormat::slack:
      return {{"text", fmt::format("*{}*\n{}", for_slack(title), for_slack(text))}};
    case WebhookFormat::teams:
      return teams_card(title, text);
    case WebhookFormat::generic:
      break;
  }
  return message;
}

}  // namespace orch::alerts
