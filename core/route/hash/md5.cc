// OpenSSL calls MD5() deprecated in favour of EVP. EVP would cost an allocation per call or a
// context kept in a global, and fails where MD5 is forbidden as cryptography, which it is not here.
#define OPENSSL_SUPPRESS_DEPRECATED

#include "route/hash/md5.h"

#include <cstddef>
#include <cstdint>
#include <string_view>

#include <openssl/md5.h>

#include "route/hash/bytes.h"
#include "route/hash/functions.h"

namespace dovetail {

md5_digest md5_of(std::string_view text) {
  static_assert(sizeof(md5_digest::bytes) == MD5_DIGEST_LENGTH);
  md5_digest digest;
  MD5(reinterpret_cast<const unsigned char*>(text.data()), text.size(),
      reinterpret_cast<unsigned char*>(digest.bytes.data()));
  return digest;
}

std::uint32_t md5_digest::word(std::size_t at) const {
  return little_32({bytes.data(), bytes.size()}, 4 * at);
}

std::uint32_t hash_md5(std::string_view key) {
  return md5_of(key).word(0);
}

}  // namespace dovetail
