// States.Format, StringSplit, Base64Encode, Base64Decode, Hash and UUID.
#include <algorithm>
#include <openssl/evp.h>

#include <fmt/format.h>

#include "orchestrator/asl/intrinsic_program.h"
#include "orchestrator/asl/random.h"
#include "orchestrator/asl/utf8.h"
#include "orchestrator/asl/value.h"
#include "orchestrator/base/utf8.h"

namespace orch::asl {
namespace {

namespace bj = boost::json;

constexpr std::size_t longest_data = 10'000;

bj::value text_value(const std::string& text) { return bj::value(bj::string(text)); }

[[noreturn]] void bad_template(std::string_view why) {
  throw Refusal(fmt::format("Invalid template in States.Format: {}", why));
}

bj::value format(const Invocation& call) {
  const auto pattern = call.text(0);
  std::string out;
  std::size_t used = 0;
  for (std::size_t i = 0; i < pattern.size(); ++i) {
    const char c = pattern[i];
    const char next = i + 1 < pattern.size() ? pattern[i + 1] : '\0';
    if (c == '\\' && (next == '{' || next == '}' || next == '\\')) {
      out += next;
      ++i;
    } else if (c == '{') {
      if (next != '}') bad_template("matching '}' not found for '{'.");
      if (++used < call.size()) out += java_text(call.any(used));
      ++i;
    } else if (c == '}') {
      bad_template("matching '{' not found for '}'.");
    } else {
      out += c;
    }
  }
  if (used + 1 != call.size())
    call.refuse("number of arguments do not match the occurrences of {}.");
  return text_value(out);
}

/// Every character of the second text separates; empty pieces vanish, as with Java's
/// StringTokenizer.
bj::value split(const Invocation& call) {
  auto rest = call.text(0);
  const auto separators = call.text(1);
  bj::array pieces;
  std::size_t size = 0;  // of the piece at the start of `rest`
  const auto end_piece = [&] {
    if (size > 0) pieces.emplace_back(bj::string_view(rest.data(), size));
    rest.remove_prefix(size);
    size = 0;
  };
  while (size < rest.size()) {
    const auto character = rest.substr(size, character_size(rest.substr(size)));
    if (separators.find(character) == separators.npos) {
      size += character.size();
    } else {
      end_piece();
      rest.remove_prefix(character.size());
    }
  }
  end_piece();
  return pieces;
}

std::string_view limited(const Invocation& call, std::string_view data) {
  if (utf16_length(data) > longest_data) call.refuse("at most 10000 characters are accepted");
  return data;
}

bj::value encode(const Invocation& call) {
  const auto data = limited(call, call.text(0));
  std::string out((data.size() + 2) / 3 * 4 + 1, '\0');  // EVP_EncodeBlock adds a NUL
  EVP_EncodeBlock(reinterpret_cast<unsigned char*>(out.data()),
                  reinterpret_cast<const unsigned char*>(data.data()),
                  static_cast<int>(data.size()));
  out.pop_back();
  return text_value(out);
}

/// The value of a Base64 digit in either alphabet, or 64.
unsigned digit_of(char c) {
  if (c >= 'A' && c <= 'Z') return static_cast<unsigned>(c - 'A');
  if (c >= 'a' && c <= 'z') return static_cast<unsigned>(c - 'a' + 26);
  if (c >= '0' && c <= '9') return static_cast<unsigned>(c - '0' + 52);
  if (c == '+' || c == '-') return 62;
  return c == '/' || c == '_' ? 63 : 64;
}

/// As lenient as the service: what is no digit is skipped, `=` ends the data, bits left over are
/// dropped.
bj::value decode(const Invocation& call) {
  std::string out;
  unsigned bits = 0;
  int count = 0;
  for (const char c : limited(call, call.text(0))) {
    if (c == '=') break;
    const auto digit = digit_of(c);
    if (digit > 63) continue;
    bits = (bits << 6 | digit) & 0xFFFF;
    count += 6;
    if (count < 8) continue;
    count -= 8;
    out += static_cast<char>(bits >> count & 0xFF);
  }
  return text_value(repaired(out));
}

const EVP_MD* algorithm(const Invocation& call) {
  const auto name = call.text(1);
  if (name == "MD5") return EVP_md5();
  if (name == "SHA-1") return EVP_sha1();
  if (name == "SHA-256") return EVP_sha256();
  if (name == "SHA-384") return EVP_sha384();
  if (name == "SHA-512") return EVP_sha512();
  call.refuse("the algorithm must be MD5, SHA-1, SHA-256, SHA-384 or SHA-512");
}

bj::value hash_of(const Invocation& call) {
  const auto data = java_text(call.any(0));  // the service hashes the text of any value
  limited(call, data);
  unsigned char digest[EVP_MAX_MD_SIZE];
  unsigned size = 0;
  if (EVP_Digest(data.data(), data.size(), digest, &size, algorithm(call), nullptr) != 1)
    call.refuse("the cryptographic library of this machine does not offer the algorithm");
  return text_value(fmt::format("{:02x}", fmt::join(digest, digest + size, "")));
}

bj::value uuid(const Invocation& call) {
  Random random(call.seed());
  const auto high = (random.next() & ~0xF000ull) | 0x4000;          // version 4
  const auto low = (random.next() & ~(3ull << 62)) | (1ull << 63);  // variant 1
  return text_value(fmt::format("{:08x}-{:04x}-{:04x}-{:04x}-{:012x}", high >> 32,
                                high >> 16 & 0xFFFF, high & 0xFFFF, low >> 48,
                                low & 0xFFFFFFFFFFFF));
}

constexpr std::array text_table = {
    IntrinsicFunction{"States.Base64Decode", 1, 1, decode},
    IntrinsicFunction{"States.Base64Encode", 1, 1, encode},
    IntrinsicFunction{"States.Format", 1, std::string::npos, format},
    IntrinsicFunction{"States.Hash", 2, 2, hash_of},
    IntrinsicFunction{"States.StringSplit", 2, 2, split},
    IntrinsicFunction{"States.UUID", 0, 0, uuid},
};

}  // namespace

std::span<const IntrinsicFunction> text_functions() { return text_table; }

}  // namespace orch::asl
