#include "sim/model/memcache_reply_reader.h"

#include <filesystem>
#include <string>
#include <string_view>

#include <fmt/core.h>
#include <gtest/gtest.h>

#include "sim/model/reply_frame.h"
#include "sim/model/testing/splits.h"

namespace dovetail::sim {
namespace {

std::string describe(const memcache_reply_reader& reader, std::string_view reply) {
  std::string words = std::to_string(static_cast<int>(reader.kind()));
  if (reader.kind() == memcache_kind::values) {
    words = "values(";
    while (const auto value = take_memcache_value(reply)) {
      words += fmt::format("{}/{}/'{}'", value->key, value->flags, value->data);
      if (value->cas) words += fmt::format("/{}", *value->cas);
      words += ' ';
    }
    words.back() = ')';
  } else if (reader.kind() == memcache_kind::va) {
    const memcache_meta parts = memcache_meta_of(reply);
    words = fmt::format("va({})'{}'", parts.flags, parts.data);
  } else if (reader.kind() == memcache_kind::hd) {
    words = fmt::format("hd({})", memcache_meta_of(reply).flags);
  } else if (is_error(reader.kind())) {
    words = "error";
  } else if (reader.kind() == memcache_kind::stats) {
    words = "stats";
  } else if (reader.kind() == memcache_kind::end) {
    words = "end";
  }
  return words + (reader.broken_off() ? "!" : "");
}

std::string read(std::string_view bytes) {
  return testing::same_for_every_split<memcache_reply_reader>(bytes, describe);
}

memcache_kind kind_of(std::string_view reply) {
  memcache_reply_reader reader;
  EXPECT_EQ(reader.read(reply).is, reply_frame::outcome::complete) << reply;
  return reader.kind();
}

TEST(memcache_reply_reader, reads_values_up_to_end) {
  EXPECT_EQ(read("END\r\n"), "end complete");
  EXPECT_EQ(read("VALUE a 7 3\r\nabc\r\nVALUE b 0 0\r\n\r\nEND\r\nEND\r\n"),
            "values(a/7/'abc' b/0/'') end complete");
  EXPECT_EQ(read("VALUE a 0 1 99\r\nx\r\nEND\r\n"), "values(a/0/'x'/99) complete");
}

TEST(memcache_reply_reader, reads_protocol_in_a_value_as_its_content) {
  EXPECT_EQ(read("VALUE a 0 10\r\n\r\nEND\r\nEN\r\r\nEND\r\n"),
            "values(a/0/'\r\nEND\r\nEN\r') complete");
}

TEST(memcache_reply_reader, ends_values_with_an_error_too) {
  EXPECT_EQ(read("VALUE a 0 1\r\nx\r\nSERVER_ERROR out of memory\r\nEND\r\n"),
            "values(a/0/'x')! end complete");
}

TEST(memcache_reply_reader, reads_stats_up_to_end) {
  EXPECT_EQ(read("STAT pid 7\r\nSTAT version 1.6\r\nEND\r\nEND\r\n"), "stats end complete");
}

TEST(memcache_reply_reader, reads_meta_replies) {
  EXPECT_EQ(read("HD\r\n"), "hd() complete");
  EXPECT_EQ(read("HD ka O12\r\n"), "hd(ka O12) complete");
  EXPECT_EQ(read("VA 3 ka f0\r\nabc\r\nHD\r\n"), "va(ka f0)'abc' hd() complete");
  EXPECT_EQ(read("VA 0\r\n\r\n"), "va()'' complete");
}

TEST(memcache_reply_reader, knows_the_words_of_one_line) {
  EXPECT_EQ(kind_of("STORED\r\n"), memcache_kind::stored);
  EXPECT_EQ(kind_of("NOT_STORED\r\n"), memcache_kind::not_stored);
  EXPECT_EQ(kind_of("EXISTS\r\n"), memcache_kind::exists);
  EXPECT_EQ(kind_of("NOT_FOUND\r\n"), memcache_kind::not_found);
  EXPECT_EQ(kind_of("DELETED\r\n"), memcache_kind::deleted);
  EXPECT_EQ(kind_of("TOUCHED\r\n"), memcache_kind::touched);
  EXPECT_EQ(kind_of("OK\r\n"), memcache_kind::ok);
  EXPECT_EQ(kind_of("RESET\r\n"), memcache_kind::reset);
  EXPECT_EQ(kind_of("VERSION 1.6.18\r\n"), memcache_kind::version);
  EXPECT_EQ(kind_of("18446744073709551615\r\n"), memcache_kind::number);
  EXPECT_EQ(kind_of("EN\r\n"), memcache_kind::en);
  EXPECT_EQ(kind_of("EN kkey O1\r\n"), memcache_kind::en);
  EXPECT_EQ(kind_of("NS k1\r\n"), memcache_kind::ns);
  EXPECT_EQ(kind_of("EX\r\n"), memcache_kind::ex);
  EXPECT_EQ(kind_of("NF O1\r\n"), memcache_kind::nf);
  EXPECT_EQ(kind_of("MN\r\n"), memcache_kind::mn);
  EXPECT_EQ(kind_of("ME k exp=-1 la=3\r\n"), memcache_kind::me);
  EXPECT_EQ(kind_of("ERROR\r\n"), memcache_kind::error);
  EXPECT_EQ(kind_of("ERROR Too many open connections\r\n"), memcache_kind::error);
  EXPECT_EQ(kind_of("CLIENT_ERROR bad data chunk\r\n"), memcache_kind::client_error);
  EXPECT_EQ(kind_of("SERVER_ERROR out of memory\r\n"), memcache_kind::server_error);
}

TEST(memcache_reply_reader, refuses_what_no_reply_is) {
  for (const auto* const bytes : {"\r\n",
                                  "hello\r\n",
                                  "+OK\r\n",
                                  "STORED \r\n",
                                  "stored\r\n",
                                  "END\n",
                                  "STO\rRED\r\n",
                                  "12a\r\n",
                                  "18446744073709551616\r\n",
                                  "VALUE a 0\r\n",
                                  "VALUE a 0 -1\r\n",
                                  "VALUE a 0 1 2 3\r\n",
                                  "VALUE  0 1\r\n",
                                  "VALUE a 0 1\r\nxy\r\nEND\r\n",
                                  "VALUE a 0 1\r\nx\r\nSTORED\r\n",
                                  "VALUE a 0 1\r\nx\r\nSTAT a b\r\n",
                                  "VA\r\n",
                                  "VA x\r\n",
                                  "VA 1\r\nx\n\n",
                                  "STAT a 1\r\nVALUE a 0 1\r\n"}) {
    EXPECT_EQ(read(bytes), "malformed") << bytes;
  }
}

TEST(memcache_reply_reader, says_how_much_a_value_will_need) {
  memcache_reply_reader reader;

  const reply_frame found = reader.read("VALUE a 0 1000\r\nab");
  EXPECT_EQ(found.is, reply_frame::outcome::incomplete);
  EXPECT_EQ(found.size, 16 + 1002);
}

TEST(memcache_reply_reader, takes_and_refuses_the_fixtures) {
  int files = 0;
  const std::string folder = DOVETAIL_FIXTURES "/memcache/responses";
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    SCOPED_TRACE(entry.path());
    const std::string name = entry.path().filename();
    const std::string found = read(testing::content(entry.path()));
    if (name.starts_with("complete")) {
      EXPECT_TRUE(found.ends_with(" complete")) << found;
    }
    if (name.starts_with("unfinished")) {
      EXPECT_TRUE(found.ends_with("incomplete")) << found;
    }
    if (name.starts_with("malformed")) {
      EXPECT_TRUE(found.ends_with("malformed")) << found;
    }
    ++files;
  }
  EXPECT_GE(files, 30);
}

}  // namespace
}  // namespace dovetail::sim
