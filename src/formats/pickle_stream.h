// What the parts of the pickle reader share: the cursor, the graph under construction, and its budget. Private to this room.
#pragma once
#include <string>
#include <unordered_map>
#include <utility>

#include "base/byte_reader.h"
#include "formats/error.h"
#include "formats/limits.h"
#include "formats/value.h"

namespace headroom::formats {
using Step = expected<void, ParseError>;
using Made = expected<Value, ParseError>;

struct PickleStream {
  ByteReader reader;
  const Limits& limits;
  Graph& graph;
  std::size_t at = 0;   // where the opcode in work began
  std::unordered_map<std::string_view, std::size_t> seen_globals;   // full name → index in graph.globals

  [[nodiscard]] auto fail(std::string what, ParseCode code = ParseCode::malformed) const {
    return unexpected(ParseError{code, at, std::move(what)});
  }
  [[nodiscard]] auto over_budget() const {
    return fail("the values of this file would take more memory than a file of its size may ask for", ParseCode::over_limit);
  }
  [[nodiscard]] Step charge(std::uint64_t bytes) {
    if (!graph.arena->charge(bytes)) return over_budget();
    return {};
  }
  [[nodiscard]] expected<Node*, ParseError> make(Kind kind) {
    Node* node = graph.arena->make(kind, at);
    if (node == nullptr) return over_budget();
    return node;
  }
  /// A text, bytes or bigint that borrows from the stream.
  [[nodiscard]] Made make_text(Kind kind, std::string_view text) {
    HEADROOM_TRY(node, make(kind));
    node->text = text;
    return Value(node);
  }
  /// The same for text that had to be decoded.
  [[nodiscard]] Made make_owned(Kind kind, std::string text) {
    HEADROOM_TRY_VOID(charge(text.capacity() + 64));
    return make_text(kind, graph.arena->keep(std::move(text)));
  }
  [[nodiscard]] Step append(Node& node, Value value) {
    HEADROOM_TRY_VOID(charge(2 * sizeof(Value)));   // twice: a vector's spare room
    node.items.push_back(value);
    return {};
  }
};

/// The result of REDUCE: numpy's constructors become arrays, dtypes and numbers, a few of Python's own become what they make, and
/// everything else a call that names its callee.   args: a tuple.
[[nodiscard]] Made reduce(PickleStream& stream, Value callee, Value args);
/// BUILD on a node. Fills arrays and dtypes from numpy's state tuples; keeps any other state as it is.
[[nodiscard]] Step set_state(PickleStream& stream, Value target, Value state);
/// numpy's own part of the two above. `reduce_numpy` gives None-kind `handled = false` when the callee is not numpy's.
struct Reduced {
  bool handled = false;
  Value value;
};
[[nodiscard]] expected<Reduced, ParseError> reduce_numpy(PickleStream& stream, Value callee, std::span<const Value> args);
[[nodiscard]] Step set_array_state(PickleStream& stream, Node& target, Value state);
[[nodiscard]] Step set_dtype_state(PickleStream& stream, Node& target, Value state);

/// A tuple of sizes ≥ 0, none of them and no product beyond the stream's length; an error says what is wrong with the "shape".
[[nodiscard]] expected<std::vector<std::uint64_t>, ParseError> read_shape(PickleStream& stream, const Value& shape);

/// joblib: whether an object of this class stands for an array whose bytes follow its BUILD.
[[nodiscard]] bool is_array_wrapper(const Value& value);
struct WrapperState {
  std::vector<std::uint64_t> shape;
  DType dtype;
  bool fortran = false;
  bool padded = false;     // a pad byte and its padding stand before the data
};
[[nodiscard]] expected<WrapperState, ParseError> read_wrapper(PickleStream& stream, const Value& state);
/// Turns the wrapper's node into the array, in place, so that the memo's entry becomes the array too.
[[nodiscard]] Step fill_wrapper(PickleStream& stream, Node& node, WrapperState wrapper);

/// The number that protocol 0 writes as a line: "12", "-3", "01" and "00" (booleans), "123L".
[[nodiscard]] Made parse_int_line(PickleStream& stream, std::string_view line);
[[nodiscard]] Made parse_long_line(PickleStream& stream, std::string_view line);
[[nodiscard]] Made parse_float_line(PickleStream& stream, std::string_view line);
/// A quoted Python 2 string; only ASCII, with its escapes.
[[nodiscard]] Made parse_string_line(PickleStream& stream, std::string_view line);
/// Text with \uXXXX and \UXXXXXXXX, other bytes as latin-1 ("raw-unicode-escape").
[[nodiscard]] Made parse_unicode_line(PickleStream& stream, std::string_view line);
}  // namespace headroom::formats
