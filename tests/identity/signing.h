// Keys and tokens of an identity provider, made for a test.
#pragma once

#include <array>
#include <memory>
#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/rsa.h>
#include <string>
#include <string_view>

#include <boost/json/object.hpp>

#include "orchestrator/json/text.h"

namespace orch::test {

inline std::string base64url(std::string_view bytes) {
  constexpr std::string_view digits =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
  std::string out;
  std::uint32_t bits = 0;
  unsigned count = 0;
  for (const char c : bytes) {
    bits = bits << 8U | static_cast<unsigned char>(c);
    for (count += 8; count >= 6; count -= 6) out += digits[bits >> (count - 6) & 63U];
  }
  if (count > 0) out += digits[bits << (6 - count) & 63U];
  return out;
}

/// A key pair; RSA of `bits`, or P-256 when they are 0.
class SigningKey {
 public:
  SigningKey(std::string id, unsigned bits)
      : id_(std::move(id)),
        rsa_(bits != 0),
        key_(rsa_ ? EVP_RSA_gen(bits) : EVP_EC_gen("P-256"), EVP_PKEY_free) {}

  boost::json::object jwk() const {
    if (rsa_)
      return {{"kid", id_},
              {"kty", "RSA"},
              {"use", "sig"},
              {"n", number(OSSL_PKEY_PARAM_RSA_N)},
              {"e", number(OSSL_PKEY_PARAM_RSA_E)}};
    std::array<unsigned char, 65> point{};
    std::size_t size = 0;
    EVP_PKEY_get_octet_string_param(key_.get(), OSSL_PKEY_PARAM_PUB_KEY, point.data(), point.size(),
                                    &size);
    const std::string text(point.begin(), point.end());
    return {{"kid", id_},
            {"kty", "EC"},
            {"crv", "P-256"},
            {"x", base64url(text.substr(1, 32))},
            {"y", base64url(text.substr(33))}};
  }

  std::string token(const boost::json::object& claims, std::string algorithm = "") const {
    if (algorithm.empty()) algorithm = rsa_ ? "RS256" : "ES256";
    const boost::json::object header{{"alg", algorithm}, {"kid", id_}};
    const auto text = base64url(json::write(header)) + '.' + base64url(json::write(claims));
    return text + '.' + base64url(signature(text));
  }

  std::string signature(const std::string& text) const {
    const std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> digest(EVP_MD_CTX_new(),
                                                                         EVP_MD_CTX_free);
    const auto* bytes = reinterpret_cast<const unsigned char*>(text.data());  // NOLINT
    EVP_DigestSignInit(digest.get(), nullptr, EVP_sha256(), nullptr, key_.get());
    std::size_t size = 0;
    EVP_DigestSign(digest.get(), nullptr, &size, bytes, text.size());
    std::string made(size, '\0');
    EVP_DigestSign(digest.get(), reinterpret_cast<unsigned char*>(made.data()), &size,  // NOLINT
                   bytes, text.size());
    made.resize(size);
    return rsa_ ? made : raw(made);
  }

 private:
  std::string number(const char* name) const {
    BIGNUM* found = nullptr;
    EVP_PKEY_get_bn_param(key_.get(), name, &found);
    const std::unique_ptr<BIGNUM, decltype(&BN_free)> owned(found, BN_free);
    std::string bytes(static_cast<std::size_t>(BN_num_bytes(found)), '\0');
    BN_bn2bin(found, reinterpret_cast<unsigned char*>(bytes.data()));  // NOLINT
    return base64url(bytes);
  }

  // r and s, of 32 bytes each, of what is DER.
  static std::string raw(const std::string& der) {
    const auto* at = reinterpret_cast<const unsigned char*>(der.data());  // NOLINT
    const std::unique_ptr<ECDSA_SIG, decltype(&ECDSA_SIG_free)> pair(
        d2i_ECDSA_SIG(nullptr, &at, static_cast<long>(der.size())), ECDSA_SIG_free);
    std::string out(64, '\0');
    auto* bytes = reinterpret_cast<unsigned char*>(out.data());  // NOLINT
    BN_bn2binpad(ECDSA_SIG_get0_r(pair.get()), bytes, 32);
    BN_bn2binpad(ECDSA_SIG_get0_s(pair.get()), bytes + 32, 32);
    return out;
  }

  std::string id_;
  bool rsa_;
  std::shared_ptr<EVP_PKEY> key_;
};

inline std::string key_set(std::initializer_list<const SigningKey*> keys) {
  boost::json::object document;
  auto& list = document["keys"].emplace_array();
  for (const auto* key : keys) list.push_back(key->jwk());
  return json::write(document);
}

}  // namespace orch::test
