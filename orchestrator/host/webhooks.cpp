#include "orchestrator/host/webhooks.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdlib>

#include <fmt/format.h>

#include "orchestrator/aws/digest.h"
#include "orchestrator/base/error.h"
#include "orchestrator/base/fault.h"
#include "orchestrator/base/read_file.h"
#include "orchestrator/base/utf8.h"
#include "orchestrator/json/members.h"
#include "orchestrator/json/text.h"
#include "orchestrator/pipeline/facts.h"
#include "workers/project_folder.h"

namespace orch::host {
namespace {

namespace bj = boost::json;

constexpr std::size_t longest_id = 200;
constexpr std::int64_t most_misses = 10;
constexpr std::size_t most_counts = 10'000;
constexpr std::chrono::minutes window{1};

/// Empty when it is not set. A secret that is empty counts as not set: all would know it.
std::string read_secret(const pipeline::SecretPlace& place, const std::filesystem::path& folder) {
  if (!place.environment.empty()) {
    const char* value = std::getenv(place.environment.c_str());
    return value ? value : "";
  }
  std::string text;
  try {
    text = read_file(folder / place.file);
  } catch (const Error&) {
    return {};
  }
  while (text.ends_with('\n') || text.ends_with('\r')) text.pop_back();
  return text;
}

// Of several, those that are there: an old one may be gone already.
std::vector<std::string> secrets_of(const pipeline::WebhookTrigger& webhook,
                                    const store::PipelineRow& row) {
  const auto folder = workers::project_folder(row.revision.connections);
  std::vector<std::string> secrets;
  for (const auto& place : webhook.secrets)
    if (auto secret = read_secret(place, folder); !secret.empty())
      secrets.push_back(std::move(secret));
  if (!secrets.empty()) return secrets;
  const auto& first = webhook.secrets.front();
  throw Error("ORCH-0819",
              first.environment.empty()
                  ? fmt::format("the secret's file {} is missing, unreadable or empty", first.file)
                  : fmt::format("the server's environment has no {}", first.environment));
}

bj::value body_of(const std::string& body) {
  try {
    return json::parse(body);
  } catch (const json::SyntaxError&) {
    return bj::string(repaired(body));
  }
}

// Not those by which senders say who they are.
bj::object headers_of(const pipeline::WebhookTrigger& webhook, const Delivery& delivery) {
  constexpr std::array<std::string_view, 3> secret = {"authorization", "cookie",
                                                      "proxy-authorization"};
  bj::object made;
  const auto signature = delivery.header(webhook.header);
  for (const auto& [name, value] : delivery.headers)
    if (std::ranges::find(secret, std::string_view(name)) == secret.end() && value != signature)
      made[name] = repaired(value);
  return made;
}

bool is_id(std::string_view text) {
  return !text.empty() && text.size() <= longest_id &&
         std::ranges::all_of(text, [](char c) { return c > ' ' && c < 0x7f; });
}

// Without an id, equal bodies are one delivery.
std::string id_of(const pipeline::WebhookTrigger& webhook, const Delivery& delivery,
                  const bj::value& body, const std::string& digest) {
  auto id = webhook.delivery.empty() ? std::string() : delivery.header(webhook.delivery);
  if (id.empty() && webhook.signature == pipeline::Signature::stripe)
    if (const auto* object = body.if_object()) id = json::text_member(*object, "id");
  if (id.empty()) return "sha256:" + digest;
  if (!is_id(id))
    throw Error("ORCH-0807",
                fmt::format("the id of the delivery is no text of up to {} visible characters",
                            longest_id));
  return id;
}

void refuse_other_body(const store::FireRow& known, const std::string& digest) {
  if (json::text_member(json::parse(known.facts).as_object(), "sha256") == digest) return;
  throw Error("ORCH-0820", fmt::format("the id {} was of another delivery", known.key),
              "each delivery has an id of its own, also when it is sent again");
}

}  // namespace

Webhooks::Hook Webhooks::find(store::Store& store, const Delivery& delivery) {
  Hook hook;
  if (auto row = store.pipelines().find(delivery.pipeline)) {
    hook.row = std::move(*row);
    const std::scoped_lock lock(mutex_);
    hook.document = documents_.get(hook.row);
    const auto found = hook.document->triggers.find(delivery.trigger);
    if (found != hook.document->triggers.end())
      hook.trigger = std::get_if<pipeline::WebhookTrigger>(&found->second.kind);
  }
  if (!hook.trigger)
    throw Error("ORCH-0806",
                fmt::format("no webhook {}/{}", repaired(delivery.pipeline.substr(0, longest_id)),
                            repaired(delivery.trigger.substr(0, longest_id))),
                "a webhook is a trigger of a pipeline that is deployed");
  return hook;
}

bool Webhooks::is_flooded(std::map<std::string, Count>& counts, const std::string& key,
                          std::int64_t most, Instant now) {
  const std::scoped_lock lock(mutex_);
  if (counts.size() >= most_counts) counts.clear();
  auto& each = counts[key];
  if (now - each.since >= window || now < each.since) each = {0, now};
  return ++each.count > most;
}

// A right signature is taken however many wrong ones came from the same address.
void Webhooks::check(const Hook& hook, const Delivery& delivery, Instant now) {
  const auto& webhook = *hook.trigger;
  if (delivery.body.size() > static_cast<std::uint64_t>(webhook.max_bytes))
    throw Error("ORCH-0807", fmt::format("the body has {} bytes: the webhook takes {}",
                                         delivery.body.size(), webhook.max_bytes));
  const auto proof = verify(webhook, delivery, secrets_of(webhook, hook.row));
  if (!proof) {
    if (is_flooded(misses_, delivery.from, most_misses, now))
      throw Error("ORCH-0809",
                  fmt::format("{} wrong signatures came from {}", most_misses, delivery.from));
    throw Error(
        "ORCH-0808",
        fmt::format("the delivery has no signature of the webhook's secret in {}", webhook.header));
  }
  if (proof->at && (*proof->at > now ? *proof->at - now : now - *proof->at) > webhook.tolerance)
    throw Error("ORCH-0813", fmt::format("the delivery was signed at {}: more than {} s from now",
                                         to_iso(*proof->at), webhook.tolerance.count()));
}

engine::Fired Webhooks::take(store::Store& store, const Delivery& delivery, Instant now) {
  const auto hook = find(store, delivery);
  const auto& webhook = *hook.trigger;
  check(hook, delivery, now);
  auto body = body_of(delivery.body);
  const auto digest = aws::hex(aws::sha256(delivery.body));
  engine::Fire fire;
  fire.pipeline = delivery.pipeline;
  fire.trigger = delivery.trigger;
  fire.kind = "webhook";
  fire.key = id_of(webhook, delivery, body, digest);
  fire.at = now;
  fire.refused_again = true;
  const bj::object facts{{"delivery", fire.key}, {"sha256", digest}};
  fire.facts = json::write(facts);
  if (auto known = store.pipelines().fire(fire.pipeline, fire.trigger, fire.key);
      known && known->outcome != store::FireOutcome::refused) {
    refuse_other_body(*known, digest);
    return {std::move(*known), true};
  }
  if (is_flooded(taken_, fire.pipeline + "/" + fire.trigger, webhook.per_minute, now))
    throw Error("ORCH-0809",
                fmt::format("more than {} deliveries came within a minute", webhook.per_minute));
  auto trigger = pipeline::facts_of({fire.pipeline, fire.trigger, fire.kind, fire.key, now}, facts);
  trigger["body"] = std::move(body);
  trigger["headers"] = headers_of(webhook, delivery);
  const bj::object of_pipeline{{"name", hook.row.name}, {"revision", hook.row.revision.number}};
  try {
    if (auto why = pipeline::why_filtered(webhook, trigger, of_pipeline); !why.empty())
      fire.declined = {store::FireOutcome::skipped, std::move(why)};
    else
      fire.input = json::write(
          (webhook.input ? *webhook.input : hook.document->input).fill(trigger, of_pipeline));
  } catch (const Error& error) {
    if (error.code() != "ORCH-0803") throw;
    fire.declined = {store::FireOutcome::refused, error.what()};
  }
  auto fired = engine_.fire(fire);
  fault::point("webhook.answer");
  return fired;
}

}  // namespace orch::host
