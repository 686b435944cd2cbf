// What answers the requests of a server, or of some of its paths.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <boost/beast/http/message.hpp>
#include <boost/beast/http/string_body.hpp>

namespace orch::http {

using Request = boost::beast::http::request<boost::beast::http::string_body>;
using Response = boost::beast::http::response<boost::beast::http::string_body>;
using Header = Request::header_type;
using Status = boost::beast::http::status;

struct Exchange;
struct StreamQueue;

/// The body of an answer that is sent as it comes. It ends with end(), when the client hangs up, or
/// when the server stops, which does not wait for it. Copies stand for the same body. Thread-safe.
class Stream {
 public:
  Stream(std::shared_ptr<Exchange> exchange, std::shared_ptr<StreamQueue> queue)
      : exchange_(std::move(exchange)), queue_(std::move(queue)) {}

  /// Never waits: what the client has not read yet is kept, see waiting().
  void send(std::shared_ptr<const std::string> piece) const;
  /// Nothing follows; what is kept is still sent.
  void end() const;
  /// True when nothing more is sent.
  bool over() const;
  /// Bytes that the client has not read yet, without those on their way.
  std::size_t waiting() const;

 private:
  void wake() const;

  std::shared_ptr<Exchange> exchange_;
  std::shared_ptr<StreamQueue> queue_;
};

/// The two ends of a connection; addresses are numeric.
struct Peer {
  std::string address;
  std::uint16_t port = 0;
  std::string local_address;
  std::uint16_t local_port = 0;
  /// Of the certificate that the client has shown and an authority of the server has signed: its
  /// subject by RFC 2253, "CN=loader,O=Bank", and its names, "DNS:…", "email:…", "URI:…". Empty
  /// when no certificate was shown.
  std::string certificate;
  std::vector<std::string> certificate_names;
  /// Whether it is of the user who owns this process, once that was found out; for handlers.
  std::shared_ptr<std::optional<bool>> own_user = std::make_shared<std::optional<bool>>();
};

/// The answer to one request, still to be given. Copies stand for the same answer; the first send()
/// counts. Thread-safe.
class Reply {
 public:
  Reply(std::shared_ptr<Exchange> exchange, bool encrypted)
      : exchange_(std::move(exchange)), encrypted_(encrypted) {}

  /// `lost` is called, on the io_context's thread, when the client cannot get the answer, or has
  /// hung up before; what went with the answer can then go to somebody else.
  void send(Response response, std::function<void()> lost = {}) const;
  /// Answers with the head of `head` and a body that goes on. The connection ends with it.
  Stream stream(Response head) const;
  /// True when the client has hung up. It may still read: some end their side after the request.
  bool gone() const;
  /// `news` is called, on the io_context's thread, when the client hangs up before the answer.
  void when_gone(std::function<void()> news) const;
  /// True when the request came over TLS.
  bool encrypted() const { return encrypted_; }
  /// Whose request it is.
  const Peer& peer() const;

 private:
  std::shared_ptr<Exchange> exchange_;
  bool encrypted_;
};

/// Why the server itself refuses a request, before a handler has seen it or when one fails.
enum class Fault : std::uint8_t {
  malformed,         ///< 400: not HTTP/1.1
  bad_encoding,      ///< 400: the end of the body cannot be told
  unknown_encoding,  ///< 501
  header_too_large,  ///< 431
  body_too_large,    ///< 413
  wrong_host,        ///< 421: addressed to another server
  foreign_origin,    ///< 403: a page of another site asks
  busy,              ///< 503: no connection, or no memory for the body
  failed             ///< 500: the handler threw
};

struct Refusal {
  Fault fault{};
  std::string message;
};

/// Called on the io_context's thread; must not block.
struct Handler {
  /// Answers a request, now or later, from any thread. An exception is answered with Fault::failed.
  std::function<void(Request request, Reply reply)> answer;
  /// Looks at a request with a large body (Limits::small_body_bytes) before that is read: a
  /// response refuses it, and the body is not read. `encrypted`: it came over TLS. May be empty.
  std::function<std::optional<Response>(const Header& header, bool encrypted)> screen = {};
  /// A refusal of the server in the words of the handler's protocol; empty: plain text.
  std::function<Response(const Refusal& refusal)> refuse = {};
};

Status status_of(Fault fault);
/// By the handler's `refuse`, else as plain text. The connection ends with it.
Response refusal(const Handler& handler, const Refusal& refusal);

}  // namespace orch::http
