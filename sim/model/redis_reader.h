// Reads requests as redis does, for the models alone: it shares nothing with core/protocol, so that
// the proxy's parser and this one have to agree without having been written alike.

#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "buffer/inbox.h"

namespace dovetail::sim {

// Splits an inline request as redis's sdssplitargs does: blanks separate, "…" with escapes, '…'
// with \' only. Nothing when quotes do not close or are followed by anything but a blank.
std::optional<std::vector<std::string>> split_inline(std::string_view line);

// One connection's reader. Takes bytes off the inbox as it understands them.
//
// RESP2, https://redis.io/docs/reference/protocol-spec, "Sending commands"; limits and errors as in
// redis 7.0 (networking.c, processInlineBuffer and processMultibulkBuffer). Stricter in one thing:
// where redis skips two bytes for a line end without looking, anything but CRLF is an error here,
// so that a proxy that miscounts is caught.
class redis_reader {
 public:
  enum class outcome { complete, incomplete, malformed };

  // Skips requests of no words. After `malformed` the stream makes no sense any more.
  outcome read(inbox& in);

  // After `complete`, until the next read: at least one word.
  const std::vector<std::string>& words() const { return words_; }

  // After `malformed`: redis's text for it, without "-ERR ".
  std::string_view error() const { return error_; }

 private:
  outcome read_inline(inbox& in);
  outcome read_count(inbox& in);
  outcome read_word(inbox& in);
  outcome read_size(inbox& in);
  outcome read_number(inbox& in,
                      std::int64_t& number,
                      std::string_view too_long,
                      std::string_view wrong);
  outcome fail(std::string_view why);

  std::vector<std::string> words_;
  std::string error_;
  std::int64_t words_missing_ = 0;   // of an array whose header was read
  std::optional<std::size_t> size_;  // of the word whose header was read
};

}  // namespace dovetail::sim
