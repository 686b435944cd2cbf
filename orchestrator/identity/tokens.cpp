#include "orchestrator/identity/tokens.h"

#include <algorithm>
#include <cerrno>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <system_error>
#include <unistd.h>

#include <boost/json/array.hpp>
#include <fmt/format.h>

#include "orchestrator/aws/digest.h"
#include "orchestrator/base/error.h"
#include "orchestrator/base/private_file.h"
#include "orchestrator/base/read_file.h"
#include "orchestrator/base/replace_file.h"
#include "orchestrator/base/secret.h"
#include "orchestrator/json/fields.h"
#include "orchestrator/json/text.h"

namespace orch::identity {
namespace {

namespace bj = boost::json;

constexpr std::string_view prefix = "orch_";

std::string hash_of(std::string_view text) { return aws::hex(aws::sha256(text)); }

[[noreturn]] void fail(const std::filesystem::path& path) {
  throw std::system_error(errno, std::generic_category(), path.string());
}

/// The file as it is now, kept from others who write: of two who add a token at a time, one would
/// be lost.
class Locked {
 public:
  explicit Locked(const std::filesystem::path& path) {
    while (!lock(path)) {
    }
  }
  ~Locked() { ::close(file_); }
  Locked(const Locked&) = delete;
  Locked& operator=(const Locked&) = delete;

 private:
  // False when another one has replaced the file meanwhile.
  bool lock(const std::filesystem::path& path) {
    make_private_file(path);
    file_ = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
    if (file_ < 0) fail(path);
    struct stat locked {};
    struct stat named {};
    if (::flock(file_, LOCK_EX) != 0 && errno != EINTR) {
      ::close(file_);
      fail(path);
    }
    if (::fstat(file_, &locked) == 0 && ::stat(path.c_str(), &named) == 0 &&
        locked.st_ino == named.st_ino)
      return true;
    ::close(file_);
    return false;
  }

  int file_ = -1;
};

std::optional<Token> token_from(const bj::value& value) {
  const auto* object = value.if_object();
  if (!object) return std::nullopt;
  json::Problems problems;
  json::Fields fields(*object, "", problems);
  Token token;
  token.name = fields.required_string("name");
  token.hash = fields.required_string("hash");
  const auto role = role_from(fields.required_string("role"));
  const auto made = from_iso(fields.required_string("made"));
  if (const auto expires = fields.string("expires")) {
    token.expires_at = from_iso(*expires);
    if (!token.expires_at) return std::nullopt;
  }
  if (const auto* scope = fields.object("scope")) {
    json::Fields members(*scope, fields.at("scope"), problems);
    token.scope = read_scope(members);
    members.finish("a scope");
    // What this version does not know must not make it more.
    if (!token.scope.limited()) return std::nullopt;
  }
  if (!problems.empty() || !role || !made) return std::nullopt;
  token.role = *role;
  token.made_at = *made;
  return token;
}

bj::object document_of(const Token& token) {
  bj::object out{{"name", token.name},
                 {"hash", token.hash},
                 {"role", to_string(token.role)},
                 {"made", to_iso(token.made_at)}};
  if (token.expires_at) out["expires"] = to_iso(*token.expires_at);
  if (token.scope.limited()) out["scope"] = scope_document(token.scope);
  return out;
}

}  // namespace

std::vector<Token> TokenFile::list() const {
  std::vector<Token> tokens;
  if (!std::filesystem::exists(path_)) return tokens;
  require_private(path_, "a file of tokens");
  const auto broken = [&](const std::string& why) {
    return Error("ORCH-0048", fmt::format("{} is no file of tokens: {}", path_.string(), why),
                 "`orch token add` makes it; remove the file to begin anew");
  };
  const auto text = read_file(path_);
  if (text.empty()) return tokens;  // the first is about to be written
  try {
    const auto value = json::parse(text);
    if (!value.is_array()) throw broken("not a JSON array");
    for (const auto& each : value.get_array()) {
      auto token = token_from(each);
      if (!token) throw broken(fmt::format("entry {} is no token", tokens.size() + 1));
      tokens.push_back(std::move(*token));
    }
  } catch (const json::SyntaxError& error) {
    throw broken(error.what());
  }
  return tokens;
}

void TokenFile::write(const std::vector<Token>& tokens) const {
  bj::array list;
  for (const auto& token : tokens) list.push_back(document_of(token));
  replace_file(path_, json::write(list) + '\n', "orch");
}

std::string TokenFile::add(const std::string& name, Role role, Instant now,
                           std::optional<Instant> expires, const Scope& scope) {
  const Locked lock(path_);
  auto tokens = list();
  if (std::ranges::find(tokens, name, &Token::name) != tokens.end())
    throw Error("ORCH-0048", fmt::format("there is a token \"{}\" already", name),
                "`orch token remove` takes it away");
  const auto secret = SecretSource().next();
  const auto text = fmt::format(
      "{}{}", prefix,
      aws::hex({reinterpret_cast<const char*>(secret.data()), secret.size()}));  // NOLINT
  tokens.push_back({name, hash_of(text), role, now, expires, scope});
  write(tokens);
  return text;
}

void TokenFile::remove(const std::string& name) {
  const Locked lock(path_);
  auto tokens = list();
  if (std::erase_if(tokens, [&](const Token& each) { return each.name == name; }) == 0)
    throw Error("ORCH-0048", fmt::format("there is no token \"{}\"", name),
                "`orch token list` shows them");
  write(tokens);
}

std::optional<Token> find_token(const std::vector<Token>& tokens, std::string_view text,
                                Instant now) {
  const auto hash = hash_of(text);
  const Token* found = nullptr;
  for (const auto& each : tokens)
    if (same_secret(each.hash, hash)) found = &each;
  if (!found || (found->expires_at && *found->expires_at <= now)) return std::nullopt;
  return *found;
}

std::filesystem::path token_file(const std::filesystem::path& store) {
  auto path = store;
  path += ".tokens";
  return path;
}

}  // namespace orch::identity
