#include "sim/picture/ascii.h"

#include <algorithm>
#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "sim/picture/frame.h"
#include "sim/picture/words.h"
#include "sim/world/verdict.h"

namespace dovetail::sim {
namespace {

constexpr std::size_t lane_width = 18;
constexpr std::size_t head_width = 15;  // event and time

std::string padded(std::string text, std::size_t width) {
  text.resize(std::max(text.size(), width), ' ');
  return text;
}

std::string right(const std::string& text, std::size_t width) {
  return std::string(width - std::min(width, text.size()), ' ') + text;
}

class drawing {
 public:
  drawing(const film& of, const ascii_options& how) : film_(of), how_(how) {}

  std::string result() {
    draw_head();
    for (const frame& each : film_.frames) {
      if (each.event < how_.from || each.event > how_.until || !shown(each)) continue;
      draw(each);
    }
    draw_verdict();
    return std::move(text_);
  }

 private:
  bool shows_healed() const { return how_.healed || !film_.good(); }
  bool shown(const frame& at) const { return !at.healed || shows_healed(); }

  // Without probes that do not come.
  std::size_t clients() const {
    std::size_t seen = 0;
    for (std::size_t number = 0; number < film_.clients.size(); ++number) {
      const bool comes = std::ranges::any_of(film_.frames, [=, this](const frame& each) {
        return shown(each) && each.clients[number].connected;
      });
      if (!film_.clients[number].probe || comes) seen = number + 1;
    }
    return seen;
  }

  // `c0 a` where a script calls it so.
  std::string client_name(std::size_t number) const {
    const film_client& its = film_.clients[number];
    const std::string name = "c" + std::to_string(number);
    return its.probe ? name + " probe" : its.name.empty() ? name : name + " " + its.name;
  }

  std::size_t lanes() const { return clients() + 1 + film_.servers; }

  // The column of a lane's line.
  std::size_t column(std::size_t lane) const { return head_width + lane * lane_width; }

  std::size_t lane_of(std::string_view name) const {
    const std::size_t number = name.size() < 2 ? 0 : std::stoul(std::string(name.substr(1)));
    if (name[0] == 'c') return std::min(number, clients());
    return name[0] == 'p' ? clients() : clients() + 1 + number;
  }

  std::string empty_line() const {
    std::string line(column(lanes() - 1) + 2, ' ');
    for (std::size_t lane = 0; lane < lanes(); ++lane)
      line[column(lane)] = '|';
    return line;
  }

  void draw_head() {
    std::string line = right("event", 6) + right("us", 8);
    for (std::size_t lane = 0; lane < lanes(); ++lane) {
      line = padded(std::move(line), column(lane));
      line += lane < clients()    ? client_name(lane).substr(0, lane_width - 1)
              : lane == clients() ? std::string("proxy")
                                  : "s" + std::to_string(lane - clients() - 1);
    }
    text_ += line + "   reply windows | awaiting\n";
  }

  // What the others write at once is left out where it is read at once.
  void draw(const frame& at) {
    bool any = false;
    for (const movement& each : at.moves) {
      const bool at_proxy = each.arrives ? each.to == "p" : each.from == "p";
      if (!at_proxy) continue;
      draw_line(any ? std::string() : head_of(at), arrow(each), any ? std::string() : queues(at));
      any = true;
    }
    if (!any && !is_dull(at)) {
      draw_text(head_of(at), (at.is_fault ? "!! " : "") + at.what, queues(at));
      any = true;
    }
    for (const std::string& each : at.struck) {
      draw_text(any ? std::string() : head_of(at), "!! " + each, {});
      any = true;
    }
    for (const std::string& each : at.ended) {
      draw_text(any ? std::string() : head_of(at), each, {});
      any = true;
    }
  }

  void draw_text(const std::string& head, const std::string& what, const std::string& queues) {
    std::string line = empty_line();
    line.replace(head_width, what.size(), what);
    draw_line(head, line, queues);
  }

  // Nothing that could be seen has happened.
  bool is_dull(const frame& at) {
    const std::string now = queues(at);
    const bool same = now == last_queues_;
    last_queues_ = now;
    return !at.is_fault && (same || at.moves.size() > 0);
  }

  static std::string head_of(const frame& at) {
    return right(std::to_string(at.event), 6) + right(std::to_string(at.us), 8) + ' ';
  }

  void draw_line(const std::string& head, std::string line, const std::string& queues) {
    line.replace(0, head.size(), head);
    text_ += line;
    if (!queues.empty()) text_ += "  " + queues;
    while (text_.back() == ' ')
      text_.pop_back();
    text_ += '\n';
    if (!queues.empty()) last_queues_ = queues;
  }

  std::string arrow(const movement& of) const {
    std::string line = empty_line();
    const std::size_t from = column(lane_of(of.from));
    const std::size_t to = column(lane_of(of.to));
    const std::size_t left = std::min(from, to) + 1;
    const std::size_t width = std::max(from, to) - left;
    std::string shaft(width, '-');
    const std::string label = words(of.bytes, std::max<std::size_t>(width, 8) - 4);
    const std::size_t start = (width - std::min(width, label.size())) / 2;
    shaft.replace(start, label.size(), label);
    if (to > from) shaft.back() = '>';
    if (to < from) shaft.front() = '<';
    return line.replace(left, shaft.size(), shaft);
  }

  // `c0[r0 r1=] s0#1[c0r0 c0r1*]`: = is settled, * is not written yet, ~ nobody waits any more.
  static std::string queues(const frame& at) {
    std::string text;
    for (std::size_t number = 0; number < at.clients.size(); ++number) {
      const client_moment& its = at.clients[number];
      if (!its.connected) continue;
      text += "c" + std::to_string(number) + "[";
      for (const window_place& each : its.window)
        text += each.request.substr(each.request.find('r')) + (each.settled ? "= " : " ");
      close(text);
      if (!its.outbox.empty()) text += "+" + std::to_string(its.outbox.size());
      text += ' ';
    }
    text += "| ";
    for (const line_moment& its : at.lines) {
      text += its.name + (its.state == "ready" ? "[" : " " + its.state + " [");
      for (const owed_answer& each : its.awaiting) {
        text += each.abandoned || each.request.empty() ? "~" : each.request;
        text += each.written ? " " : "* ";
      }
      close(text);
      text += ' ';
    }
    return text;
  }

  static void close(std::string& list) {
    if (list.back() == ' ') list.pop_back();
    list += ']';
  }

  void draw_verdict() {
    if (!film_.whole) {
      text_ += "\nnot played any further\n";
      return;
    }
    if (film_.good()) {
      text_ += "\nall rules hold\n";
      return;
    }
    if (!film_.unmet.empty()) {
      text_ += "\n" + std::string(not_as_expected) + ": " + film_.unmet + "\n";
      return;
    }
    text_ += "\n" + std::string(name_of(film_.found.broken)) + " at event " +
             std::to_string(film_.found.at) + ": " + film_.found.text + "\n";
  }

  const film& film_;
  const ascii_options how_;
  std::string text_;
  std::string last_queues_;
};

}  // namespace

std::string draw_ascii(const film& of, const ascii_options& how) {
  return drawing(of, how).result();
}

}  // namespace dovetail::sim
