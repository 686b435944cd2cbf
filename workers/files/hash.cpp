#include "workers/files/hash.h"

#include <array>
#include <new>
#include <openssl/evp.h>
#include <utility>

#include "orchestrator/aws/digest.h"

namespace orch::files {

struct Hash::State {
  State() : context(EVP_MD_CTX_new()) {
    if (!context || EVP_DigestInit_ex(context, EVP_sha256(), nullptr) != 1) throw std::bad_alloc();
  }
  State(const State&) = delete;
  State& operator=(const State&) = delete;
  ~State() { EVP_MD_CTX_free(context); }

  EVP_MD_CTX* context;
};

Hash::Hash() : state_(std::make_shared<State>()) {}

void Hash::add(std::string_view bytes) {
  if (EVP_DigestUpdate(state_->context, bytes.data(), bytes.size()) != 1) throw std::bad_alloc();
}

std::string Hash::hex() {
  std::array<unsigned char, EVP_MAX_MD_SIZE> bytes{};
  unsigned size = 0;
  if (EVP_DigestFinal_ex(state_->context, bytes.data(), &size) != 1) throw std::bad_alloc();
  return aws::hex({reinterpret_cast<const char*>(bytes.data()), size});
}

ReadBlock hashed(ReadBlock bytes, Hash& hash) {
  return [bytes = std::move(bytes), &hash](std::string& out) {
    const auto before = out.size();
    const bool more = bytes(out);
    hash.add(std::string_view(out).substr(before));
    return more;
  };
}

void drain(const ReadBlock& bytes) {
  std::string block;
  while (bytes(block)) block.clear();
}

}  // namespace orch::files
