// The server's side of TLS.
#pragma once

#include <filesystem>
#include <memory>

#include <boost/asio/ssl/context.hpp>

#include "orchestrator/http/handler.h"

namespace orch::http {

/// TLS 1.2 and later with the certificate chain and the private key of these PEM files. Clients may
/// show a certificate that one of `client_authorities` has signed; one that none has signed ends
/// the connection; empty: they are not asked. Throws Error ORCH-0015 when a file cannot be read, is
/// none, or the key is another certificate's.
std::shared_ptr<boost::asio::ssl::context> tls_context(
    const std::filesystem::path& certificate, const std::filesystem::path& key,
    const std::filesystem::path& client_authorities = {});

/// Adds what the client's certificate says, after the handshake.
void read_certificate(SSL* connection, Peer& peer);

}  // namespace orch::http
