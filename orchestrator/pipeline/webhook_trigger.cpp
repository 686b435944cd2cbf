#include "orchestrator/pipeline/webhook_trigger.h"

#include <algorithm>
#include <array>
#include <utility>

#include <fmt/format.h>

#include "orchestrator/base/error.h"
#include "orchestrator/json/text.h"
#include "orchestrator/pipeline/expression.h"

namespace orch::pipeline {
namespace {

constexpr std::int64_t longest_tolerance = 86'400;
constexpr std::int64_t largest_body = 8 << 20;  // the server takes no more
constexpr std::int64_t most_per_minute = 60'000;
constexpr std::size_t most_secrets = 4;
constexpr std::size_t shown_result = 100;

struct Style {
  std::string_view name;
  std::string_view header;
  std::string_view delivery;
};

// In the order of Signature.
constexpr std::array styles{Style{"github", "X-Hub-Signature-256", "X-GitHub-Delivery"},
                            Style{"standard", "webhook-signature", "webhook-id"},
                            Style{"stripe", "Stripe-Signature", ""}};

constexpr const char* secret_hint =
    R"("secret": "${NAME}" with NAME among the "secrets" of project.json, {"env": "NAME"} or )"
    R"({"file": "path"}; a list while the secret is changed)";

std::optional<SecretPlace> read_place(json::Fields& webhook, const std::string& pointer,
                                      const boost::json::value& value) {
  const auto* object = value.if_object();
  if (!object) {  // what it is must not be repeated
    webhook.problem("secret", "the secret must not stand in this file", secret_hint);
    return std::nullopt;
  }
  json::Fields place(*object, pointer, webhook.problems());
  const auto environment = place.string("env").value_or("");
  const auto file = place.string("file").value_or("");
  place.finish("a secret");
  if (environment.empty() == file.empty())
    place.problem("", "a secret needs exactly one of env and file", secret_hint);
  return SecretPlace{environment, file};
}

std::vector<SecretPlace> read_secrets(json::Fields& webhook) {
  std::vector<SecretPlace> places;
  const auto* value = webhook.get("secret");
  if (!value) {
    webhook.problem("", "the field secret is required", secret_hint);
    return places;
  }
  const auto at = webhook.at("secret");
  const auto* list = value->if_array();
  if (!list) {
    if (auto place = read_place(webhook, at, *value)) places.push_back(std::move(*place));
    return places;
  }
  if (list->empty() || list->size() > most_secrets)
    webhook.problem("secret",
                    fmt::format("{} secrets: expected 1 to {}", list->size(), most_secrets));
  for (std::size_t i = 0; i < list->size(); ++i)
    if (auto place = read_place(webhook, fmt::format("{}/{}", at, i), (*list)[i]))
      places.push_back(std::move(*place));
  return places;
}

Signature read_signature(json::Fields& webhook) {
  const auto name = webhook.string("signature").value_or("github");
  const auto found = std::ranges::find(styles, std::string_view(name), &Style::name);
  if (found == styles.end()) {
    webhook.problem("signature", fmt::format("no such signature: \"{}\"", name),
                    "github, standard or stripe");
    return Signature::github;
  }
  return static_cast<Signature>(found - styles.begin());
}

std::string read_header(json::Fields& webhook, std::string_view field, std::string_view otherwise) {
  const auto name = webhook.string(field).value_or(std::string(otherwise));
  const auto fits = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
           c == '_';
  };
  if (!std::ranges::all_of(name, fits))
    webhook.problem(field, fmt::format("no header has the name \"{}\"", name),
                    "letters, digits, - and _");
  return name;
}

std::shared_ptr<const jsonata::Expression> read_filter(json::Fields& webhook) {
  const auto text = webhook.string("filter");
  if (!text) return nullptr;
  auto expression = read_expression(*text, webhook.at("filter"), webhook.problems());
  if (!expression) {
    if (!is_expression(*text))
      webhook.problem("filter", "a filter is an expression",
                      "JSONata between {% and %}: {% $trigger.body.action = 'released' %}");
    return nullptr;
  }
  return std::make_shared<const jsonata::Expression>(std::move(*expression));
}

}  // namespace

std::optional<WebhookTrigger> read_webhook_trigger(json::Fields& trigger) {
  const auto before = trigger.problems().size();
  const auto* object = trigger.object("webhook");
  if (!object) return std::nullopt;
  json::Fields webhook(*object, trigger.at("webhook"), trigger.problems());
  WebhookTrigger made;
  made.secrets = read_secrets(webhook);
  made.signature = read_signature(webhook);
  const auto& style = styles.at(static_cast<std::size_t>(made.signature));
  made.header = read_header(webhook, "header", style.header);
  made.delivery = read_header(webhook, "delivery", style.delivery);
  if (made.signature == Signature::standard && webhook.has("delivery"))
    webhook.problem("delivery",
                    "with the signature standard the id is signed: it is in webhook-id");
  made.tolerance = std::chrono::seconds(
      webhook.integer("tolerance_seconds", 1, longest_tolerance).value_or(made.tolerance.count()));
  if (made.signature == Signature::github && webhook.has("tolerance_seconds"))
    webhook.problem("tolerance_seconds", "the signature github has no time",
                    "standard and stripe sign one");
  made.max_bytes = webhook.integer("max_bytes", 1, largest_body).value_or(made.max_bytes);
  made.per_minute = webhook.integer("per_minute", 1, most_per_minute).value_or(made.per_minute);
  made.filter = read_filter(webhook);
  if (webhook.has("input")) made.input = InputTemplate::read(webhook);
  webhook.finish("a webhook");
  if (trigger.problems().size() > before) return std::nullopt;
  return made;
}

std::string why_filtered(const WebhookTrigger& webhook, const boost::json::object& trigger,
                         const boost::json::object& pipeline) {
  if (!webhook.filter) return {};
  const auto result = evaluate(*webhook.filter, "the filter", trigger, pipeline);
  if (!result) return "the filter gives nothing";
  if (result->is_bool() && result->get_bool()) return {};
  return fmt::format("the filter gives {}", json::write(*result).substr(0, shown_result));
}

}  // namespace orch::pipeline
