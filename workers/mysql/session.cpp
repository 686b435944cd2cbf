#include "workers/mysql/session.h"

#include <fmt/format.h>

namespace orch::mysql {

Connection connect(const Settings& settings) {
  Connection connection(settings.options, settings.stop);
  // Zero dates and divisions by zero of stored data are for the conversion to refuse, with the row;
  // a strict mode would end the whole statement without one. A target may keep us from reading for
  // longer than the minute after which the server would give up.
  connection.exec(fmt::format(
      "SET SESSION sql_mode = 'ANSI_QUOTES,NO_BACKSLASH_ESCAPES', time_zone = '+00:00', "
      "lock_wait_timeout = {0}, innodb_lock_wait_timeout = {0}, net_write_timeout = 3600, "
      "group_concat_max_len = 1048576",
      settings.lock_seconds == 0 ? 31'536'000 : settings.lock_seconds));
  return connection;
}

}  // namespace orch::mysql
