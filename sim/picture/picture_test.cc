#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <gtest/gtest.h>

#include "sim/net/choice.h"
#include "sim/net/network.h"
#include "sim/picture/ascii.h"
#include "sim/picture/frame.h"
#include "sim/picture/html.h"
#include "sim/picture/json.h"
#include "sim/picture/record.h"
#include "sim/picture/words.h"
#include "sim/scenario/scenario.h"
#include "sim/trace/play.h"
#include "sim/trace/trace.h"
#include "sim/world/scene.h"
#include "sim/world/verdict.h"

namespace dovetail::sim {
namespace {

// The last that is possible, and the first cut: much is on its way.
class contrary_chooser final : public chooser {
 public:
  std::size_t pick(std::span<const happening> possible) override { return possible.size() - 1; }
  std::uint32_t choose(std::uint32_t, site about) override {
    return about == site::read_size || about == site::write_size ? 1 : 0;
  }
};

scene two_clients_three_gets() {
  scene of;
  of.clients.resize(2);
  for (client_scene& each : of.clients)
    each.steps.assign(3, step{});
  return of;
}

trace two_clients() {
  scene of = two_clients_three_gets();
  of.net.cuts = cutting::halves;
  contrary_chooser contrary;
  return trace_of(of, contrary, "a test");
}

// As much of JSON as it takes to see that the text is one value.
class json_checker {
 public:
  explicit json_checker(std::string_view text) : text_(text) {}

  bool is_one_value() { return value() && at_ == text_.size(); }
  std::size_t strings() const { return strings_; }

 private:
  bool take(char c) {
    if (at_ >= text_.size() || text_[at_] != c) return false;
    ++at_;
    return true;
  }

  bool value() {
    if (at_ >= text_.size()) return false;
    const char first = text_[at_];
    if (first == '"') return string();
    if (first == '{' || first == '[') return list(first == '{');
    const std::size_t end = text_.find_first_of(",]}", at_);
    const std::string_view word = text_.substr(at_, end - at_);
    at_ += word.size();
    return word == "true" || word == "false" ||
           (!word.empty() && word.find_first_not_of("-0123456789") == std::string_view::npos);
  }

  bool string() {
    ++strings_;
    if (!take('"')) return false;
    for (; at_ < text_.size() && text_[at_] != '"'; ++at_) {
      if (text_[at_] < ' ' || text_[at_] > '~' || text_[at_] == '<') return false;
      if (text_[at_] != '\\') continue;
      if (!text_.substr(at_).starts_with("\\u00")) return false;
      at_ += 5;
    }
    return take('"');
  }

  bool list(bool named) {
    ++at_;
    const char end = named ? '}' : ']';
    if (take(end)) return true;
    do {
      if (named && !(string() && take(':'))) return false;
      if (!value()) return false;
    } while (take(','));
    return take(end);
  }

