#include "orchestrator/http/tls.h"

#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <string_view>

#include <fmt/format.h>

#include "orchestrator/base/error.h"
#include "orchestrator/base/private_file.h"

namespace orch::http {

namespace ssl = boost::asio::ssl;

namespace {

struct Release {
  void operator()(BIO* bio) const { BIO_free(bio); }
  void operator()(X509* certificate) const { X509_free(certificate); }
  void operator()(GENERAL_NAMES* names) const { GENERAL_NAMES_free(names); }
};

std::string subject_of(X509* certificate) {
  const std::unique_ptr<BIO, Release> out(BIO_new(BIO_s_mem()));
  // Escapes what a certificate's owner could confuse the text with.
  if (!out ||
      X509_NAME_print_ex(out.get(), X509_get_subject_name(certificate), 0, XN_FLAG_RFC2253) < 0)
    return {};
  char* text = nullptr;
  const auto size = BIO_get_mem_data(out.get(), &text);
  return size > 0 ? std::string(text, static_cast<std::size_t>(size)) : std::string();
}

const char* kind_of(const GENERAL_NAME& name) {
  switch (name.type) {
    case GEN_DNS:
      return "DNS:";
    case GEN_EMAIL:
      return "email:";
    case GEN_URI:
      return "URI:";
    default:
      return nullptr;
  }
}

std::vector<std::string> names_of(const X509* certificate) {
  std::vector<std::string> found;
  const std::unique_ptr<GENERAL_NAMES, Release> names(static_cast<GENERAL_NAMES*>(
      X509_get_ext_d2i(certificate, NID_subject_alt_name, nullptr, nullptr)));
  for (int i = 0; names && i < sk_GENERAL_NAME_num(names.get()); ++i) {
    const auto& name = *sk_GENERAL_NAME_value(names.get(), i);
    const auto* kind = kind_of(name);
    if (!kind) continue;
    const auto* text = name.d.ia5;
    found.push_back(
        kind + std::string(reinterpret_cast<const char*>(ASN1_STRING_get0_data(text)),  // NOLINT
                           static_cast<std::size_t>(ASN1_STRING_length(text))));
  }
  return found;
}

}  // namespace

std::shared_ptr<ssl::context> tls_context(const std::filesystem::path& certificate,
                                          const std::filesystem::path& key,
                                          const std::filesystem::path& client_authorities) {
  auto context = std::make_shared<ssl::context>(ssl::context::tls_server);
  context->set_options(ssl::context::no_sslv2 | ssl::context::no_sslv3 | ssl::context::no_tlsv1 |
                       ssl::context::no_tlsv1_1);
  const auto load = [](const std::filesystem::path& file, const char* what, const auto& use) {
    boost::system::error_code failed;
    use(failed);
    if (failed)
      throw Error("ORCH-0015",
                  fmt::format("{} cannot be used as {}: {}", file.string(), what, failed.message()),
                  "both files are PEM; the certificate's own comes first in its chain");
  };
  load(certificate, "a certificate chain",
       [&](auto& failed) { context->use_certificate_chain_file(certificate.string(), failed); });
  require_private(key, "the private key");
  // OpenSSL compares the key with the certificate as it loads it.
  load(key, "the private key of the certificate", [&](auto& failed) {
    context->use_private_key_file(key.string(), ssl::context::pem, failed);
  });
  if (client_authorities.empty()) return context;
  load(client_authorities, "certificates of authorities",
       [&](auto& failed) { context->load_verify_file(client_authorities.string(), failed); });
  context->set_verify_mode(ssl::verify_peer);
  // OpenSSL refuses to take up a session of a client that was asked for one, unless it has a name.
  constexpr std::string_view name = "orch serve";
  SSL_CTX_set_session_id_context(context->native_handle(),
                                 reinterpret_cast<const unsigned char*>(name.data()),  // NOLINT
                                 static_cast<unsigned>(name.size()));
  return context;
}

void read_certificate(SSL* connection, Peer& peer) {
  const std::unique_ptr<X509, Release> certificate(SSL_get1_peer_certificate(connection));
  if (!certificate || SSL_get_verify_result(connection) != X509_V_OK) return;
  peer.certificate = subject_of(certificate.get());
  peer.certificate_names = names_of(certificate.get());
}

}  // namespace orch::http
