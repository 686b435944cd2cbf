// A loopback server that gives prepared answers, one a connection, and then ends.
#pragma once

#include <memory>
#include <string>
#include <thread>
#include <vector>

namespace orch::test {

class HttpServer {
 public:
  /// `answers` are whole responses as they go over the wire; an empty one closes the connection
  /// without an answer, "hold" keeps it open until the server is destroyed.
  explicit HttpServer(std::vector<std::string> answers);
  /// The same over TLS, with a PEM file that holds key and certificate.
  HttpServer(std::vector<std::string> answers, std::string pem_file);
  ~HttpServer();

  unsigned short port() const { return port_; }
  std::string url() const { return "http://127.0.0.1:" + std::to_string(port_); }
  /// What arrived: one text a connection. Waits for the last answer.
  const std::vector<std::string>& requests();

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
  unsigned short port_ = 0;
  std::thread thread_;
};

/// A response with a body and its length.
std::string answer(const std::string& status, const std::string& body,
                   const std::string& headers = "Content-Type: application/json\r\n");

}  // namespace orch::test