  std::string_view text_;
  std::size_t at_ = 0;
  std::size_t strings_ = 0;
};

std::string_view film_of(std::string_view page) {
  static constexpr std::string_view begin = R"(<script type="application/json" id="film">)";
  const std::size_t from = page.find(begin) + begin.size();
  return page.substr(from, page.find("</script>", from) - from);
}

TEST(picture, shows_what_every_queue_holds) {
  scene of = two_clients_three_gets();
  of.eager = false;
  const film made = record({.from = {}, .of = of, .choices = {}});
  EXPECT_TRUE(made.found.good()) << made.found.text;
  const auto any = [&](auto holds) { return std::ranges::any_of(made.frames, holds); };
  EXPECT_TRUE(any([](const frame& at) {
    return at.clients[0].window.size() == 3 && at.clients[0].window[2].request == "c0r2";
  }));
  EXPECT_TRUE(any([](const frame& at) {
    return !at.lines.empty() && at.lines[0].name == "s0#1" && at.lines[0].awaiting.size() == 3 &&
           at.lines[0].awaiting[2].request == "c0r2";
  }));
  EXPECT_TRUE(any([](const frame& at) { return at.clients[1].requests == "rrr"; }));

  const film cut = record(two_clients());
  EXPECT_TRUE(std::ranges::any_of(cut.frames,
                                  [](const frame& at) { return !at.clients[1].inbox.empty(); }));
}

TEST(picture, shows_every_byte_that_the_proxy_reads_and_writes) {
  const film made = record(two_clients());
  std::string asked;
  std::string forwarded;
  for (const frame& each : made.frames) {
    for (const movement& one : each.moves) {
      if (one.from == "c0" && one.arrives) asked += one.bytes;
      if (one.to == "s0" && !one.arrives) forwarded += one.bytes;
    }
  }
  std::string wanted;
  for (const std::string& each : made.clients[0].requests)
    wanted += each;
  EXPECT_EQ(asked, wanted);
  for (const film_client& client : made.clients) {
    for (const std::string& each : client.requests)
      EXPECT_NE(forwarded.find(each), std::string::npos) << each;
  }
}

TEST(picture, is_a_page_that_needs_nothing_else_and_holds_the_whole_film) {
  const film made = record(two_clients());
  const std::string page = draw_html(made);
  EXPECT_EQ(page.find("http://www."), page.rfind("http://www."));  // the name of SVG
  EXPECT_EQ(page.find("https:"), std::string::npos);
  EXPECT_EQ(page.find("src="), std::string::npos);
  EXPECT_EQ(page.find("@import"), std::string::npos);
  EXPECT_TRUE(page.ends_with("</html>\n"));

  const std::string_view json = film_of(page);
  EXPECT_EQ(json, film_json(made));
  json_checker check(json);
  EXPECT_TRUE(check.is_one_value()) << json.substr(0, 400);
  EXPECT_GT(check.strings(), made.frames.size() * 10);
  std::size_t frames = 0;
  for (std::size_t at = json.find("\"event\":"); at != std::string_view::npos;
       at = json.find("\"event\":", at + 1))
    ++frames;
  EXPECT_EQ(frames, made.frames.size());
}

TEST(picture, says_which_expectation_of_a_script_was_not_met) {
  const auto script = parse_scenario(
      "kind: script\nclients: {a: [get s0]}\nsteps: [deliver a]\nexpect: {a: error}\n", "x.yml");
  ASSERT_TRUE(script.has_value());
  const film made = record(*script, 0);
  EXPECT_TRUE(made.found.good()) << made.found.text;
  EXPECT_FALSE(made.good());
  EXPECT_TRUE(made.unmet.starts_with("x.yml:4: request 0 of a was answered with ")) << made.unmet;

  const std::string drawn = draw_ascii(made);
  EXPECT_NE(drawn.find("\nnot as expected: x.yml:4: request 0 of a"), std::string::npos) << drawn;
  EXPECT_EQ(drawn.find("all rules hold"), std::string::npos) << drawn;
  EXPECT_NE(film_json(made).find("{\"good\":false,\"unmet\":true,\"rule\":\"not as expected\""),
            std::string::npos);
}

TEST(picture, shows_what_a_server_did_wrong_and_what_ended_by_it) {
  const auto script = parse_scenario(
      "kind: script\nclients: {alice: [get s0], bob: [get s0]}\n"
      "steps: [{s0: twice}, deliver alice, deliver s0, deliver bob]\n",
      "x.yml");
  ASSERT_TRUE(script.has_value());
  const std::string drawn = draw_ascii(record(*script, 0));
  EXPECT_NE(drawn.find("c0 alice"), std::string::npos) << drawn;
  EXPECT_NE(drawn.find("!! s0: surplus"), std::string::npos) << drawn;
  EXPECT_NE(drawn.find("s0#1 has ended: what came cannot be right"), std::string::npos) << drawn;
  EXPECT_EQ(drawn.find("c2"), std::string::npos) << "the client that tries the server is not drawn";
  EXPECT_NE(draw_ascii(record(*script, 0), {.healed = true}).find("c2 probe"), std::string::npos);
}

TEST(picture, ends_where_it_is_to_end) {
  const film whole = record(two_clients());
  const film part = record(two_clients(), 10);
  EXPECT_TRUE(whole.whole);
  EXPECT_FALSE(part.whole);
  ASSERT_FALSE(part.frames.empty());
  EXPECT_LE(part.frames.back().event, 11U);
  EXPECT_TRUE(draw_ascii(part).ends_with("\nnot played any further\n"));
}

TEST(picture, says_where_a_script_could_not_go_on) {
  const auto script = parse_scenario(
      "kind: script\nclients: {a: [get s0]}\nsteps:\n  - deliver a\n  - timer\n", "x.yml");
  ASSERT_TRUE(script.has_value());
  EXPECT_EQ(record(*script, 0).unmet, "x.yml:5: the proxy waits for no deadline");
}

TEST(picture, keeps_any_byte_inside_a_page) {
  std::string all;
  for (int each = 0; each < 256; ++each)
    all += static_cast<char>(each);
  std::string text;
  append_json(text, all + "</script>");
  EXPECT_TRUE(json_checker(text).is_one_value());
  EXPECT_EQ(text.find('<'), std::string::npos);
}

TEST(picture, names_words_and_not_their_sizes) {
  EXPECT_EQ(words("*2\r\n$3\r\nGET\r\n$7\r\nc0r0k0a\r\n", 40), "GET c0r0k0a");
  EXPECT_EQ(words("get c0r0k0a\r\n", 40), "get c0r0k0a");
  EXPECT_EQ(words("*2\r\n$3\r\nGE", 40), "GE");
  EXPECT_EQ(words("*2\r\n$3\r\nGET\r\n$", 40), "GET");
  EXPECT_EQ(words("*2\r\n$", 40), "(5 bytes)");
  EXPECT_EQ(words("0123456789", 8), "012345..");
}

TEST(picture, is_drawn_for_the_terminal) {
  const std::string drawn = draw_ascii(record(two_clients()));
  EXPECT_NE(drawn.find("event"), std::string::npos);
  EXPECT_NE(drawn.find("-GET-"), std::string::npos) << drawn;
  EXPECT_NE(drawn.find("<---k0.0.0.3-"), std::string::npos) << drawn;
  EXPECT_NE(drawn.find("c0[r0 r1 r2]"), std::string::npos) << drawn;
  EXPECT_TRUE(drawn.ends_with("all rules hold\n")) << drawn;
}

}  // namespace
}  // namespace dovetail::sim
