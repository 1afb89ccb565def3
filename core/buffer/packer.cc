#include "buffer/packer.h"

#include <cstring>
#include <string_view>
#include <utility>

#include "buffer/slice.h"

namespace dovetail {

slice packer::keep(std::string_view bytes) {
  if (bytes.empty()) return {};
  if (!at_ || filled_ + bytes.size() > at_->capacity()) {
    at_ = pool_->get(bytes.size());
    filled_ = 0;
  }
  std::memcpy(at_->data() + filled_, bytes.data(), bytes.size());
  return {at_, std::exchange(filled_, filled_ + bytes.size()), bytes.size()};
}

}  // namespace dovetail
