#include "orchestrator/stepfunctions/arns.h"

#include <algorithm>
#include <charconv>
#include <vector>

#include <fmt/format.h>

#include "orchestrator/asl/utf8.h"
#include "orchestrator/stepfunctions/error.h"

namespace orch::stepfunctions {
namespace {

constexpr std::size_t longest_name = 80;

[[noreturn]] void refuse_arn(const std::string& why) {
  throw ServiceError("InvalidArn", fmt::format("Invalid Arn: '{}'", why));
}

[[noreturn]] void refuse_kind(const std::string& kind) {
  refuse_arn("Resource type not valid in this context: " + kind);
}

// The parts behind the account: kind, name, ….
std::vector<std::string> parts_of(const std::string& arn) {
  std::vector<std::string> parts(1);
  for (const char c : arn) {
    if (c == ':')
      parts.emplace_back();
    else
      parts.back() += c;
  }
  if (parts[0] != "arn") refuse_arn("Invalid ARN prefix: " + arn);
  if (parts.size() < 6) refuse_arn("Invalid ARN: " + arn);
  if (parts[2] != "states") refuse_arn("Invalid service name: " + parts[2]);
  parts.erase(parts.begin(), parts.begin() + 5);
  if (std::find(parts.begin() + 1, parts.end(), "") != parts.end())
    refuse_arn("Invalid ARN: " + arn);
  return parts;
}

bool control(char32_t c) { return c < 0x20 || (c >= 0x7f && c <= 0x9f); }

// The first character of `text`, which is UTF-8 of `size` bytes; only those below U+0800 matter.
char32_t code_point(std::string_view text, std::size_t size) {
  const auto first = static_cast<unsigned char>(text.front());
  if (size != 2) return size == 1 ? first : 0xffff;
  return ((first & 0x1fU) << 6U) | (static_cast<unsigned char>(text[1]) & 0x3fU);
}

}  // namespace

std::string Place::arn(std::string_view rest) const {
  return fmt::format("arn:aws:states:{}:{}:{}", region, account, rest);
}

std::string Place::machine(std::string_view name) const {
  return arn(fmt::format("stateMachine:{}", name));
}

std::string Place::qualified(std::string_view name, std::string_view qualifier) const {
  return fmt::format("{}:{}", machine(name), qualifier);
}

std::string Place::execution(std::string_view machine, std::string_view name) const {
  return arn(fmt::format("execution:{}:{}", machine, name));
}

std::string Place::express(std::string_view machine, std::string_view name,
                           std::string_view id) const {
  return arn(fmt::format("express:{}:{}:{}", machine, name, id));
}

std::string Place::activity(std::string_view name) const {
  return arn(fmt::format("activity:{}", name));
}

std::optional<std::int64_t> MachineArn::version() const {
  std::int64_t number = 0;
  const auto* end = qualifier.data() + qualifier.size();
  const auto [stop, failed] = std::from_chars(qualifier.data(), end, number);
  if (qualifier.empty() || failed != std::errc{} || stop != end) return std::nullopt;
  return number;
}

MachineArn parse_machine_arn(const std::string& arn) {
  const auto parts = parts_of(arn);
  if (parts[0] != "stateMachine") refuse_kind(parts[0]);
  if (parts.size() < 2 || parts.size() > 3) refuse_arn("Invalid ARN: " + arn);
  return {parts[1], parts.size() == 3 ? parts[2] : std::string()};
}

ExecutionArn parse_execution_arn(const std::string& arn) {
  const auto parts = parts_of(arn);
  if (parts[0] != "execution") refuse_kind(parts[0]);
  if (parts.size() != 3) refuse_arn("Invalid ARN: " + arn);
  return {parts[1], parts[2], false};
}

std::string parse_activity_arn(const std::string& arn) {
  const auto parts = parts_of(arn);
  if (parts[0] != "activity") refuse_kind(parts[0]);
  if (parts.size() != 2) refuse_arn("Invalid ARN: " + arn);
  return parts[1];
}

std::string parse_map_run_arn(const std::string& arn) {
  const auto parts = parts_of(arn);
  if (parts[0] != "mapRun") refuse_kind(parts[0]);
  const auto slash = parts.size() == 3 ? parts[1].find('/') : std::string::npos;
  if (slash == std::string::npos) refuse_arn("Invalid ARN: " + arn);
  return parts[1].substr(slash + 1) + ":" + parts[2];
}

std::string parse_taggable_arn(const std::string& arn) {
  const auto parts = parts_of(arn);
  if (parts[0] != "stateMachine" && parts[0] != "activity") refuse_kind(parts[0]);
  if (parts.size() != 2) refuse_arn("Invalid ARN: " + arn);
  return parts[0] + ":" + parts[1];
}

void check_name(const std::string& name) {
  constexpr std::string_view forbidden = " <>{}[]?*\"#%\\^|~`$&,;:/";
  bool good = !name.empty() && asl::utf16_length(name) <= longest_name;
  for (std::string_view rest = name; good && !rest.empty();) {
    const auto size = std::min(asl::character_size(rest), rest.size());
    const auto c = code_point(rest, size);
    good = !control(c) && (size > 1 || forbidden.find(rest.front()) == std::string_view::npos);
    rest.remove_prefix(size);
  }
  if (!good) throw ServiceError("InvalidName", fmt::format("Invalid Name: '{}'", name));
}

}  // namespace orch::stepfunctions
