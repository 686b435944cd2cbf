#include "workers/channels/channel.h"

#include <algorithm>

#include <fmt/format.h>

#include "orchestrator/alerts/message.h"

namespace orch::channels {
namespace {

bool has_control(std::string_view text) {
  return std::ranges::any_of(text, [](char c) { return static_cast<unsigned char>(c) < 0x20; });
}

void require_scheme(const json::Fields& fields, std::string_view field, const std::string& url,
                    std::string_view plain, std::string_view encrypted) {
  if ((url.starts_with(plain) || url.starts_with(encrypted)) && !has_control(url)) return;
  fields.problem(field,
                 fmt::format("{} is no URL that begins with {} or {}", field, plain, encrypted));
}

Webhook read_webhook(json::Fields& fields) {
  Webhook webhook;
  webhook.url = fields.string("webhook").value_or("");
  require_scheme(fields, "webhook", webhook.url, "http://", "https://");
  webhook.format = fields.string("format").value_or(webhook.format);
  if (!alerts::webhook_format_from(webhook.format))
    fields.problem("format", fmt::format("format is \"{}\"", webhook.format),
                   "one of: generic, slack, teams");
  webhook.token = fields.string("token").value_or("");
  if (has_control(webhook.token)) fields.problem("token", "token has a control character");
  return webhook;
}

Mail read_mail(json::Fields& fields) {
  Mail mail;
  mail.url = fields.string("smtp").value_or("");
  require_scheme(fields, "smtp", mail.url, "smtp://", "smtps://");
  mail.from = fields.required_string("from");
  mail.to = fields.strings("to");
  if (mail.to.empty()) fields.problem("to", "to must name at least one address");
  for (const auto& address : mail.to)
    if (has_control(address)) fields.problem("to", "an address has a control character");
  if (has_control(mail.from)) fields.problem("from", "from has a control character");
  mail.user = fields.string("user").value_or("");
  mail.password = fields.string("password").value_or("");
  mail.encrypted = fields.boolean("encrypted").value_or(true);
  return mail;
}

Program read_program(json::Fields& fields, const std::filesystem::path& folder) {
  Program program{fields.strings("program"), folder};
  if (program.argv.empty())
    fields.problem("program", "program must name a program and its arguments",
                   R"("program": ["./page.sh"])");
  return program;
}

}  // namespace

Channel read_channel(json::Fields& fields, const std::filesystem::path& folder) {
  const auto kinds =
      int(fields.has("webhook")) + int(fields.has("smtp")) + int(fields.has("program"));
  if (kinds != 1) fields.problem("", "a channel has exactly one of webhook, smtp and program");
  Channel channel = Webhook{};
  if (fields.has("smtp"))
    channel = read_mail(fields);
  else if (fields.has("program"))
    channel = read_program(fields, folder);
  else if (fields.has("webhook"))
    channel = read_webhook(fields);
  fields.finish("a channel");
  return channel;
}

}  // namespace orch::channels
