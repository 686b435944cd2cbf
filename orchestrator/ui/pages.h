// The web UI: files that are embedded into the binary, and the addresses they have.
#pragma once

#include <span>
#include <string_view>

#include "orchestrator/http/handler.h"

namespace orch::ui {

/// A file of the UI, as it is sent: made by cmake/embed_ui.cmake.
struct Asset {
  std::string_view name;  ///< below the folder of this build: "screens/run.js"
  std::string_view gzip;
};

/// The files of this build; none when it was built without the UI (-DORCH_UI=OFF).
std::span<const Asset> assets();
/// The name of the folder of this build: a hash of all its files. What lies below it never changes.
std::string_view build_name();

/// Answers GET and HEAD of "/ui", "/ui/" and all below. /ui/HASH/NAME is a file, which clients
/// may keep for ever; any other path is the page itself, whose script shows what the path names.
http::Handler pages();

}  // namespace orch::ui
