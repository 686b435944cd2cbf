// Tokens of the REST API: made by this machine's owner of the store, known by their hashes alone.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "orchestrator/base/time.h"
#include "orchestrator/identity/role.h"
#include "orchestrator/identity/scope.h"

namespace orch::identity {

struct Token {
  std::string name;
  std::string hash;  ///< SHA-256 of its text, in hexadecimal digits
  Role role = Role::viewer;
  Instant made_at;
  std::optional<Instant> expires_at = {};
  Scope scope = {};
};

/// A JSON file that only its owner may read. Whoever writes replaces it whole.
class TokenFile {
 public:
  explicit TokenFile(std::filesystem::path path) : path_(std::move(path)) {}

  /// None when there is no file. Throws Error ORCH-0017 when others may read it, ORCH-0048 when it
  /// is no list of tokens.
  std::vector<Token> list() const;
  /// Returns the token's text, "orch_" and 64 digits, which is kept nowhere. Throws Error ORCH-0048
  /// when there is one of this name.
  std::string add(const std::string& name, Role role, Instant now, std::optional<Instant> expires,
                  const Scope& scope = {});
  /// Throws Error ORCH-0048 when there is none of this name.
  void remove(const std::string& name);

 private:
  void write(const std::vector<Token>& tokens) const;

  std::filesystem::path path_;
};

/// The one with this text that has not expired. Takes the same time whichever it is.
std::optional<Token> find_token(const std::vector<Token>& tokens, std::string_view text,
                                Instant now);

/// STORE.tokens, the file of a store.
std::filesystem::path token_file(const std::filesystem::path& store);

}  // namespace orch::identity
