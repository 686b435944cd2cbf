#include "tests/tools/http_server.h"

#include <chrono>
#include <utility>

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http.hpp>

namespace orch::test {
namespace {

namespace asio = boost::asio;
namespace http = boost::beast::http;
using asio::ip::tcp;

constexpr std::chrono::seconds patience{20};

std::string text_of(const http::request<http::string_body>& request) {
  std::ostringstream text;
  text << request;
  return text.str();
}

}  // namespace

struct HttpServer::Impl {
  std::vector<std::string> answers;
  std::string pem_file;
  std::vector<std::string> requests;
  asio::io_context io;
  tcp::acceptor acceptor{io, {asio::ip::address_v4::loopback(), 0}};
  std::vector<tcp::socket> held;

  void serve_all() {
    for (const auto& text : answers) {
      tcp::socket socket(io);
      bool accepted = false;
      acceptor.async_accept(socket, [&](auto error) { accepted = !error; });
      io.restart();
      io.run_for(patience);
      if (!accepted) return;
      boost::system::error_code ignored;
      pem_file.empty() ? serve(socket, text, ignored) : serve_tls(socket, text, ignored);
      if (text == "hold") held.push_back(std::move(socket));
    }
  }

  template <class Stream>
  void serve(Stream& stream, const std::string& text, boost::system::error_code& error) {
    boost::beast::flat_buffer buffer;
    http::request<http::string_body> request;
    http::read(stream, buffer, request, error);
    if (error) return;
    requests.push_back(text_of(request));
    if (text != "hold") asio::write(stream, asio::buffer(text), error);
  }

  void serve_tls(tcp::socket& socket, const std::string& text, boost::system::error_code& error) {
    asio::ssl::context context(asio::ssl::context::tls_server);
    context.use_certificate_chain_file(pem_file);
    context.use_private_key_file(pem_file, asio::ssl::context::pem);
    asio::ssl::stream<tcp::socket&> stream(socket, context);
    stream.handshake(asio::ssl::stream_base::server, error);
    if (error) return;
    serve(stream, text, error);
    stream.shutdown(error);
  }
};

HttpServer::HttpServer(std::vector<std::string> answers) : HttpServer(std::move(answers), "") {}

HttpServer::HttpServer(std::vector<std::string> answers, std::string pem_file)
    : impl_(std::make_unique<Impl>()) {
  impl_->answers = std::move(answers);
  impl_->pem_file = std::move(pem_file);
  port_ = impl_->acceptor.local_endpoint().port();
  thread_ = std::thread([this] { impl_->serve_all(); });
}

HttpServer::~HttpServer() {
  impl_->io.stop();
  if (thread_.joinable()) thread_.join();
}

const std::vector<std::string>& HttpServer::requests() {
  if (thread_.joinable()) thread_.join();
  return impl_->requests;
}

std::string answer(const std::string& status, const std::string& body, const std::string& headers) {
  return "HTTP/1.1 " + status + "\r\n" + headers +
         "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body;
}

}  // namespace orch::test
