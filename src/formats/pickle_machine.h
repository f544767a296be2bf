// The machine that reads one pickle. Private to this room.
#pragma once
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

#include "formats/pickle_stream.h"

namespace headroom::formats {
/// One pickle: its own stack, marks and memo. A nested one (joblib's object arrays) is another Machine on the same stream.
class Machine {
 public:
  Machine(PickleStream& stream, std::size_t depth) : s_(stream), depth_(depth) {}

  Made run() {
    while (true) {
      s_.at = s_.reader.offset();
      const auto opcode = s_.reader.little<std::uint8_t>();
      if (!opcode) return s_.fail("the pickle ends before its STOP", ParseCode::truncated);
      if (*opcode == '.') return stop();
      HEADROOM_TRY_VOID(step(*opcode));
    }
  }

 private:
  Step step(std::uint8_t opcode);
  Step step_old(std::uint8_t opcode);

  // The stack. Marks are positions in it; nothing is popped through the topmost mark.
  [[nodiscard]] std::size_t floor() const { return marks_.empty() ? 0 : marks_.back(); }
  Step push(Value value) {
    stack_.push_back(value);
    if (stack_.size() > high_water_) {
      high_water_ = stack_.size();
      HEADROOM_TRY_VOID(s_.charge(2 * sizeof(Value)));
    }
    return {};
  }
  Step push(Made made) {
    if (!made) return unexpected(std::move(made).error());
    return push(*made);
  }
  Made pop() {
    if (stack_.size() <= floor()) return s_.fail("the opcode needs a value, but the stack is empty");
    const Value top = stack_.back();
    stack_.pop_back();
    return top;
  }
  Made top() {
    if (stack_.size() <= floor()) return s_.fail("the opcode needs a value, but the stack is empty");
    return stack_.back();
  }
  Step mark() {
    HEADROOM_TRY_VOID(s_.charge(2 * sizeof(std::size_t)));
    marks_.push_back(stack_.size());
    return {};
  }
  expected<std::vector<Value>, ParseError> pop_to_mark() {
    if (marks_.empty()) return s_.fail("the opcode needs a mark, but there is none");
    const auto start = stack_.begin() + static_cast<std::ptrdiff_t>(marks_.back());
    std::vector<Value> values(start, stack_.end());
    stack_.erase(start, stack_.end());
    marks_.pop_back();
    return values;
  }

  // Arguments of opcodes, read from the stream.
  template <class T>
  expected<T, ParseError> number() {
    auto value = s_.reader.little<T>();
    if (!value) return s_.fail("the pickle ends inside an opcode's argument", ParseCode::truncated);
    return *value;
  }
  expected<std::string_view, ParseError> counted(std::uint64_t length) {
    const auto bytes = s_.reader.take(length > s_.reader.left() ? s_.reader.left() + 1 : static_cast<std::size_t>(length));
    if (!bytes) {
      return s_.fail("a string of " + std::to_string(length) + " bytes is announced, but only " + std::to_string(s_.reader.left()) + " are left",
                     ParseCode::truncated);
    }
    return std::string_view(reinterpret_cast<const char*>(bytes->data()), bytes->size());
  }
  expected<std::string_view, ParseError> line() {
    const auto text = s_.reader.until('\n');
    if (!text) return s_.fail("the pickle ends inside a line", ParseCode::truncated);
    return *text;
  }
  template <class Length>
  Step push_counted(Kind kind) {
    HEADROOM_TRY(length, number<Length>());
    if (std::is_signed_v<Length> && static_cast<std::int64_t>(length) < 0) return s_.fail("a negative length");
    HEADROOM_TRY(text, counted(static_cast<std::uint64_t>(length)));
    if (kind == Kind::text && !is_utf8(text, Surrogates::pass)) return s_.fail("a text is not valid UTF-8");
    return push(s_.make_text(kind, text));
  }

  // Opcodes.
  Made stop();
  Step proto();
  Step frame();
  Step bin_float();
  Step long_bytes(std::uint64_t length);
  Step memo_put(std::uint64_t index);
  Step memo_get(std::uint64_t index);
  Step collect(Kind kind, std::vector<Value> values);
  Step collect_marked(Kind kind);
  Step collect_top(std::size_t count);
  Step append_to(Value target, std::span<const Value> values);
  Step set_items(Value target, std::span<const Value> pairs);
  Step add_items(Value target, std::span<const Value> values);
  Step check_hashable(const Value& value);
  Step global(std::string_view module, std::string_view name);
  Step stack_global();
  Step new_object(bool with_keywords);
  Step do_reduce();
  Step build();
  Step instance(bool class_on_stack);
  expected<std::uint64_t, ParseError> memo_line();

  PickleStream& s_;
  std::size_t depth_;
  std::size_t high_water_ = 0;
  std::vector<Value> stack_;
  std::vector<std::size_t> marks_;
  std::vector<Value> memo_;
  std::vector<bool> memo_set_;
};
}  // namespace headroom::formats
