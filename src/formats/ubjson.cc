#include <bit>
#include <cstring>
#include <string_view>

#include "formats/graph_builder.h"
#include "formats/json.h"

namespace headroom::formats {
namespace {
constexpr std::size_t kMaxDepth = 64;

auto fail(std::size_t offset, std::string what, ParseCode code = ParseCode::malformed) { return unexpected(ParseError{code, offset, std::move(what)}); }

/// The element type of a number's marker.
std::optional<DType> number_type(char marker) {
  switch (marker) {
    case 'i': return DType{'i', false, 1, {}};
    case 'U': return DType{'u', false, 1, {}};
    case 'I': return DType{'i', true, 2, {}};
    case 'l': return DType{'i', true, 4, {}};
    case 'L': return DType{'i', true, 8, {}};
    case 'd': return DType{'f', true, 4, {}};
    case 'D': return DType{'f', true, 8, {}};
    default: return std::nullopt;
  }
}

class UbjsonReader {
 public:
  UbjsonReader(std::span<const std::byte> bytes, std::uint64_t budget) : bytes_(bytes), builder_(budget) {}

  expected<Graph, ParseError> document() {
    HEADROOM_TRY(mark, marker());
    HEADROOM_TRY(root, value(mark, 0));
    Graph graph = builder_.take(root, bytes_.size());
    graph.trailing = bytes_.size() - at_;
    if (graph.trailing > 0) return fail(at_, "something follows the end of the UBJSON document");
    return graph;
  }

 private:
  [[nodiscard]] std::size_t left() const { return bytes_.size() - at_; }
  auto ends() const { return fail(at_, "the UBJSON document ends too early", ParseCode::truncated); }

  expected<char, ParseError> marker() {
    if (left() == 0) return ends();
    return static_cast<char>(bytes_[at_++]);
  }
  expected<std::span<const std::byte>, ParseError> take(std::uint64_t count) {
    if (count > left()) return fail(at_, std::to_string(count) + " bytes are announced, but only " + std::to_string(left()) + " are left", ParseCode::truncated);
    const auto taken = bytes_.subspan(at_, static_cast<std::size_t>(count));
    at_ += taken.size();
    return taken;
  }
  [[nodiscard]] bool next_is(char c) const { return left() > 0 && bytes_[at_] == static_cast<std::byte>(c); }

  expected<std::uint64_t, ParseError> length() {
    const auto start = at_;
    HEADROOM_TRY(mark, marker());
    const auto type = number_type(mark);
    if (!type || type->kind == 'f') return fail(start, "a length must be an integer");
    HEADROOM_TRY(data, take(type->itemsize));
    const auto count = read_int(*type, data.data());
    if (count < 0) return fail(start, "a length below zero");
    return static_cast<std::uint64_t>(count);
  }

  expected<Value, ParseError> text() {
    const auto start = at_;
    HEADROOM_TRY(count, length());
    HEADROOM_TRY(data, take(count));
    std::string content(reinterpret_cast<const char*>(data.data()), data.size());
    if (!is_utf8(content, Surrogates::pass)) return fail(start, "a text that is no UTF-8");
    return builder_.text(std::move(content), start);
  }

  expected<Value, ParseError> value(char mark, std::size_t depth) {
    const auto start = at_ - 1;
    if (depth > kMaxDepth) return fail(start, "the UBJSON document is nested more than " + std::to_string(kMaxDepth) + " deep", ParseCode::over_limit);
    switch (mark) {
      case 'Z': return Value();
      case 'T': return Value(true);
      case 'F': return Value(false);
      case 'S': return text();
      case '{': return object(depth);
      case '[': return array(depth);
      default: break;
    }
    if (mark == 'C') {
      HEADROOM_TRY(data, take(1));
      return builder_.text(std::string(1, static_cast<char>(std::to_integer<unsigned>(data[0]) & 0x7fU)), start);
    }
    const auto type = number_type(mark);
    if (!type) return fail(start, "unknown UBJSON marker " + std::to_string(static_cast<unsigned char>(mark)), ParseCode::unsupported);
    HEADROOM_TRY(data, take(type->itemsize));
    if (type->kind == 'f') return Value(read_double(*type, data.data()));
    return Value(read_int(*type, data.data()));
  }

  expected<Value, ParseError> object(std::size_t depth) {
    const auto start = at_;
    std::vector<Value> pairs;
    const bool is_counted = next_is('#');
    std::uint64_t count = 0;
    if (is_counted) {
      ++at_;
      HEADROOM_TRY(announced, length());
      count = announced;
    } else if (next_is('$')) {
      return fail(start, "a UBJSON object of one type", ParseCode::unsupported);
    }
    for (std::uint64_t i = 0; is_counted ? i < count : !next_is('}'); ++i) {
      HEADROOM_TRY(key, text());
      HEADROOM_TRY(mark, marker());
      HEADROOM_TRY(content, value(mark, depth + 1));
      HEADROOM_TRY_VOID(builder_.charge(2 * sizeof(Value), at_));
      pairs.push_back(key);
      pairs.push_back(content);
    }
    if (!is_counted) ++at_;
    return builder_.container(Kind::dict, std::move(pairs), start);
  }

  expected<Value, ParseError> array(std::size_t depth) {
    const auto start = at_;
    if (next_is('$')) return typed_array(start);
    const bool is_counted = next_is('#');
    std::uint64_t count = 0;
    if (is_counted) {
      ++at_;
      HEADROOM_TRY(announced, length());
      count = announced;
    }
    std::vector<Value> items;
    for (std::uint64_t i = 0; is_counted ? i < count : !next_is(']'); ++i) {
      HEADROOM_TRY(mark, marker());
      HEADROOM_TRY(item, value(mark, depth + 1));
      HEADROOM_TRY_VOID(builder_.charge(sizeof(Value), at_));
      items.push_back(item);
    }
    if (!is_counted) ++at_;
    return builder_.container(Kind::list, std::move(items), start);
  }

  expected<Value, ParseError> typed_array(std::size_t start) {
    ++at_;
    HEADROOM_TRY(mark, marker());
    auto type = number_type(mark);
    if (!type) return fail(start, "a UBJSON array of a type that is no number", ParseCode::unsupported);
    if (!next_is('#')) return fail(at_, "a UBJSON array of one type without its length");
    ++at_;
    HEADROOM_TRY(count, length());
    if (count > left() / type->itemsize) return fail(at_, "an array of " + std::to_string(count) + " numbers is announced, but the file ends before", ParseCode::truncated);
    HEADROOM_TRY(data, take(count * type->itemsize));
    return builder_.array(std::move(*type), data, start);
  }

  std::span<const std::byte> bytes_;
  std::size_t at_ = 0;
  GraphBuilder builder_;
};
}  // namespace

expected<Graph, ParseError> read_ubjson(std::span<const std::byte> file, const Limits& limits) {
  return UbjsonReader(file, limits.graph(file.size())).document();
}
}  // namespace headroom::formats
