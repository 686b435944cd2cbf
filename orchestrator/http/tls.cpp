#include "orchestrator/http/tls.h"

#include <openssl/ssl.h>

#include <fmt/format.h>

#include "orchestrator/base/error.h"
#include "orchestrator/base/private_file.h"

namespace orch::http {

namespace ssl = boost::asio::ssl;

std::shared_ptr<ssl::context> tls_context(const std::filesystem::path& certificate,
                                          const std::filesystem::path& key) {
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
  return context;
}

}  // namespace orch::http
