// Mail by SMTP. Internal to channels.
#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "workers/channels/channel.h"

namespace orch::channels {

void send_mail(const Mail& mail, const Letter& letter, const std::function<void()>& tick);

/// `text` as the value of a header, on lines of at most 76 characters (RFC 2047): whatever it
/// holds, it makes no header of its own.
std::string encoded_word(std::string_view text);

}  // namespace orch::channels
