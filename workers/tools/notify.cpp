#include <cerrno>
#include <fcntl.h>
#include <stdexcept>
#include <system_error>
#include <unistd.h>
#include <variant>

#include <fmt/format.h>

#include "orchestrator/base/private_file.h"
#include "orchestrator/json/text.h"
#include "workers/project_folder.h"
#include "workers/tools/http_exchange.h"
#include "workers/tools/process_call.h"
#include "workers/tools/task_input.h"
#include "workers/tools/text_template.h"
#include "workers/tools/tools.h"

namespace orch::tools {
namespace {

struct Webhook {
  std::string connection;
};
struct LogFile {
  std::filesystem::path path;
};
using Recipient = std::variant<Webhook, LogFile, library::ProgramCall>;

struct Notice {
  Recipient to;
  std::string text;
  boost::json::value data;
};

Recipient read_recipient(const workers::Task& task, json::Fields& fields) {
  const auto* object = fields.object("to");
  if (!object) {
    if (!fields.has("to")) fields.problem("", "the member to is required");
    return Webhook{};
  }
  json::Fields to(*object, fields.at("to"), fields.problems());
  const auto connection = to.string("connection");
  const auto file = to.string("file");
  const bool program = to.has("argv");
  if (int(connection.has_value()) + int(file.has_value()) + int(program) != 1)
    to.problem("", "to needs exactly one of connection, file and argv");
  Recipient recipient = Webhook{connection.value_or("")};
  if (file) recipient = LogFile{workers::project_folder(task.connections) / *file};
  if (program) recipient = program_of(task, to);
  to.finish("a recipient");
  return recipient;
}

Notice read_notice(const workers::Task& task) {
  Notice notice;
  read_input(task, [&](json::Fields& fields) {
    notice.to = read_recipient(task, fields);
    const auto pattern = fields.required_string("text");
    if (const auto* data = fields.get("data")) notice.data = *data;
    try {
      notice.text = fill_template(pattern, notice.data);
    } catch (const std::invalid_argument& error) {
      fields.problem("text", error.what());
    }
  });
  return notice;
}

/// One write, so that lines of several runs do not mix (O_APPEND).
void append(const std::filesystem::path& path, const std::string& line) {
  const int file =
      open(path.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, private_modes.file);
  const bool written =
      file >= 0 && write(file, line.data(), line.size()) == static_cast<ssize_t>(line.size());
  const int error = errno;
  if (file >= 0) close(file);
  if (written) return;
  throw workers::TaskFailed(
      "Notify.Failed", fmt::format("{}: {}", path.string(), std::generic_category().message(error)),
      "the file's folder must exist and be writable", "ORCH-0630");
}

class Delivery {
 public:
  Delivery(const workers::Task& task, workers::TaskContext& context, const Notice& notice)
      : task_(task), context_(context), notice_(notice) {}

  /// Each returns who was told.
  std::string operator()(const Webhook& webhook) const {
    library::HttpRequest request;
    request.method = "POST";
    use_connection(*connectors::Connections::current(task_.connections), webhook.connection, "",
                   request);
    set_json_body(request, message());
    exchange_for_success(std::move(request), task_, context_);
    return webhook.connection;
  }
  std::string operator()(const LogFile& file) const {
    append(file.path, json::write(message()) + "\n");
    return file.path.string();
  }
  std::string operator()(const library::ProgramCall& program) const {
    auto call = program;
    call.input = json::write(message());
    run_to_success(call, context_);
    return call.argv.front();
  }

 private:
  boost::json::value message() const {
    return {{"text", notice_.text},
            {"run", task_.run_name},
            {"delivery", delivery_id(task_)},
            {"data", notice_.data}};
  }

  const workers::Task& task_;
  workers::TaskContext& context_;
  const Notice& notice_;
};

class Notify final : public workers::Worker {
 public:
  boost::json::value run(const workers::Task& task, workers::TaskContext& context) override {
    const auto notice = read_notice(task);
    const auto told = std::visit(Delivery(task, context, notice), notice.to);
    return {{"to", told}, {"text", notice.text}};
  }
};

}  // namespace

std::unique_ptr<workers::Worker> make_notify() { return std::make_unique<Notify>(); }

}  // namespace orch::tools
