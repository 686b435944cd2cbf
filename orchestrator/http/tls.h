// The server's side of TLS.
#pragma once

#include <filesystem>
#include <memory>

#include <boost/asio/ssl/context.hpp>

namespace orch::http {

/// TLS 1.2 and later with the certificate chain and the private key of these PEM files. Throws
/// Error ORCH-0015 when a file cannot be read, is none, or the key is another certificate's.
std::shared_ptr<boost::asio::ssl::context> tls_context(const std::filesystem::path& certificate,
                                                       const std::filesystem::path& key);

}  // namespace orch::http
