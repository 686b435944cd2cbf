#include "orchestrator/json/payload.h"

#include "orchestrator/json/text.h"

namespace orch::json {

Payload::Payload(TextTag, std::string text) : data_(std::make_shared<Data>()) {
  data_->text = std::move(text);
  data_->written = true;
}

Payload::Payload(boost::json::value value) : data_(std::make_shared<Data>()) {
  data_->value = std::move(value);
  data_->parsed = true;
}

const std::string& Payload::text() const {
  if (!data_->written) {
    data_->text = write(data_->value);
    data_->written = true;
  }
  return data_->text;
}

const boost::json::value& Payload::value() const {
  if (!data_->parsed) {
    data_->value = parse(data_->text);
    data_->parsed = true;
  }
  return data_->value;
}

}  // namespace orch::json
