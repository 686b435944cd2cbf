#include "orchestrator/ui/pages.h"

#include <algorithm>
#include <array>
#include <new>
#include <string>
#include <zlib.h>

#include <fmt/format.h>

#include "orchestrator/http/router.h"

namespace orch::ui {
namespace {

using Field = boost::beast::http::field;
using Verb = boost::beast::http::verb;

constexpr std::string_view page_name = "index.html";

// Nothing from elsewhere, and nothing that stands in the page itself: what a run, a key or an error
// is called can then never become a script.
constexpr const char* policy =
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
    "connect-src 'self'; font-src 'self'; manifest-src 'self'; base-uri 'none'; "
    "form-action 'none'; frame-ancestors 'none'";

constexpr const char* absent =
    "This orch was built without its web UI. The build needs npm: install nodejs and npm, then "
    "configure again with -DORCH_UI=ON.\n";

std::string_view type_of(std::string_view name) {
  static constexpr std::array<std::pair<std::string_view, std::string_view>, 5> types{
      {{".html", "text/html; charset=utf-8"},
       {".js", "text/javascript; charset=utf-8"},
       {".css", "text/css; charset=utf-8"},
       {".svg", "image/svg+xml"},
       {".txt", "text/plain; charset=utf-8"}}};
  for (const auto& [ending, type] : types)
    if (name.ends_with(ending)) return type;
  return "application/octet-stream";
}

const Asset* find(std::string_view name) {
  const auto all = assets();
  const auto found =
      std::find_if(all.begin(), all.end(), [&](const Asset& each) { return each.name == name; });
  return found == all.end() ? nullptr : &*found;
}

std::string inflate_all(std::string_view gzip) {
  z_stream stream{};
  if (inflateInit2(&stream, MAX_WBITS + 16) != Z_OK) throw std::bad_alloc();
  std::string out;
  std::array<char, 16'384> piece{};
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(gzip.data()));  // zlib only reads it
  stream.avail_in = static_cast<uInt>(gzip.size());
  int state = Z_OK;
  while (state == Z_OK) {
    stream.next_out = reinterpret_cast<Bytef*>(piece.data());
    stream.avail_out = static_cast<uInt>(piece.size());
    state = inflate(&stream, Z_NO_FLUSH);
    out.append(piece.data(), piece.size() - stream.avail_out);
  }
  inflateEnd(&stream);
  return out;
}

bool takes_gzip(const http::Request& request) {
  const auto accepted = request[Field::accept_encoding];
  const std::string_view text(accepted.data(), accepted.size());
  return text.find("gzip") != text.npos && text.find("gzip;q=0") == text.npos;
}

http::Response plain(http::Status status, std::string text) {
  http::Response out(status, 11);
  out.set(Field::content_type, "text/plain; charset=utf-8");
  out.set("Content-Security-Policy", policy);
  out.set("X-Content-Type-Options", "nosniff");
  out.body() = std::move(text);
  return out;
}

http::Response moved(std::string_view where) {
  auto out = plain(http::Status::temporary_redirect, "");
  out.set(Field::location, std::string(where));
  return out;
}

http::Response file(const http::Request& request, const Asset& asset, bool for_ever) {
  auto out = plain(http::Status::ok, "");
  const auto tag = fmt::format("\"{}\"", build_name());
  out.set(Field::etag, tag);
  out.set(Field::cache_control, for_ever ? "public, max-age=31536000, immutable" : "no-cache");
  out.set(Field::vary, "Accept-Encoding");
  out.set("Referrer-Policy", "same-origin");
  out.set("Cross-Origin-Opener-Policy", "same-origin");
  if (request[Field::if_none_match] == tag) {
    out.result(http::Status::not_modified);
    return out;
  }
  const auto type = type_of(asset.name);
  out.set(Field::content_type, std::string(type));
  if (takes_gzip(request)) {
    out.set(Field::content_encoding, "gzip");
    out.body().assign(asset.gzip);
  } else {
    out.body() = inflate_all(asset.gzip);
  }
  return out;
}

http::Response response(const http::Request& request) {
  auto path = http::path_of(request);
  path = path.substr(0, path.find('?'));
  if (path == "/ui") return moved("/ui/");
  path.remove_prefix(std::string_view("/ui/").size());
  const auto* page = find(page_name);
  if (page == nullptr) return plain(http::Status::not_found, absent);
  if (const auto slash = path.find('/'); path.substr(0, slash) == build_name()) {
    const auto* asset = slash == path.npos ? nullptr : find(path.substr(slash + 1));
    return asset == nullptr ? plain(http::Status::not_found, "no such file\n")
                            : file(request, *asset, true);
  }
  // A file of another build: the page that names it is out of date, and must not get a page
  // instead.
  if (path.ends_with(".js") || path.ends_with(".css"))
    return plain(http::Status::not_found, "a file of another build\n");
  return file(request, *page, false);
}

}  // namespace

http::Handler pages() {
  return {[](http::Request request, http::Reply reply) {
    auto out = response(request);
    if (request.method() == Verb::head) out.body().clear();
    reply.send(std::move(out));
  }};
}

}  // namespace orch::ui
