#include "orchestrator/identity/jwk.h"

#include <algorithm>
#include <array>
#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/param_build.h>

#include <boost/json/array.hpp>
#include <fmt/format.h>

#include "orchestrator/aws/digest.h"
#include "orchestrator/base/error.h"
#include "orchestrator/json/members.h"
#include "orchestrator/json/text.h"

namespace orch::identity {
namespace {

namespace bj = boost::json;

constexpr int least_rsa_bits = 2'048;
constexpr std::size_t coordinate_bytes = 32;

template <class T, void (*release)(T*)>
struct Release {
  void operator()(T* object) const { release(object); }
};
template <class T, void (*release)(T*)>
using Owned = std::unique_ptr<T, Release<T, release>>;

using Number = Owned<BIGNUM, BN_free>;
using Builder = Owned<OSSL_PARAM_BLD, OSSL_PARAM_BLD_free>;
using Params = Owned<OSSL_PARAM, OSSL_PARAM_free>;
using Context = Owned<EVP_PKEY_CTX, EVP_PKEY_CTX_free>;
using Digest = Owned<EVP_MD_CTX, EVP_MD_CTX_free>;

const unsigned char* bytes_of(std::string_view text) {
  return reinterpret_cast<const unsigned char*>(text.data());  // NOLINT
}

Number number_of(std::string_view big_endian) {
  return Number(BN_bin2bn(bytes_of(big_endian), static_cast<int>(big_endian.size()), nullptr));
}

std::shared_ptr<EVP_PKEY> key_from(const char* type, OSSL_PARAM_BLD* builder) {
  const Params params(OSSL_PARAM_BLD_to_param(builder));
  const Context context(EVP_PKEY_CTX_new_from_name(nullptr, type, nullptr));
  EVP_PKEY* key = nullptr;
  if (!params || !context || EVP_PKEY_fromdata_init(context.get()) != 1 ||
      EVP_PKEY_fromdata(context.get(), &key, EVP_PKEY_PUBLIC_KEY, params.get()) != 1)
    return nullptr;
  return {key, EVP_PKEY_free};
}

std::shared_ptr<EVP_PKEY> rsa_key(const bj::object& jwk) {
  const auto modulus = from_base64url(json::text_member(jwk, "n"));
  const auto exponent = from_base64url(json::text_member(jwk, "e"));
  if (!modulus || !exponent) return nullptr;
  const auto n = number_of(*modulus), e = number_of(*exponent);
  const Builder builder(OSSL_PARAM_BLD_new());
  OSSL_PARAM_BLD_push_BN(builder.get(), OSSL_PKEY_PARAM_RSA_N, n.get());
  OSSL_PARAM_BLD_push_BN(builder.get(), OSSL_PKEY_PARAM_RSA_E, e.get());
  auto key = key_from("RSA", builder.get());
  if (!key || EVP_PKEY_get_bits(key.get()) < least_rsa_bits) return nullptr;
  return key;
}

std::shared_ptr<EVP_PKEY> p256_key(const bj::object& jwk) {
  const auto x = from_base64url(json::text_member(jwk, "x"));
  const auto y = from_base64url(json::text_member(jwk, "y"));
  if (json::text_member(jwk, "crv") != "P-256" || !x || !y || x->size() != coordinate_bytes ||
      y->size() != coordinate_bytes)
    return nullptr;
  const auto point = '\x04' + *x + *y;  // uncompressed
  const Builder builder(OSSL_PARAM_BLD_new());
  OSSL_PARAM_BLD_push_utf8_string(builder.get(), OSSL_PKEY_PARAM_GROUP_NAME, "prime256v1", 0);
  OSSL_PARAM_BLD_push_octet_string(builder.get(), OSSL_PKEY_PARAM_PUB_KEY, point.data(),
                                   point.size());
  return key_from("EC", builder.get());
}

std::optional<PublicKey> key_of(const bj::value& value) {
  const auto* jwk = value.if_object();
  if (!jwk) return std::nullopt;
  const auto use = json::text_member(*jwk, "use"), type = json::text_member(*jwk, "kty");
  if (!use.empty() && use != "sig") return std::nullopt;
  PublicKey made{json::text_member(*jwk, "kid"), Algorithm::rs256, nullptr};
  if (type == "RSA") made.key = rsa_key(*jwk);
  if (type == "EC") {
    made.algorithm = Algorithm::es256;
    made.key = p256_key(*jwk);
  }
  const auto named = json::text_member(*jwk, "alg");
  if (!made.key || (!named.empty() && algorithm_from(named) != made.algorithm)) return std::nullopt;
  return made;
}

// OpenSSL wants r and s in DER.
std::string der_of(std::string_view signature) {
  const Owned<ECDSA_SIG, ECDSA_SIG_free> pair(ECDSA_SIG_new());
  auto r = number_of(signature.substr(0, coordinate_bytes));
  auto s = number_of(signature.substr(coordinate_bytes));
  if (!pair || ECDSA_SIG_set0(pair.get(), r.get(), s.get()) != 1) return {};
  r.release();
  s.release();
  unsigned char* der = nullptr;
  const int size = i2d_ECDSA_SIG(pair.get(), &der);
  if (size <= 0) return {};
  std::string out(reinterpret_cast<const char*>(der), static_cast<std::size_t>(size));  // NOLINT
  OPENSSL_free(der);
  return out;
}

}  // namespace

std::optional<Algorithm> algorithm_from(std::string_view name) {
  if (name == "RS256") return Algorithm::rs256;
  if (name == "ES256") return Algorithm::es256;
  return std::nullopt;
}

std::vector<PublicKey> parse_keys(const std::string& text) {
  try {
    const auto document = json::parse(text);
    const auto* object = document.if_object();
    const auto* keys = object ? object->if_contains("keys") : nullptr;
    if (!keys || !keys->is_array())
      throw Error("ORCH-0051", "the key set of the identity provider has no array \"keys\"");
    std::vector<PublicKey> found;
    for (const auto& each : keys->get_array())
      if (auto key = key_of(each)) found.push_back(std::move(*key));
    return found;
  } catch (const json::SyntaxError& error) {
    throw Error("ORCH-0051", fmt::format("the key set of the identity provider: {}", error.what()));
  }
}

bool is_signed(const PublicKey& key, std::string_view text, std::string_view signature) {
  std::string der;
  if (key.algorithm == Algorithm::es256) {
    if (signature.size() != 2 * coordinate_bytes) return false;
    der = der_of(signature);
    signature = der;
  }
  const Digest digest(EVP_MD_CTX_new());
  return digest &&
         EVP_DigestVerifyInit(digest.get(), nullptr, EVP_sha256(), nullptr, key.key.get()) == 1 &&
         EVP_DigestVerify(digest.get(), bytes_of(signature), signature.size(), bytes_of(text),
                          text.size()) == 1;
}

std::optional<std::string> from_base64url(std::string_view text) {
  if (text.empty()) return std::string();
  std::string plain(text);
  if (plain.find_first_of("+/=") != std::string::npos) return std::nullopt;
  std::ranges::replace(plain, '-', '+');
  std::ranges::replace(plain, '_', '/');
  plain.append((4 - plain.size() % 4) % 4, '=');
  auto bytes = aws::unbase64(plain);
  // A text has one form: what is left over of its last digit is zero, and there is no white space.
  if (!bytes || aws::base64(*bytes) != plain) return std::nullopt;
  return bytes;
}

std::string to_base64url(std::string_view bytes) {
  auto text = aws::base64(bytes);
  while (text.ends_with('=')) text.pop_back();
  std::ranges::replace(text, '+', '-');
  std::ranges::replace(text, '/', '_');
  return text;
}

}  // namespace orch::identity
