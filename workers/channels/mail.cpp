#include "workers/channels/mail.h"

#include <curl/curl.h>
#include <exception>
#include <memory>
#include <mutex>
#include <openssl/evp.h>
#include <stdexcept>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "orchestrator/base/http_date.h"
#include "orchestrator/base/utf8.h"
#include "orchestrator/base/wall_clock.h"

namespace orch::channels {
namespace {

constexpr long patience_seconds = 30;
// "=?UTF-8?B?" and "?=" are 12 characters of the 75 that a word may have; 45 bytes are 60 more.
constexpr std::size_t bytes_in_word = 45;

std::string base64(std::string_view bytes) {
  std::string out(4 * ((bytes.size() + 2) / 3) + 1, '\0');
  const int size = EVP_EncodeBlock(reinterpret_cast<unsigned char*>(out.data()),
                                   reinterpret_cast<const unsigned char*>(bytes.data()),
                                   static_cast<int>(bytes.size()));
  out.resize(static_cast<std::size_t>(size));
  return out;
}

struct FreeList {
  void operator()(curl_slist* list) const noexcept { curl_slist_free_all(list); }
};
using List = std::unique_ptr<curl_slist, FreeList>;

List list_of(const std::vector<std::string>& lines) {
  List list;
  for (const auto& line : lines) {
    auto* longer = curl_slist_append(list.get(), line.c_str());
    if (!longer) throw std::bad_alloc();
    list.release();
    list.reset(longer);
  }
  return list;
}

struct Progress {
  const std::function<void()>& tick;
  std::exception_ptr stopped = {};
};

// Called by libcurl, through which no exception may pass.
int on_progress(void* data, curl_off_t, curl_off_t, curl_off_t, curl_off_t) {
  auto& progress = *static_cast<Progress*>(data);
  try {
    progress.tick();
    return 0;
  } catch (...) {
    progress.stopped = std::current_exception();
    return 1;
  }
}

void begin_library() {
  static std::once_flag once;
  std::call_once(once, [] { curl_global_init(CURL_GLOBAL_DEFAULT); });
}

using Curl = std::unique_ptr<CURL, void (*)(CURL*)>;
using Mime = std::unique_ptr<curl_mime, void (*)(curl_mime*)>;

Mime text_part(CURL* curl, const std::string& text) {
  Mime mime(curl_mime_init(curl), curl_mime_free);
  auto* part = curl_mime_addpart(mime.get());
  curl_mime_data(part, text.data(), text.size());
  curl_mime_type(part, "text/plain; charset=utf-8");
  curl_mime_encoder(part, "base64");
  return mime;
}

std::string in_brackets(const std::string& address) {
  return address.ends_with('>') ? address.substr(address.rfind('<')) : "<" + address + ">";
}

std::vector<std::string> headers_of(const Mail& mail, const Letter& letter,
                                    std::string_view title) {
  const auto domain = mail.from.substr(mail.from.rfind('@') + 1);
  return {"Date: " + to_http_date(wall_now()),
          "From: " + mail.from,
          fmt::format("To: {}", fmt::join(mail.to, ", ")),
          "Subject: " + encoded_word(title),
          fmt::format("Message-ID: <{}@{}>", letter.id, domain.substr(0, domain.find('>'))),
          "Auto-Submitted: auto-generated"};
}

}  // namespace

std::string encoded_word(std::string_view text) {
  const auto line = one_line(text);
  std::string_view rest = line;
  std::string out;
  while (!rest.empty()) {
    auto size = std::min(bytes_in_word, rest.size());
    // A character is not cut.
    while (size < rest.size() && (static_cast<unsigned char>(rest[size]) & 0xC0) == 0x80) --size;
    out +=
        fmt::format("{}=?UTF-8?B?{}?=", out.empty() ? "" : "\r\n ", base64(rest.substr(0, size)));
    rest.remove_prefix(size);
  }
  return out;
}

void send_mail(const Mail& mail, const Letter& letter, const std::function<void()>& tick) {
  begin_library();
  const Curl curl(curl_easy_init(), curl_easy_cleanup);
  if (!curl) throw std::bad_alloc();
  const auto set = [&](CURLoption option, auto value) {
    curl_easy_setopt(curl.get(), option, value);
  };
  const auto from = in_brackets(mail.from);
  std::vector<std::string> addresses;
  for (const auto& address : mail.to) addresses.push_back(in_brackets(address));
  const auto recipients = list_of(addresses);
  const std::string title(letter.message.at("title").as_string());
  const auto headers = list_of(headers_of(mail, letter, title));
  const auto mime = text_part(curl.get(), std::string(letter.message.at("text").as_string()));
  Progress progress{tick};
  set(CURLOPT_URL, mail.url.c_str());
  set(CURLOPT_PROTOCOLS_STR, "smtp,smtps");
  set(CURLOPT_MAIL_FROM, from.c_str());
  set(CURLOPT_MAIL_RCPT, recipients.get());
  set(CURLOPT_HTTPHEADER, headers.get());
  set(CURLOPT_MIMEPOST, mime.get());
  if (!mail.user.empty()) {
    set(CURLOPT_USERNAME, mail.user.c_str());
    set(CURLOPT_PASSWORD, mail.password.c_str());
  }
  set(CURLOPT_USE_SSL, static_cast<long>(mail.encrypted ? CURLUSESSL_ALL : CURLUSESSL_NONE));
  set(CURLOPT_NOSIGNAL, 1L);
  set(CURLOPT_TIMEOUT, patience_seconds);
  set(CURLOPT_NOPROGRESS, 0L);
  set(CURLOPT_XFERINFOFUNCTION, &on_progress);
  set(CURLOPT_XFERINFODATA, &progress);
  const auto result = curl_easy_perform(curl.get());
  if (progress.stopped) std::rethrow_exception(progress.stopped);
  long status = 0;
  curl_easy_getinfo(curl.get(), CURLINFO_RESPONSE_CODE, &status);
  if (result != CURLE_OK)
    throw std::runtime_error(fmt::format("the mail server does not take it: {} (status {})",
                                         curl_easy_strerror(result), status));
}

}  // namespace orch::channels
