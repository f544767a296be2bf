// The inert graph that a pickle becomes: data and the names of what it wanted to call. Nothing in it can act.
#pragma once
#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "formats/dtype.h"

namespace headroom::formats {
enum class Kind : std::uint8_t {
  none, boolean, integer, real,   // in the Value itself
  bigint, text, bytes, tuple, list, dict, set, global, call, object, dtype, array,   // in a node
};

struct Node;

/// A cheap handle (16 bytes) on something in a Graph, which outlives it. Graphs may share and may contain themselves: whoever
/// walks one bounds its depth and its steps.
class Value {
 public:
  Value() = default;
  explicit Value(bool value) : kind_(Kind::boolean) { of_.boolean = value; }
  explicit Value(std::int64_t value) : kind_(Kind::integer) { of_.integer = value; }
  explicit Value(double value) : kind_(Kind::real) { of_.real = value; }
  explicit Value(Node* node) : kind_(Kind::call), is_node_(true) { of_.node = node; }

  [[nodiscard]] Kind kind() const;
  [[nodiscard]] bool is(Kind kind) const { return this->kind() == kind; }
  [[nodiscard]] bool boolean() const { return of_.boolean; }           // only of a boolean
  [[nodiscard]] std::int64_t integer() const { return of_.integer; }   // only of an integer
  [[nodiscard]] double real() const { return of_.real; }               // only of a real
  [[nodiscard]] Node* node() const { return is_node_ ? of_.node : nullptr; }

  /// Content of text, bytes and bigint (two's complement, little-endian); of a global its full name; else empty.
  [[nodiscard]] std::string_view text() const;
  /// Elements of a tuple, list or set; key, value, key, value … of a dict; else empty.
  [[nodiscard]] std::span<const Value> items() const;
  /// The value of a text key, the last one if it is repeated; nullptr if there is none or this is no dict.
  [[nodiscard]] const Value* find(std::string_view key) const;
  /// Of a call or object: what is called, its arguments (a tuple), its state (None without BUILD), its items set like a dict.
  [[nodiscard]] Value callee() const;
  [[nodiscard]] Value args() const;
  [[nodiscard]] Value state() const;
  [[nodiscard]] Value dict_items() const;
  [[nodiscard]] const NdArray* array() const;   // nullptr if this is no array
  [[nodiscard]] const DType* dtype() const;
  /// Whether this is the global of that full name ("sklearn.tree._tree.Tree").
  [[nodiscard]] bool is_global(std::string_view full_name) const { return is(Kind::global) && text() == full_name; }
  /// Where it was made, in bytes of the stream; 0 for what has no node.
  [[nodiscard]] std::size_t offset() const;

 private:
  Kind kind_ = Kind::none;
  bool is_node_ = false;
  union {
    bool boolean;
    std::int64_t integer = 0;
    double real;
    Node* node;
  } of_;
};

/// One thing of the graph. calls and objects: items = callee, args, state, list items, dict items.
struct Node {
  Kind kind = Kind::none;
  bool has_state = false;
  std::size_t offset = 0;
  std::string_view text;
  std::vector<Value> items;
  std::unique_ptr<NdArray> array;   // of an array; of a dtype its dtype alone
};

/// Why the graph may not grow: it would cost more than its budget.
struct OverBudget {};

/// Owns nodes and the text made for them. Counts what it costs.
class Arena {
 public:
  /// budget: bytes of memory, roughly.
  explicit Arena(std::uint64_t budget) : left_(budget) {}
  [[nodiscard]] expected<void, OverBudget> charge(std::uint64_t bytes);
  /// nullptr when the budget is spent.
  [[nodiscard]] Node* make(Kind kind, std::size_t offset);
  /// A view of text that lives as long as this. The caller has charged for it.
  [[nodiscard]] std::string_view keep(std::string text) { return texts_.emplace_back(std::move(text)); }

 private:
  static constexpr std::size_t kBlock = 256;
  std::uint64_t left_;
  std::size_t used_ = kBlock;
  std::vector<std::unique_ptr<Node[]>> blocks_;
  std::deque<std::string> texts_;
};

/// Full name of a class or function that the file names, and where for the first time.
struct GlobalUse {
  std::string_view name;
  std::size_t offset = 0;
};

/// All of a file. Borrows from the bytes that it was read from unless it had to inflate them.
struct Graph {
  Value root;
  std::vector<GlobalUse> globals;      // in order of appearance, each once
  std::size_t trailing = 0;            // bytes after the end of the pickle, ignored as Python does
  int protocol = 0;
  std::uint64_t stream_bytes = 0;      // length of the decompressed stream
  std::unique_ptr<Arena> arena;
  std::shared_ptr<const void> inflated;  // keeps the decompressed bytes, or the file's if this owns them
};

/// What `value` is, for messages: "a list", "None", "an object of sklearn.svm._classes.SVC".
[[nodiscard]] std::string describe(const Value& value);
}  // namespace headroom::formats
